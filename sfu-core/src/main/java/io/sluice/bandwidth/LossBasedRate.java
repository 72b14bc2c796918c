package io.sluice.bandwidth;

import java.util.Arrays;

/**
 * The rate that the losses speak for: the one under which what was lost, at the rates at which it was sent,
 * is most likely, if the path loses a share by itself and everything that is more than it carries. This is the
 * second loss-based estimate of libwebrtc, with one thing added: what is lost while no queue stands is the path's
 * own loss, and no reason to slow down.
 *
 * <p>Works once in each {@link #OBSERVATION_NANOS}, and hardly at all while nothing is lost. Owned by the viewer's
 * loop.
 */
final class LossBasedRate {
    private static final long OBSERVATION_NANOS = 250_000_000;

    /** Fewer packets say nothing of a share. */
    private static final int PACKETS_MIN = 20;

    private static final long OBSERVATION_MAX_NANOS = 1_000_000_000;
    private static final int WINDOW = 15;
    private static final int OBSERVATIONS_MIN = 3;
    private static final double WEIGHT = 0.9;
    private static final double[] FACTORS = {1.02, 1.0, 0.95};
    private static final int CANDIDATES = FACTORS.length + 2;
    private static final double RATE_BIAS = 0.0002;
    private static final double LOG_RATE_BIAS = 0.02;

    /** More loss than this hurts more than a higher rate helps. */
    private static final double PREFER_RATE_BELOW = 0.05;

    private static final double PREFERENCE_SMOOTHING = 0.002;
    private static final double OWN_LOSS_START = 0.01;
    private static final double OWN_LOSS_MIN = 1e-3;
    private static final double OWN_LOSS_MAX = 0.05;
    private static final double BALANCE_BITS = 100_000;
    private static final double OWN_LOSS_BALANCE_BITS = 20_000;

    /** Of a path where nothing waits while packets are lost. */
    private static final double CALM_OWN_LOSS_MAX = 0.15;

    private static final double CALM_PREFER_RATE_BELOW = 0.2;

    private static final double CALM_SMOOTHING = 0.25;
    private static final double CALM_ENOUGH = 0.6;
    private static final double FELL = 0.5;

    /** More is no chance. */
    private static final double TRIMMED_MAX = 0.5;

    private static final double NEWTON_STEP = 0.75;
    private static final double RAMP = 1.5;
    private static final double RAMP_IN_HOLD = 1.2;
    private static final double HOLD_THRESHOLD = 1.3;
    private static final double INCREASE_MAX = 1.3;
    private static final long INCREASE_NANOS = 300_000_000;
    private static final long HOLD_START_NANOS = 300_000_000;
    private static final long HOLD_MAX_NANOS = 1_200_000_000;
    private static final double TINY = 1e-6;
    private static final double KILO = 1_000;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double[] WEIGHTS = weights();

    /** What keeps the rate where it is. */
    enum State {
        /** Nothing that has to do with loss. */
        DELAY,
        INCREASING,
        DECREASING
    }

    private final BandwidthConfig config;
    private final LossMoments moments = new LossMoments();
    private final double[] rates = new double[WINDOW];
    private final double[] sizes = new double[WINDOW];
    private final double[] losts = new double[WINDOW];
    private final double[] sorted = new double[WINDOW];
    private final double[] candidates = new double[CANDIDATES];
    private int observations;
    private int partialPackets;
    private long partialBytes;
    private long partialLostBytes;
    private boolean partialCalm;
    private long observedNanos;
    private boolean started;
    private double calm;
    private double loss;
    private double best;
    private double ownLoss;
    private double result;
    private State state = State.DELAY;
    private double acknowledged;
    private double windowLimit;
    private long windowNanos;
    private boolean windowOpen;
    private double holdRate;
    private long holdNanos;
    private long holdUntilNanos;

    LossBasedRate(BandwidthConfig config) {
        this.config = config;
        reset();
    }

    private static double[] weights() {
        double[] weights = new double[WINDOW];
        for (int i = 0; i < WINDOW; i++) {
            weights[i] = Math.pow(WEIGHT, i);
        }
        return weights;
    }

