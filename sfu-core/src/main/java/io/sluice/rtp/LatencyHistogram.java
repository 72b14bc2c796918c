package io.sluice.rtp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * How long packets took, in fixed buckets. One writer, the owning loop; read from anywhere. A reader may
 * see a packet in its bucket and not yet in the sum: each number only grows.
 */
public final class LatencyHistogram {
    /**
     * Upper bounds of the buckets; the one above the last takes the rest. From a packet that meets an idle
     * loop to the delay that everybody hears.
     */
    private static final long[] BOUNDS_NANOS = {
        50_000,
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        25_000_000,
        50_000_000,
        100_000_000
    };

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SUM = BOUNDS_NANOS.length + 1;

    private final long[] counts = new long[SUM + 1];

    /** Records that {@code packets} took so long; on the owning loop. */
    public void record(long latencyNanos, long packets) {
        int bucket = 0;
        while (bucket < BOUNDS_NANOS.length && latencyNanos > BOUNDS_NANOS[bucket]) {
            bucket++;
        }
        COUNT.setOpaque(counts, bucket, counts[bucket] + packets);
        COUNT.setOpaque(counts, SUM, counts[SUM] + latencyNanos * packets);
    }

    /** Upper bounds of all buckets but the last, ascending, each within its bucket. */
    public static long[] boundsNanos() {
        return Arrays.copyOf(BOUNDS_NANOS, BOUNDS_NANOS.length);
    }

    /** Packets in one bucket, 0 to {@code boundsNanos().length}. */
    public long packets(int bucket) {
        return (long) COUNT.getOpaque(counts, bucket);
    }

    /** The latencies of all packets together. */
    public long sumNanos() {
        return (long) COUNT.getOpaque(counts, SUM);
    }
}
