package io.sluice.ice;

import org.jspecify.annotations.Nullable;

/**
 * DTLS that came before its address was validated: a client may send its first flight with its first
 * check. Holds slots of the slab. Owned by the session's loop.
 */
final class HeldDtls {
    private final Slab slab;
    private final int[] slots;
    private final int[] lengths;
    private final @Nullable IcePath[] paths;
    private int count;

    HeldDtls(Slab slab, int limit) {
        this.slab = slab;
        slots = new int[limit];
        lengths = new int[limit];
        paths = new @Nullable IcePath[limit];
    }

    /** Takes over a slot; false when full. */
    boolean hold(IcePath from, int slot, int length) {
        if (count == slots.length) {
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
        int kept = 0;
        int held = count;
        for (int i = 0; i < held; i++) {
            if (paths[i] != from) {
                slots[kept] = slots[i];
                lengths[kept] = lengths[i];
                paths[kept++] = paths[i];
                continue;
            }
            try {
                if (to != null) {
                    to.onDtls(slots[i], lengths[i], nowNanos);
                }
            } finally {
                slab.release(slots[i]);
            }
        }
        count = kept;
    }

    void release() {
        for (int i = 0; i < count; i++) {
            slab.release(slots[i]);
        }
        count = 0;
    }
}