    void reset() {
        observations = 0;
        partialBytes = 0;
        partialPackets = 0;
        partialLostBytes = 0;
        partialCalm = true;
        moments.clear();
        started = false;
        calm = 0.5;
        loss = 0;
        best = 0;
        ownLoss = OWN_LOSS_START;
        result = config.ceiling();
        state = State.DELAY;
        acknowledged = 0;
        windowOpen = false;
        endHold();
    }

    private void endHold() {
        holdRate = Double.MAX_VALUE;
        holdNanos = HOLD_START_NANOS;
        holdUntilNanos = Long.MIN_VALUE;
    }

    /** A packet came, after so long by two clocks that need not agree. */
    void onReceived(int sizeBytes, long sentNanos, long wayNanos) {
        moments.onReceived(wayNanos);
        onPacket(sizeBytes, sentNanos);
    }

    /** A packet did not come. */
    void onLost(int sizeBytes, long sentNanos) {
        moments.onLost();
        onPacket(sizeBytes, sentNanos);
        partialLostBytes += sizeBytes;
    }

    private void onPacket(int sizeBytes, long sentNanos) {
        if (!started) {
            started = true;
            observedNanos = sentNanos;
        }
        partialPackets++;
        partialBytes += sizeBytes;
    }

    /** A packet that was said to be lost came after all. */
    void onLate(int sizeBytes) {
        partialLostBytes = Math.max(0, partialLostBytes - sizeBytes);
    }

    /**
     * Ends a message.
     *
     * @param newestSentNanos when the newest packet it tells of was sent
     * @param delayBased the rate that the delay speaks for
     * @param acknowledgedRate bits per second that arrive, 0 if not known
     * @param limited whether less is sent than could be: what arrives is no sign of what would
     * @param queueStands whether packets wait on the path
     */
    void onMessage(
            long newestSentNanos,
            long delayBased,
            long acknowledgedRate,
            boolean limited,
            boolean queueStands) {
        if (acknowledgedRate > 0) {
            acknowledged = acknowledgedRate;
        }
        partialCalm &= !queueStands;
        long lasted = newestSentNanos - observedNanos;
        boolean enough = partialPackets >= PACKETS_MIN || lasted >= OBSERVATION_MAX_NANOS;
        if (!started || lasted < OBSERVATION_NANOS || !enough) {
            return;
        }
        double seconds = lasted / NANOS_PER_SECOND;
        double rate = partialBytes * 8 / seconds;
        if (observations > 0 && rate < FELL * medianRate()) {
            // Much was sent before: its bytes would outweigh what happens now.
            observations = 0;
        }
        int slot = observations % WINDOW;
        rates[slot] = rate;
        sizes[slot] = partialBytes / KILO;
        losts[slot] = partialLostBytes / KILO;
        observations++;
        observedNanos = newestSentNanos;
        if (partialLostBytes > 0) {
            boolean calmly = partialCalm && !moments.atPeaks();
            calm += CALM_SMOOTHING * ((calmly ? 1 : 0) - calm);
        }
        moments.clear();
        partialBytes = 0;
        partialPackets = 0;
        partialLostBytes = 0;
        partialCalm = true;
        if (best == 0) {
            best = delayBased;
        }
        if (held() >= OBSERVATIONS_MIN) {
            loss = averageLoss();
            update(delayBased, limited, newestSentNanos);
        }
    }

    private int held() {
        return Math.min(observations, WINDOW);
    }

    private double weight(int index) {
        int latest = (observations - 1) % WINDOW;
        return WEIGHTS[Math.floorMod(latest - index, WINDOW)];
    }

