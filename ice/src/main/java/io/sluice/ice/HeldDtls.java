package io.sluice.ice;

import org.jspecify.annotations.Nullable;

/**
 * DTLS that came before its address was validated: a client may send its first flight with its first
 * check. Holds slots of the slab. Owned by the session's loop.
 */
final class HeldDtls {
    private final Slab slab;
    private final SlotQuota quota;
    private final int[] slots;
    private final int[] lengths;
    private final @Nullable IcePath[] paths;
    private int count;

    /** Holds up to {@code limit} slots, and no more than the loop's quota leaves. */
    HeldDtls(Slab slab, SlotQuota quota, int limit) {
        this.slab = slab;
        this.quota = quota;
        slots = new int[limit];
        lengths = new int[limit];
        paths = new @Nullable IcePath[limit];
    }

    /** Takes over a slot; false when full. */
    boolean hold(IcePath from, int slot, int length) {
        if (count == slots.length || !quota.take()) {
            return false;
        }
        slots[count] = slot;
        lengths[count] = length;
        paths[count++] = from;
        return true;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Delivers what came from a path that is now validated, in order, and frees it. */
    void deliver(IcePath from, IceListener to, long nowNanos) {
        drain(from, to, nowNanos);
    }

    /** Frees what came from a path that is forgotten. */
    void drop(IcePath from) {
        drain(from, null, 0);
    }

    private void drain(IcePath from, @Nullable IceListener to, long nowNanos) {
        for (int i = find(from); i >= 0; i = find(from)) {
            int slot = slots[i];
            int length = lengths[i];
            // Out of the queue first: the listener may close the session, which frees the queue.
            remove(i);
            try {
                if (to != null) {
                    to.onDtls(slot, length, nowNanos);
                }
            } finally {
                slab.release(slot);
            }
        }
    }

    /** The oldest from a path, or -1. */
    private int find(IcePath from) {
        for (int i = 0; i < count; i++) {
            if (paths[i] == from) {
                return i;
            }
        }
        return -1;
    }

    private void remove(int i) {
        count--;
        quota.giveBack();
        System.arraycopy(slots, i + 1, slots, i, count - i);
        System.arraycopy(lengths, i + 1, lengths, i, count - i);
        System.arraycopy(paths, i + 1, paths, i, count - i);
        paths[count] = null;
    }

    void release() {
        for (int i = 0; i < count; i++) {
            slab.release(slots[i]);
            quota.giveBack();
        }
        count = 0;
    }
}
