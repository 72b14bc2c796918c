package io.sluice.forward;

import io.sluice.bandwidth.BandwidthAllocator;
import io.sluice.bandwidth.BandwidthTrace;
import io.sluice.bandwidth.SteadyRate;
import io.sluice.loop.LayerCeiling;
import java.util.ArrayList;
import java.util.List;

/**
 * Shares out among the subscriptions of one transport what the network carries to it: first all that is
 * heard, the rest among the pictures. A loop with too much to do bounds those more: {@link LayerCeiling}.
 *
 * <p>Owned by the transport's loop.
 */
public final class Allocation {
    /** As bits a second: nothing is bounded. */
    public static final long UNLIMITED = BandwidthAllocator.UNLIMITED;

    /** Often against what people see, seldom against packets. */
    private static final long INTERVAL_NANOS = 100_000_000;

    /** What falls by so much does not wait: a tenth. */
    private static final int FALL_SHARE = 10;

    private static final long AUDIO_INTERVAL_NANOS = 500_000_000;

    /** Who begins to speak must find room before it is measured: one voice. */
    private static final long AUDIO_MIN_BPS = 40_000;

    /** Hears what is granted to a subscription; on the transport's loop. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Another encoding is granted than before.
         *
         * @param ssrc of the subscription
         * @param encoding the highest, {@link LayerTarget#NO_ENCODING} or {@link
         *     LayerTarget#ANY_ENCODING}; the last before anything is said
         */
        void onAllocated(int ssrc, int encoding);
    }

    private final Listener listener;
    private final LayerCeiling ceiling;
    private final BandwidthAllocator allocator = new BandwidthAllocator();
    private final List<Subscription> heard = new ArrayList<>(2);
    private final List<Subscription> seen = new ArrayList<>(2);
    private final SteadyRate steady = new SteadyRate();
    private boolean changed = true;
    private long ceilingBps = UNLIMITED;
    private int shedLayers;
    private int notedRound;
    private long targetBps = UNLIMITED;
    private long nextNanos;
    private long audioBps;
    private long audioBytes;
    private long audioNanos;

    /**
     * Begins with nothing.
     *
     * @param ceiling of its loop
     */
    public Allocation(Listener listener, LayerCeiling ceiling) {
        this.listener = listener;
        this.ceiling = ceiling;
        notedRound = ceiling.round() - 1;
    }

    /** Takes a subscription in, before it begins; {@link #settle} follows. */
    public void add(Subscription subscription) {
        if (subscription.picture() == null) {
            heard.add(subscription);
            audioBytes += subscription.sentBytes();
        } else {
            seen.add(subscription);
            allocator.add(subscription.picture());
        }
        subscription.allocation(this);
        changed = true;
    }

    public void remove(Subscription subscription) {
        if (heard.remove(subscription)) {
            audioBytes -= subscription.sentBytes();
        }
        if (seen.remove(subscription) && subscription.picture() != null) {
            allocator.remove(subscription.picture());
        }
        changed = true;
    }

    /** A wish or a track has changed: it is looked at with the next tick. */
    void change() {
        changed = true;
    }

    /** The most that could be used now, in bits a second; 0 if nothing is wanted. */
    public long demandBps() {
        return allocator.demandBps() + spokenBps();
    }

    /** Shares out what is known of the path, if that is due. */
    public void onTick(Egress egress, long nowNanos) {
        long leastBps = leastBps(egress, nowNanos);
        onTick(
                Math.max(leastBps, egress.estimateBitsPerSecond()),
                Math.max(leastBps, egress.targetBitsPerSecond()),
                nowNanos);
        BandwidthTrace trace = egress.trace().running();
        if (trace != null) {
            trace.layer(allocator.grantedBps());
        }
    }

    /** Shares out again, now that subscriptions have come or gone. */
    public void settle(Egress egress, long nowNanos) {
        settle(Math.max(leastBps(egress, nowNanos), egress.estimateBitsPerSecond()), nowNanos);
    }

    /** In its {@link Opening} no picture is paused, and none gets worse: it would come back a moment later. */
    private long leastBps(Egress egress, long nowNanos) {
        return egress.isGuess(nowNanos) ? spokenBps() + allocator.leastBps() : 0;
    }

    private long spokenBps() {
        return heard.isEmpty() ? 0 : Math.max(audioBps, AUDIO_MIN_BPS);
    }

    /**
     * Shares out if that is due.
     *
     * @param estimateBps what the network carries
     * @param sentBps what should be sent at the moment
     */
    void onTick(long estimateBps, long sentBps, long nowNanos) {
        long availableBps = steady.next(estimateBps, sentBps, nowNanos);
        if (!heard.isEmpty() && nowNanos - audioNanos >= AUDIO_INTERVAL_NANOS) {
            measureAudio(nowNanos);
        }
        boolean fell = availableBps < targetBps - targetBps / FALL_SHARE;
        changed |= ceiling.bitsPerSecond() != ceilingBps;
        boolean bound =
                availableBps != UNLIMITED
                        || targetBps != UNLIMITED
                        || ceilingBps != LayerCeiling.NONE;
        boolean due = bound && (fell || nowNanos - nextNanos >= 0);
        if (changed || due) {
            settle(availableBps, nowNanos);
        }
        noteSheddable();
    }

    private void noteSheddable() {
        int round = ceiling.round();
        if (round != notedRound) {
            notedRound = round;
            long freeBps = Math.max(0, targetBps - allocator.grantedBps());
            ceiling.note(
                    allocator.sheddableBps(),
                    Math.min(freeBps, allocator.moreBelow(ceiling.stepUp())),
                    Math.min(freeBps, allocator.moreBelow(UNLIMITED)));
        }
    }

    /** Nothing is shared out any more. */
    public void end() {
        ceiling.shed(shedLayers, 0);
        shedLayers = 0;
    }

    void settle(long availableBps, long nowNanos) {
        targetBps = availableBps;
        changed = false;
        nextNanos = nowNanos + INTERVAL_NANOS;
        for (int i = 0; i < seen.size(); i++) {
            seen.get(i).followProminence();
        }
        ceilingBps = ceiling.bitsPerSecond();
        allocator.ceiling(ceilingBps);
        allocator.allocate(targetBps == UNLIMITED ? UNLIMITED : targetBps - spokenBps(), nowNanos);
        for (int i = 0; i < seen.size(); i++) {
            seen.get(i).reportAllocated(listener);
        }
        int shed = allocator.shedRungs();
        ceiling.shed(shedLayers, shed);
        shedLayers = shed;
    }

    private void measureAudio(long nowNanos) {
        long sum = 0;
        for (int i = 0; i < heard.size(); i++) {
            sum += heard.get(i).sentBytes();
        }
        long elapsedNanos = nowNanos - audioNanos;
        if (elapsedNanos < 4 * AUDIO_INTERVAL_NANOS) {
            long nowBps = (sum - audioBytes) * 8_000_000_000L / elapsedNanos;
            // Who pauses goes on at once: what falls is believed slowly.
            audioBps = Math.max(nowBps, audioBps - audioBps / 4);
        }
        audioBytes = sum;
        audioNanos = nowNanos;
    }
}
