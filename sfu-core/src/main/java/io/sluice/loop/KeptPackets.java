package io.sluice.loop;

import io.sluice.ice.Slab;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The packets of all tracks that a loop keeps for sending them again. If there are too many, the oldest
 * go first, whichever track they are of.
 *
 * <p>Owned by the loop. A list through the slab's slots, in the order of their coming: nothing is
 * allocated for a packet.
 */
public final class KeptPackets {
    /** This share of the slab is not for keeping: what comes in needs slots, STUN and consent too. */
    private static final int RESERVE_SHARE = 8;

    private static final int NONE = -1;

    /** Has packets that are kept. */
    public interface Keeper {
        /** One of its packets is not kept any more; {@code place} is what it was kept with. */
        void onLetGo(int place);
    }

    private final Slab slab;
    private final MediaCounters counters;
    private final int trackSlots;
    private final int slotsMax;
    private final int reservedSlots;

    // By slot.
    private final @Nullable Keeper[] keepers;
    private final int[] places;
    private final int[] older;
    private final int[] newer;

    private int oldest = NONE;
    private int newest = NONE;
    private int size;

    public KeptPackets(Slab slab, HistoryConfig config, MediaCounters counters) {
        this.slab = slab;
        this.counters = counters;
        trackSlots = config.trackSlots();
        slotsMax = config.nodeSlots();
        reservedSlots = slab.slots() / RESERVE_SHARE;
        keepers = new Keeper[slab.slots()];
        places = new int[slab.slots()];
        older = new int[slab.slots()];
        newer = new int[slab.slots()];
        Arrays.fill(older, NONE);
        Arrays.fill(newer, NONE);
    }

    /** Where the packets lie. */
    public Slab slab() {
        return slab;
    }

    /** How many packets of one track may be kept: a power of two. */
    public int trackSlots() {
        return trackSlots;
    }

    /** Packets that are kept now. */
    public int size() {
        return size;
    }

    /**
     * Holds a slot until {@link #letGo}, or until it is the oldest of too many.
     *
     * @return false if all memory is needed for other things
     */
    public boolean keep(Keeper keeper, int place, int slot) {
        if (keepers[slot] != null) {
            throw new IllegalStateException("slot " + slot + " is kept already");
        }
        while (size > 0 && (size >= slotsMax || isShort())) {
            evictOldest();
        }
        if (isShort()) {
            return false;
        }
        slab.retain(slot);
        keepers[slot] = keeper;
        places[slot] = place;
        older[slot] = newest;
        if (newest == NONE) {
            oldest = slot;
        } else {
            newer[newest] = slot;
        }
        newest = slot;
        size++;
        return true;
    }

    private boolean isShort() {
        return slab.slots() - slab.slotsInUse() < reservedSlots;
    }

    private void evictOldest() {
        int slot = oldest;
        Keeper keeper = keepers[slot];
        int place = places[slot];
        letGo(slot);
        counters.count(MediaCount.KEPT_PACKETS_EVICTED);
        if (keeper != null) {
            keeper.onLetGo(place);
        }
    }

    /** Ends the hold on a slot that is kept. */
    public void letGo(int slot) {
        if (keepers[slot] == null) {
            throw new IllegalStateException("slot " + slot + " is not kept");
        }
        keepers[slot] = null;
        if (older[slot] == NONE) {
            oldest = newer[slot];
        } else {
            newer[older[slot]] = newer[slot];
        }
        if (newer[slot] == NONE) {
            newest = older[slot];
        } else {
            older[newer[slot]] = older[slot];
        }
        older[slot] = NONE;
        newer[slot] = NONE;
        size--;
        slab.release(slot);
    }
}
