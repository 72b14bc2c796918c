package io.sluice.loop;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Those on a loop that have something to send sooner than its next tick: packets that are paced. One timer
 * serves all, and runs only while there are some.
 *
 * <p>Owned by the loop.
 */
public final class FineTicks {
    /** A paced packet is late by half of this on average. */
    static final long INTERVAL_NANOS = 2_000_000;

    /** So often the timer finds nobody before it stops: starting it costs more than a look. */
    private static final int IDLE_TICKS_MAX = 100;

    private static final int INITIAL_CAPACITY = 16;

    /** Has packets that wait for their time. */
    public interface Member {

        /**
         * Sends what is due; on the loop. A member that throws is not asked again.
         *
         * @return whether it wants to be asked again
         */
        boolean onFineTick(long nowNanos);
    }

    private final Runnable start;
    private final Consumer<Throwable> onDefect;
    private Member[] members = new Member[INITIAL_CAPACITY];
    private int count;
    private boolean running;
    private int idleTicks;

    /**
     * @param start has {@link #tick} called regularly from now on, until it returns false
     * @param onDefect hears what a member throws, which the others are not to suffer from
     */
    public FineTicks(Runnable start, Consumer<Throwable> onDefect) {
        this.start = start;
        this.onDefect = onDefect;
    }

    /** Asks a member from the next tick on. Who is in already is not added again: its owner sees to that. */
    public void add(Member member) {
        if (count == members.length) {
            // Bounded by the transports of this loop.
            members = Arrays.copyOf(members, 2 * count);
        }
        members[count++] = member;
        if (!running) {
            running = true;
            start.run();
        }
    }

    /** Asks everybody; false if the timer shall stop. */
    boolean tick(long nowNanos) {
        int asked = count;
        int staying = 0;
        for (int i = 0; i < asked; i++) {
            Member member = members[i];
            if (wantsMore(member, nowNanos)) {
                members[staying++] = member;
            }
        }
        // Who was added meanwhile stands behind those that were asked.
        System.arraycopy(members, asked, members, staying, count - asked);
        int left = staying + count - asked;
        Arrays.fill(members, left, count, null);
        count = left;
        idleTicks = count == 0 ? idleTicks + 1 : 0;
        if (idleTicks > IDLE_TICKS_MAX) {
            idleTicks = 0;
            running = false;
        }
        return running;
    }

    private boolean wantsMore(Member member, long nowNanos) {
        try {
            return member.onFineTick(nowNanos);
        } catch (RuntimeException | Error e) {
            onDefect.accept(e);
            return false;
        }
    }
}
