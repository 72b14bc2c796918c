package io.sluice.ice;

/**
 * The slots of a slab that one purpose may hold, over all sessions of a loop. Owned by the loop.
 */
final class SlotQuota {
    private final int limit;
    private int held;

    SlotQuota(int limit) {
        this.limit = limit;
    }

    /** Whether one more may be held; it is counted then. */
    boolean take() {
        if (held >= limit) {
            return false;
        }
        held++;
        return true;
    }

    void giveBack() {
        held--;
    }
}
