package io.sluice.api;

import java.time.Duration;

/**
 * A task that is done once for all that asks for it within a while.
 *
 * <p>Owned by its session's turn.
 */
final class Deferred {
    private static final long NO_TIMER = -1;

    private final SessionTurn turn;
    private final Duration delay;
    private final Runnable task;
    private long timer = NO_TIMER;

    Deferred(SessionTurn turn, Duration delay, Runnable task) {
        this.turn = turn;
        this.delay = delay;
        this.task = task;
    }

    /** Asks for it. */
    void soon() {
        if (timer == NO_TIMER) {
            timer =
                    turn.after(
                            delay,
                            () -> {
                                timer = NO_TIMER;
                                task.run();
                            });
        }
    }

    void cancel() {
        if (timer != NO_TIMER) {
            turn.cancel(timer);
            timer = NO_TIMER;
        }
    }
}
