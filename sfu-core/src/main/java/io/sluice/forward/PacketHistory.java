package io.sluice.forward;

import io.sluice.loop.KeptPackets;
import io.sluice.rtp.Wire;
import java.util.Arrays;

/**
 * The last packets of an encoding on one loop, kept once for all its viewers so that they can be sent again.
 *
 * <p>Owned by the loop. Holds a slot of the loop's slab for each packet, bounded in number and in age, and by what
 * the loop may keep in all.
 */
final class PacketHistory implements KeptPackets.Keeper {
    /** A viewer that asks later than this has frozen already and wants a keyframe. */
    static final long MAX_AGE_NANOS = 1_000_000_000;

    /** What {@link #frameStart} returns while a packet is missing. */
    static final long UNKNOWN = -1;

    /** Access unit delimiter, parameter sets and messages, each in a packet of its own. */
    private static final int FRAME_HEAD_PACKETS_MAX = 8;

    private static final int TIMESTAMP_OFFSET = 4;

    private static final int EMPTY = -1;

    private final KeptPackets kept;
    private final int capacity;
    private final long[] sequences;
    private final int[] slots;
    private final long[] offsets;
    private final int[] lengths;
    private final long[] arrivalNanos;

    /** Every packet before this one was let go for its age. */
    private long oldest;

    private long newest;

    /** The highest that was let go for its age. */
    private long letGo;

    /** From this one on age does not count. */
    private long heldFrom = Long.MAX_VALUE;

    private int size;

    PacketHistory(KeptPackets kept) {
        this.kept = kept;
        capacity = kept.trackSlots();
        sequences = new long[capacity];
        slots = new int[capacity];
        offsets = new long[capacity];
        lengths = new int[capacity];
        arrivalNanos = new long[capacity];
        Arrays.fill(slots, EMPTY);
    }

    /** Packets that are kept. */
    int size() {
        return size;
    }

    private int index(long sequence) {
        return (int) sequence & (capacity - 1);
    }

    /** Keeps a packet and holds its slot, unless it is too old or there is no memory for it. */
    void keep(long sequence, int slot, long offset, int length, long nowNanos) {
        if (sequence <= newest - capacity) {
            return;
        }
        int index = index(sequence);
        drop(index);
        if (!kept.keep(this, index, slot)) {
            return;
        }
        sequences[index] = sequence;
        slots[index] = slot;
        offsets[index] = offset;
        lengths[index] = length;
        arrivalNanos[index] = nowNanos;
        size++;
        if (sequence > newest) {
            newest = sequence;
        }
        expire(nowNanos);
    }

    /** Lets go of what is too old. */
    void expire(long nowNanos) {
        // After a jump, what is older than a ring's length was overwritten or is never asked for.
        oldest = Math.max(oldest, newest - capacity + 1);
        while (oldest <= newest && oldest < heldFrom) {
            int index = index(oldest);
            if (slots[index] != EMPTY && nowNanos - arrivalNanos[index] < MAX_AGE_NANOS) {
                return;
            }
            letGoOldest();
        }
    }

    private void letGoOldest() {
        int index = index(oldest);
        letGo = slots[index] == EMPTY ? letGo : oldest;
        drop(index);
        oldest++;
    }

    /** Keeps packets from a number on, however old they are. */
    void holdFrom(long sequence) {
        heldFrom = sequence;
    }

    /** Lets go of the packet with the lowest number, but for one that came later than those behind it. */
    void dropOldest() {
        oldest = Math.max(oldest, newest - capacity + 1);
        int before = size;
        while (oldest <= newest && size == before) {
            letGoOldest();
        }
    }

    /** Index of a packet that is kept, or -1. */
    int find(long sequence) {
        int index = index(sequence);
        return slots[index] != EMPTY && sequences[index] == sequence ? index : -1;
    }

    long offset(int index) {
        return offsets[index];
    }

    int length(int index) {
        return lengths[index];
    }

    /** Whether what came behind a packet may still be kept, all of it. */
    boolean reachesTo(long sequence) {
        return letGo <= sequence;
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
            if (Wire.i32(kept.slab().memory(), offsets[before] + TIMESTAMP_OFFSET) != timestamp) {
                return start;
            }
            start--;
        }
        return start;
    }

    /** Lets go of everything; another sequence may begin anywhere. */
    void clear() {
        for (int i = 0; i < capacity; i++) {
            drop(i);
        }
        oldest = 0;
        letGo = 0;
        newest = 0;
    }

    private void drop(int index) {
        if (slots[index] != EMPTY) {
            kept.letGo(slots[index]);
            slots[index] = EMPTY;
            size--;
        }
    }

    @Override
    public void onLetGo(int place) {
        slots[place] = EMPTY;
        size--;
    }
}
