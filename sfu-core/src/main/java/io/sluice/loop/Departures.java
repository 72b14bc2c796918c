package io.sluice.loop;

import java.util.Arrays;

/**
 * Who waits for the end of a loop's turn, to send then what the turn brought together.
 *
 * <p>Owned by the loop.
 */
public final class Departures {
    private static final int INITIAL_CAPACITY = 64;

    /** Has packets that leave at the end of the turn. */
    @FunctionalInterface
    public interface Departing {
        /** Sends them all; on the loop. */
        void depart();
    }

    private Departing[] waiting = new Departing[INITIAL_CAPACITY];
    private int count;

    /** Waits for the end of this turn; one that waits already is not added again by its owner. */
    public void add(Departing departing) {
        if (count == waiting.length) {
            // Bounded by the tracks that are watched on this loop.
            waiting = Arrays.copyOf(waiting, 2 * count);
        }
        waiting[count++] = departing;
    }

    /** The turn ends. Nobody is added meanwhile. */
    public void departAll() {
        for (int i = 0; i < count; i++) {
            waiting[i].depart();
        }
        Arrays.fill(waiting, 0, count, null);
        count = 0;
    }
}
