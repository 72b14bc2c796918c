package io.sluice.bandwidth;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

/** A bottleneck and the way behind it, in simulated time: all a function of the seed. */
public final class SimulatedLink {
    /** Gets what arrives. */
    public interface Receiver {
        void onArrival(long sequence, int sizeBytes, long arrivalNanos);

        /** A packet did not fit, or was lost on the way. */
        default void onLoss(long sequence, long nowNanos) {}
    }

    private record Waiting(Receiver to, long sequence, int sizeBytes, long sinceNanos) {}

    private record Arrival(Receiver to, long sequence, int sizeBytes, long atNanos, long order) {}

    private static final double NANOS = 1e9;
    private static final int BITS = 8;

    /** A packet can always wait. */
    private static final int QUEUE_BYTES_MIN = 3_000;

    final Random random;
    public long bitsPerSecond = 5_000_000;
    public long delayNanos = 25_000_000;
    public long jitterNanos;
    public long queueNanos = 200_000_000;
    public double loss;

    /** Of going from good to bad and back, for each packet; in bad all is lost. */
    double burstBegins;

    double burstEnds = 1;

    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private final PriorityQueue<Arrival> arrivals =
            new PriorityQueue<>(
                    Comparator.comparingLong(Arrival::atNanos).thenComparingLong(Arrival::order));
    private long queuedBytes;
    private double headBitsLeft;
    private long order;
    private boolean bad;

    public SimulatedLink(long seed) {
        random = new Random(seed);
    }

    public void send(Receiver to, long sequence, int sizeBytes, long nowNanos) {
        long room = (long) (bitsPerSecond * (queueNanos / NANOS) / BITS);
        if (queuedBytes + sizeBytes > Math.max(room, QUEUE_BYTES_MIN)) {
            to.onLoss(sequence, nowNanos);
            return;
        }
        if (queue.isEmpty()) {
            headBitsLeft = sizeBytes * BITS;
        }
        queue.add(new Waiting(to, sequence, sizeBytes, nowNanos));
        queuedBytes += sizeBytes;
    }

    /** Lets time pass. */
    public void pass(long fromNanos, long toNanos) {
        double at = fromNanos;
        while (!queue.isEmpty() && bitsPerSecond > 0) {
            double needed = headBitsLeft * NANOS / bitsPerSecond;
            if (at + needed > toNanos) {
                headBitsLeft -= (toNanos - at) * bitsPerSecond / NANOS;
                break;
            }
            at += needed;
            leave(queue.remove(), (long) at);
            headBitsLeft = queue.isEmpty() ? 0 : queue.peek().sizeBytes * BITS;
        }
        while (!arrivals.isEmpty() && arrivals.peek().atNanos <= toNanos) {
            Arrival arrival = arrivals.remove();
            arrival.to.onArrival(arrival.sequence, arrival.sizeBytes, arrival.atNanos);
        }
    }

    private void leave(Waiting packet, long nowNanos) {
        queuedBytes -= packet.sizeBytes;
        bad = random.nextDouble() < (bad ? 1 - burstEnds : burstBegins);
        if (bad || random.nextDouble() < loss) {
            packet.to.onLoss(packet.sequence, nowNanos);
            return;
        }
        long jitter = jitterNanos == 0 ? 0 : random.nextLong(jitterNanos);
        arrivals.add(
                new Arrival(
                        packet.to,
                        packet.sequence,
                        packet.sizeBytes,
                        nowNanos + delayNanos + jitter,
                        order++));
    }

    /** How long a packet that comes now would wait. */
    public double queueMillis() {
        return bitsPerSecond == 0 ? 0 : queuedBytes * BITS * 1e3 / bitsPerSecond;
    }
}