    /** Of the bytes; the best and the worst of the observations do not count, unless we caused the worst. */
    private double averageLoss() {
        double total = 0;
        double lost = 0;
        int worst = 0;
        int fewest = 0;
        for (int i = 0; i < held(); i++) {
            total += weight(i) * sizes[i];
            lost += weight(i) * losts[i];
            worst = share(i) > share(worst) ? i : worst;
            fewest = share(i) < share(fewest) ? i : fewest;
        }
        if (lost == 0) {
            return 0;
        }
        boolean trimmed =
                held() > 3
                        && worst != fewest
                        && share(worst) < TRIMMED_MAX
                        && rates[worst] < 2 * medianRate();
        if (trimmed) {
            total -= weight(worst) * sizes[worst] + weight(fewest) * sizes[fewest];
            lost -= weight(worst) * losts[worst] + weight(fewest) * losts[fewest];
        }
        return total <= 0 ? 0 : Math.clamp(lost / total, 0, 1);
    }

    private double share(int index) {
        return sizes[index] == 0 ? 0 : losts[index] / sizes[index];
    }

    private double medianRate() {
        System.arraycopy(rates, 0, sorted, 0, held());
        Arrays.sort(sorted, 0, held());
        return sorted[held() / 2];
    }

    private void update(long delayBased, boolean limited, long nowNanos) {
        if (loss == 0 && state == State.DELAY) {
            best = delayBased;
            result = delayBased;
            return;
        }
        double before = best;
        double ownBefore = ownLoss;
        choose(delayBased, limited);
        if (loss > ownLoss && best > before) {
            best = before;
        }
        if (state != State.DELAY) {
            limitIncrease(before, nowNanos);
        }
        double lower = Math.max(acknowledged, config.floor());
        double bounded = Math.max(lower, Math.min(best, Math.min(upperBound(), delayBased)));
        bounded = Math.min(bounded, config.ceiling());
        if (bounded < best) {
            best = bounded;
            ownLoss = Math.min(ownLoss, isCalm() ? ownBefore : 0);
        } else {
            best = Math.max(best, lower);
        }
        decide(bounded, delayBased, nowNanos);
    }

