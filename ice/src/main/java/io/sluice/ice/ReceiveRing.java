package io.sluice.ice;

import java.util.Arrays;

/**
 * The slots that a port receives into, and one in hand to replace a slot that the sink keeps.
 *
 * <p>A datagram is only delivered while there is a slot to put in its place, so the ring never
 * shrinks. Owned by the loop.
 */
final class ReceiveRing {
    private final Slab slab;
    private final int[] ring;
    private int spare = Slab.NONE;

    /** Takes up to {@code size} slots, and at least one. */
    ReceiveRing(Slab slab, int size) {
        this.slab = slab;
        int[] taken = new int[size];
        int count = 0;
        while (count < size) {
            int slot = slab.take();
            if (slot == Slab.NONE) {
                break;
            }
            taken[count++] = slot;
        }
        if (count == 0) {
            throw new IllegalStateException("the slab has no free slot to receive into");
        }
        ring = Arrays.copyOf(taken, count);
    }

    int size() {
        return ring.length;
    }

    int slot(int i) {
        return ring[i];
    }

    /** Whether a slot kept by the sink could be replaced now. */
    boolean hasSpare() {
        if (spare == Slab.NONE) {
            spare = slab.take();
        }
        return spare != Slab.NONE;
    }

    /** The sink kept slot {@code i}: the spare one takes its place. */
    void replace(int i) {
        ring[i] = spare;
        spare = Slab.NONE;
    }

    void release() {
        for (int slot : ring) {
            slab.release(slot);
        }
        if (spare != Slab.NONE) {
            slab.release(spare);
        }
    }
}
