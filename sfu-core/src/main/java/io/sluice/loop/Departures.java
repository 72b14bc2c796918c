package io.sluice.loop;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Who waits for the end of a loop's turn, to send then what the turn brought together.
 *
 * <p>Owned by the loop.
 */
public final class Departures {
    private static final int INITIAL_CAPACITY = 64;

    /** Of the loop's time; from here on packets wait for the rest of their frame. */
    static final double GATHERING_BUSY_SHARE = 0.5;

    /** Has packets that leave at the end of a turn. */
    public interface Departing {
        /** Sends all that waits; on the loop. */
        void depart();

        /** Whether more is to come that had better leave with what waits, and soon enough. */
        boolean isPatient(long nowNanos);
    }

    private final Consumer<Throwable> onDefect;
    private Departing[] waiting = new Departing[INITIAL_CAPACITY];
    private int count;

    /**
     * @param onDefect hears what breaks while one departs, and whoever departs has not put down to the one that it
     *     broke for. It is not thrown: neither the others' packets may stay for it, nor the turn of whoever happens
     *     to end it break
     */
    public Departures(Consumer<Throwable> onDefect) {
        this.onDefect = onDefect;
    }

    /** Waits for the end of this turn. Who waits already is not added again: its owner sees to that. */
    public void add(Departing departing) {
        if (count == waiting.length) {
            // Bounded by the tracks that are watched on this loop, or by its transports.
            waiting = Arrays.copyOf(waiting, 2 * count);
        }
        waiting[count++] = departing;
    }

    /** The turn ends, and everything leaves. Nobody is added meanwhile. */
    public void departAll() {
        boolean _ = depart(true, 0);
    }

    /**
     * The turn ends. A loop with time to spare sends all at once; a busy one saves work by longer runs:
     * who is patient stays for the next turn.
     *
     * @param mediaShare of its time that media take
     * @return whether anybody stays
     */
    boolean endTurn(double mediaShare, long nowNanos) {
        return depart(mediaShare < GATHERING_BUSY_SHARE, nowNanos);
    }

    private boolean depart(boolean all, long nowNanos) {
        int staying = 0;
        for (int i = 0; i < count; i++) {
            Departing departing = waiting[i];
            try {
                if (!all && departing.isPatient(nowNanos)) {
                    waiting[staying++] = departing;
                } else {
                    departing.depart();
                }
            } catch (RuntimeException | Error e) {
                onDefect.accept(e);
            }
        }
        keep(staying);
        return staying > 0;
    }

    private void keep(int staying) {
        Arrays.fill(waiting, staying, count, null);
        count = staying;
    }
}
