package io.sluice.bandwidth;

/**
 * What the path carries while packets queue up on it: from the first that had to wait until one does not, they arrive
 * one behind the other, so that a handful of them shows the rate. A sharp fall is seen so some hundred milliseconds
 * before a line through delays or a longer window shows it.
 *
 * <p>Packets that a radio held back come late, too, but all by one step, and then each waits less than the one before:
 * that is no fall. Owned by the viewer's loop.
 */
final class BusyPeriod {
    /** Less is jitter. */
    private static final long WAITS_NANOS = 15_000_000;

    /** From the first packet to the last one it has to wait so much longer, without the largest step of it. */
    private static final long GROWS_NANOS = 40_000_000;

    /** By how much the last packet may have waited less than the longest. */
    private static final long JITTER_NANOS = 8_000_000;

    /** Behind the first. */
    private static final int PACKETS_MIN = 3;

    /** They arrive so many times slower than they left: it is not that little was sent. */
    private static final double SLOWED = 1.5;

    /** Longer says how it was, and others know that better. */
    private static final long LENGTH_MAX_NANOS = 600_000_000;

    private static final double BITS_NANOS = 8e9;

    private boolean busy;
    private int packets;
    private long bytes;
    private long firstNanos;
    private long lastNanos;
    private long firstWaitNanos;
    private long lastWaitNanos;
    private long longestWaitNanos;
    private long largestStepNanos;

    void reset() {
        busy = false;
    }

    /**
     * Takes a packet that arrived.
     *
     * @param waitNanos by how much its way took longer than the shortest that is known
     */
    void onPacket(long arrivalNanos, long waitNanos, int sizeBytes) {
        if (busy && arrivalNanos < lastNanos) {
            // It was overtaken.
            bytes += sizeBytes;
            return;
        }
        boolean waited = waitNanos > WAITS_NANOS;
        if (!waited || !busy || arrivalNanos - firstNanos > LENGTH_MAX_NANOS) {
            busy = waited;
            packets = 0;
            bytes = 0;
            firstNanos = arrivalNanos;
            firstWaitNanos = waitNanos;
            longestWaitNanos = waitNanos;
            largestStepNanos = 0;
        } else {
            packets++;
            bytes += sizeBytes;
            longestWaitNanos = Math.max(longestWaitNanos, waitNanos);
            largestStepNanos = Math.max(largestStepNanos, waitNanos - lastWaitNanos);
        }
        lastNanos = arrivalNanos;
        lastWaitNanos = waitNanos;
    }

    /** Whether the queue grows fast, so that much more is sent than passes. */
    boolean grows() {
        long grownNanos = lastWaitNanos - firstWaitNanos;
        long arrivedNanos = lastNanos - firstNanos;
        return isKnown()
                && grownNanos - largestStepNanos >= GROWS_NANOS
                && lastWaitNanos >= longestWaitNanos - JITTER_NANOS
                && arrivedNanos >= SLOWED * (arrivedNanos - grownNanos);
    }

    /** Whether enough packets show what passes. */
    boolean isKnown() {
        return busy && packets >= PACKETS_MIN && lastNanos > firstNanos;
    }

    /** What passes, in bits a second; only if that {@link #isKnown}. */
    long bitsPerSecond() {
        return (long) (bytes * BITS_NANOS / (lastNanos - firstNanos));
    }
}
