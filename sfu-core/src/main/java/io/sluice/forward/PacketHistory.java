package io.sluice.forward;

import io.sluice.ice.Slab;
import io.sluice.rtp.Wire;
import java.util.Arrays;

/**
 * The last packets of a track on one loop, kept once for all its viewers so that they can be sent again.
 *
 * <p>Owned by the loop. Holds a slot of the loop's slab for each packet, bounded in number and in age.
 */
final class PacketHistory {
    /** 512 packets are 1.8 s of video at 2.5 Mbit/s. */
    static final int CAPACITY = 512;

    /** A viewer that asks later than this has frozen already and wants a keyframe. */
    static final long MAX_AGE_NANOS = 1_000_000_000;

    /** This share of the slab is not for keeping: what comes in needs slots, STUN and consent too. */
    private static final int RESERVE_SHARE = 8;

    /** What {@link #frameStart} returns while a packet is missing. */
    static final long UNKNOWN = -1;

    /** Access unit delimiter, parameter sets and messages, each in a packet of its own. */
    private static final int FRAME_HEAD_PACKETS_MAX = 8;

    private static final int TIMESTAMP_OFFSET = 4;

    private static final int MASK = CAPACITY - 1;
    private static final int EMPTY = -1;

    private final Slab slab;
    private final long[] sequences = new long[CAPACITY];
    private final int[] slots = new int[CAPACITY];
    private final long[] offsets = new long[CAPACITY];
    private final int[] lengths = new int[CAPACITY];
    private final long[] arrivalNanos = new long[CAPACITY];

    /** Every packet before this one was let go for its age. */
    private long oldest;

    private long newest;

    PacketHistory(Slab slab) {
        this.slab = slab;
        Arrays.fill(slots, EMPTY);
    }

    /** Keeps a packet and holds its slot, unless it is too old or the slab is nearly full. */
    void keep(long sequence, int slot, long offset, int length, long nowNanos) {
        if (sequence <= newest - CAPACITY
                || slab.slots() - slab.slotsInUse() < slab.slots() / RESERVE_SHARE) {
            return;
        }
        int index = (int) sequence & MASK;
        drop(index);
        slab.retain(slot);
        sequences[index] = sequence;
        slots[index] = slot;
        offsets[index] = offset;
        lengths[index] = length;
        arrivalNanos[index] = nowNanos;
        if (sequence > newest) {
            newest = sequence;
        }
        expire(nowNanos);
    }

    /** Lets go of what is too old. */
    void expire(long nowNanos) {
        // After a jump, what is older than a ring's length was overwritten or is never asked for.
        oldest = Math.max(oldest, newest - CAPACITY + 1);
        while (oldest <= newest) {
            int index = (int) oldest & MASK;
            if (slots[index] != EMPTY && nowNanos - arrivalNanos[index] < MAX_AGE_NANOS) {
                return;
            }
            drop(index);
            oldest++;
        }
    }

    /** Index of a packet that is kept, or -1. */
    int find(long sequence) {
        int index = (int) sequence & MASK;
        return slots[index] != EMPTY && sequences[index] == sequence ? index : -1;
    }

    long offset(int index) {
        return offsets[index];
    }

    int length(int index) {
        return lengths[index];
    }

    /** The highest number kept since the last {@link #clear}; 0 if there is none. */
    long newest() {
        return newest;
    }

    /**
     * The first packet of a frame, by what is kept.
     *
     * @param sequence a packet that the frame's picture begins with; itself it need not be kept
     * @return {@link #UNKNOWN} while the packet before may yet come and belong to the frame
     */
    long frameStart(long sequence, int timestamp) {
        long start = sequence;
        while (sequence - start < FRAME_HEAD_PACKETS_MAX) {
            int before = find(start - 1);
            if (before < 0) {
                return UNKNOWN;
            }
            if (Wire.i32(slab.memory(), offsets[before] + TIMESTAMP_OFFSET) != timestamp) {
                return start;
            }
            start--;
        }
        return start;
    }

    /** Lets go of everything; another sequence may begin anywhere. */
    void clear() {
        for (int i = 0; i < CAPACITY; i++) {
            drop(i);
        }
        oldest = 0;
        newest = 0;
    }

    private void drop(int index) {
        if (slots[index] != EMPTY) {
            slab.release(slots[index]);
            slots[index] = EMPTY;
        }
    }
}