    /** The most likely of a few rates. */
    private void choose(long delayBased, boolean limited) {
        int count = 0;
        for (double factor : FACTORS) {
            candidates[count++] = factor * best;
        }
        if (acknowledged > 0 && !limited) {
            candidates[count++] = acknowledged;
        }
        if (delayBased > best) {
            candidates[count++] = delayBased;
        }
        double most = state != State.DELAY && windowOpen ? windowLimit : config.ceiling();
        double top = Math.max(best, most);
        double bestRate = best;
        double bestOwn = ownLoss;
        double bestValue = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            double rate = Math.min(candidates[i], top);
            double own = newton(rate, feasible(ownLoss, rate));
            double value = likelihood(rate, own);
            if (value > bestValue) {
                bestValue = value;
                bestRate = rate;
                bestOwn = own;
            }
        }
        best = bestRate;
        ownLoss = bestOwn;
    }

    /** Whether packets are lost while none waits: by the path itself. */
    boolean isCalm() {
        return calm > CALM_ENOUGH && loss < CALM_PREFER_RATE_BELOW;
    }

    private double feasible(double own, double rate) {
        double most =
                isCalm()
                        ? CALM_OWN_LOSS_MAX + BALANCE_BITS / rate
                        : OWN_LOSS_MAX + OWN_LOSS_BALANCE_BITS / rate;
        return Math.clamp(own, OWN_LOSS_MIN, Math.clamp(most, OWN_LOSS_MIN, 1));
    }

    private static double probability(double own, double rate, double sendingRate) {
        double probability = own;
        if (sendingRate > rate) {
            probability += (1 - own) * (sendingRate - rate) / sendingRate;
        }
        return Math.clamp(probability, TINY, 1 - TINY);
    }

    /** One step towards the own loss of the path that explains best what was lost at this rate. */
    private double newton(double rate, double own) {
        double first = 0;
        double second = 0;
        for (int i = 0; i < held(); i++) {
            double p = probability(own, rate, rates[i]);
            double kept = sizes[i] - losts[i];
            first += weight(i) * (losts[i] / p - kept / (1 - p));
            second -= weight(i) * (losts[i] / (p * p) + kept / ((1 - p) * (1 - p)));
        }
        return second >= 0 ? own : feasible(own - NEWTON_STEP * first / second, rate);
    }

    private double likelihood(double rate, double own) {
        double kilobits = rate / KILO;
        double distance = (isCalm() ? CALM_PREFER_RATE_BELOW : PREFER_RATE_BELOW) - loss;
        double preference = distance / (PREFERENCE_SMOOTHING + Math.abs(distance));
        double bias = preference * (RATE_BIAS * kilobits + LOG_RATE_BIAS * Math.log1p(kilobits));
        double sum = 0;
        for (int i = 0; i < held(); i++) {
            double p = probability(own, rate, rates[i]);
            double kept = sizes[i] - losts[i];
            sum += weight(i) * (losts[i] * Math.log(p) + kept * Math.log1p(-p) + bias * sizes[i]);
        }
        return sum;
    }

    /** After losses the rate rises by steps, and to what arrives and a half more at most. */
    private void limitIncrease(double before, long nowNanos) {
        if (windowOpen && nowNanos - windowNanos < INCREASE_NANOS && best > windowLimit) {
            best = Math.max(windowLimit, before);
        }
        if (best >= before && acknowledged > 0) {
            boolean held = acknowledged < HOLD_THRESHOLD * holdRate;
            double ramp = held && holdRate < Double.MAX_VALUE ? RAMP_IN_HOLD : RAMP;
            best = Math.max(before, Math.min(best, ramp * acknowledged));
            if (state == State.DECREASING && best == before) {
                best = before + 1;
            }
        }
    }

    private double upperBound() {
        double tolerated = isCalm() ? CALM_OWN_LOSS_MAX : OWN_LOSS_MAX;
        return loss > tolerated ? BALANCE_BITS / (loss - tolerated) : config.ceiling();
    }

    private void decide(double bounded, long delayBased, long nowNanos) {
        if (state == State.DECREASING && holdUntilNanos > nowNanos && bounded < delayBased) {
            holdRate = Math.max(acknowledged, holdRate);
            result = Math.min(holdRate, bounded);
            return;
        }
        boolean below = bounded < delayBased && bounded < config.ceiling();
        boolean rising =
                state != State.DELAY
                        && (bounded > result || (bounded == result && state == State.INCREASING));
        if (below && rising) {
            state = State.INCREASING;
        } else if (below) {
            if (state != State.DECREASING) {
                holdUntilNanos = nowNanos + holdNanos;
                holdNanos = Math.min(HOLD_MAX_NANOS, 2 * holdNanos);
                holdRate = bounded;
            }
            state = State.DECREASING;
        } else {
            endHold();
            state = State.DELAY;
        }
        result = bounded;
        if (state != State.DELAY && (!windowOpen || nowNanos - windowNanos > INCREASE_NANOS)) {
            windowLimit = Math.max(config.floor(), best * INCREASE_MAX);
            windowNanos = nowNanos;
            windowOpen = true;
        }
    }

    /**
     * The rate is known to pass, as a probe has shown: it need not be used before more is believed.
     *
     * @param unused whether less is sent than could be, so that losses are not of too much
     */
    void set(long bitsPerSecond, boolean unused) {
        boolean harmless = state == State.INCREASING && (loss == 0 || isCalm());
        boolean free = unused || state == State.DELAY || harmless;
        if (free && bitsPerSecond > result) {
            best = bitsPerSecond;
            result = bitsPerSecond;
            state = State.DELAY;
            endHold();
        }
    }

    /** The most that losses allow. */
    long bitsPerSecond() {
        return state == State.DELAY ? config.ceiling() : (long) result;
    }

    /** What had to be sent for so much to arrive, on a path that loses a share by itself. */
    long withOwnLoss(long arrived) {
        return isCalm() ? (long) (arrived / (1 - Math.min(loss, CALM_OWN_LOSS_MAX))) : arrived;
    }

    State state() {
        return state;
    }

    /** The share of the bytes that is lost. */
    double loss() {
        return loss;
    }

    /** As {@link BandwidthEstimator#calmLoss}. */
    double calmLoss() {
        return isCalm() ? loss : 0;
    }
}
