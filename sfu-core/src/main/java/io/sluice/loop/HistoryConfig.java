package io.sluice.loop;

import io.sluice.ice.Slab;

/**
 * How much is kept for sending it again, in bytes of packet memory: a packet takes a slot of {@link
 * Slab#SLOT_BYTES}, however short it is.
 *
 * @param trackBytes of one track on one loop, a power of two. 1 MiB is 512 packets, 1.8 s of video at 2.5
 *     Mbit/s, and half a second of a keyframe's burst at 10: a viewer that asks later has frozen already
 * @param nodeBytes of all loops together, each of which has an equal share. 1 GiB is what 18 loops can
 *     keep in packet memory of the default size; a larger machine keeps less a loop, not more in all
 */
public record HistoryConfig(int trackBytes, long nodeBytes) {
    /** A shorter history would not hold one keyframe. */
    private static final int TRACK_SLOTS_MIN = 64;

    public HistoryConfig {
        if (Integer.bitCount(trackBytes) != 1 || trackBytes < TRACK_SLOTS_MIN * Slab.SLOT_BYTES) {
            throw new IllegalArgumentException(
                    "trackBytes must be a power of two from "
                            + TRACK_SLOTS_MIN * Slab.SLOT_BYTES
                            + " on, not "
                            + trackBytes);
        }
        if (nodeBytes < Slab.SLOT_BYTES) {
            throw new IllegalArgumentException(
                    "nodeBytes must hold a packet at least, not " + nodeBytes);
        }
    }

    public static HistoryConfig defaults() {
        return new HistoryConfig(1 << 20, 1L << 30);
    }

    /** Packets kept of one track. */
    int trackSlots() {
        return trackBytes / Slab.SLOT_BYTES;
    }

    /** Packets kept on a loop that has all of {@link #nodeBytes}. */
    int nodeSlots() {
        return (int) Math.min(Integer.MAX_VALUE, nodeBytes / Slab.SLOT_BYTES);
    }
}
