package io.sluice.loop;

/**
 * What every loop is made with.
 *
 * @param slabSlots packet slots of 2 KiB. 32,768 (64 MiB) keep a second of video of some 100
 *     publishers for resending.
 * @param handoffCapacity packets on their way to one other loop; a power of two. 2,048 are 5 ms of a
 *     loop at its limit: more would be latency, not safety.
 * @param tickNanos how often time-driven work is looked at. 10 ms is finer than any interval that
 *     depends on it (NACK, feedback, reports), and 1,000 transports cost under a percent of a core.
 */
public record LoopConfig(int slabSlots, int handoffCapacity, long tickNanos) {
    public LoopConfig {
        if (Integer.bitCount(handoffCapacity) != 1) {
            throw new IllegalArgumentException(
                    "handoffCapacity must be a power of two, not " + handoffCapacity);
        }
    }

    public static LoopConfig defaults() {
        return new LoopConfig(32_768, 2_048, 10_000_000);
    }
}
