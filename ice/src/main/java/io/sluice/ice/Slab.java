package io.sluice.ice;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The packet memory of one loop: off-heap slots of a fixed size, each counted by those that hold it.
 *
 * <p>A packet is (offset, length) in {@link #memory()}. A slot is taken with one hold; {@link #retain}
 * adds one, {@link #release} drops one, and the last drop frees it. Only the owning loop takes,
 * retains and releases; other loops may read the bytes of a slot that its owner holds for them.
 */
public final class Slab implements AutoCloseable {
    /** Room for an Ethernet-sized datagram with its tag, and a power of two so that offsets are shifts. */
    public static final int SLOT_BYTES = 2048;

    /** What {@link #take} returns when every slot is held. */
    public static final int NONE = -1;

    private static final int SLOT_SHIFT = Integer.numberOfTrailingZeros(SLOT_BYTES);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final int[] holds;
    private final int[] free;
    private int freeCount;

    /** Reserves {@code slots} slots of {@link #SLOT_BYTES} bytes. */
    public Slab(int slots) {
        if (slots <= 0 || slots > Integer.MAX_VALUE >> SLOT_SHIFT) {
            throw new IllegalArgumentException(
                    "slab slots must be 1 to "
                            + (Integer.MAX_VALUE >> SLOT_SHIFT)
                            + ", not "
                            + slots);
        }
        memory = LazyMemory.allocate(arena, (long) slots << SLOT_SHIFT, SLOT_BYTES);
        holds = new int[slots];
        free = new int[slots];
        Arrays.setAll(free, i -> slots - 1 - i);
        freeCount = slots;
    }

    /** The memory of all slots; slot {@code s} begins at {@link #offset offset(s)}. */
    public MemorySegment memory() {
        return memory;
    }

    /** The offset in bytes of a slot within {@link #memory()}. */
    public static long offset(int slot) {
        return (long) slot << SLOT_SHIFT;
    }

    /** Takes a free slot with one hold, or returns {@link #NONE}. */
    public int take() {
        if (freeCount == 0) {
            return NONE;
        }
        int slot = free[--freeCount];
        holds[slot] = 1;
        return slot;
    }

    /** Adds a hold to a slot that is held. */
    public void retain(int slot) {
        if (holds[slot] == 0) {
            throw new IllegalStateException("slot " + slot + " is free and cannot be retained");
        }
        holds[slot]++;
    }

    /** Drops one hold; the last one frees the slot. */
    public void release(int slot) {
        if (holds[slot] == 0) {
            throw new IllegalStateException("slot " + slot + " is released more often than held");
        }
        if (--holds[slot] == 0) {
            free[freeCount++] = slot;
        }
    }

    /** Whether more than one hold is on a slot. */
    public boolean isShared(int slot) {
        return holds[slot] > 1;
    }

    public int slots() {
        return holds.length;
    }

    public int slotsInUse() {
        return holds.length - freeCount;
    }

    /** Frees the memory; nothing may read or write a slot afterwards. */
    @Override
    public void close() {
        arena.close();
    }
}
