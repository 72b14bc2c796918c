package io.sluice.loop;

import io.sluice.ice.Slab;
import io.sluice.ice.UdpConfig;

/**
 * What every loop is made with.
 *
 * @param slabSlots packet slots of 2 KiB. 32,768 (64 MiB) keep a second of video of some 100
 *     publishers for resending.
 * @param handoffCapacity packets on their way to one other loop; a power of two. 2,048 are 5 ms of a
 *     loop at its limit: more would be latency, not safety.
 * @param tickNanos how often time-driven work is looked at. 10 ms is finer than any interval that
 *     depends on it (NACK, feedback, reports), and 1,000 transports cost under a percent of a core.
 * @param udp how its port sends and receives
 * @param history bounds of what is kept for sending it again
 */
public record LoopConfig(
        int slabSlots, int handoffCapacity, long tickNanos, UdpConfig udp, HistoryConfig history) {
    public LoopConfig {
        if (Integer.bitCount(handoffCapacity) != 1) {
            throw new IllegalArgumentException(
                    "handoffCapacity must be a power of two, not " + handoffCapacity);
        }
    }

    public static LoopConfig defaults() {
        return new LoopConfig(
                32_768, 2_048, 10_000_000, UdpConfig.defaults(), HistoryConfig.defaults());
    }

    /** With other room for packets, and for those on their way to another loop. */
    public LoopConfig withRoom(int slots, int handoff) {
        return new LoopConfig(slots, handoff, tickNanos, udp, history);
    }

    public LoopConfig withUdp(UdpConfig changed) {
        return new LoopConfig(slabSlots, handoffCapacity, tickNanos, changed, history);
    }

    public LoopConfig withHistory(HistoryConfig changed) {
        return new LoopConfig(slabSlots, handoffCapacity, tickNanos, udp, changed);
    }

    /** For each of {@code loops} loops: an equal share of what the node may keep. */
    public LoopConfig shared(int loops) {
        long share = Math.max(Slab.SLOT_BYTES, history.nodeBytes() / loops);
        return withHistory(new HistoryConfig(history.trackBytes(), share));
    }
}
