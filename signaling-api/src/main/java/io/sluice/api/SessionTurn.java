package io.sluice.api;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The turns of one session: whatever happens to it runs on its Vert.x context, one after another, and a
 * defect ends this session and no other.
 *
 * <p>Methods may be called from any thread, but for {@link #reply} and {@link #after}.
 */
public final class SessionTurn {
    private static final Logger LOG = LoggerFactory.getLogger(SessionTurn.class);

    private final Vertx vertx;
    private final Context context;
    private final Duration replyTimeout;
    private final Runnable onReplyTimeout;
    private final Consumer<Throwable> onDefect;

    /**
     * @param replyTimeout for a room to answer
     * @param onReplyTimeout counts that one did not
     * @param onDefect ends the session; called in its turn
     */
    public SessionTurn(
            Vertx vertx,
            Context context,
            Duration replyTimeout,
            Runnable onReplyTimeout,
            Consumer<Throwable> onDefect) {
        this.vertx = vertx;
        this.context = context;
        this.replyTimeout = replyTimeout;
        this.onReplyTimeout = onReplyTimeout;
        this.onDefect = onDefect;
    }

    /** Runs a task when its turn comes. */
    public void hop(Runnable task) {
        try {
            context.runOnContext(_ -> guarded(task));
        } catch (RejectedExecutionException stopped) {
            LOG.debug("The web server has stopped; nobody is left to tell");
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error defect) {
            LOG.error("A session failed and ends", defect);
            onDefect.accept(defect);
        }
    }

    /**
     * A reply whose value or failure is looked at in the session's turn; a {@link TimeoutException} if it does
     * not come in time. To be called in its turn.
     */
    public <T> CompletableFuture<T> reply(BiConsumer<@Nullable T, @Nullable Throwable> then) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        CompletableFuture<T> inTime = reply.copy();
        long timer =
                vertx.setTimer(
                        replyTimeout.toMillis(),
                        _ -> {
                            if (inTime.completeExceptionally(new TimeoutException())) {
                                onReplyTimeout.run();
                            }
                        });
        CompletableFuture<T> _ =
                inTime.whenComplete((value, failure) -> {
                    vertx.cancelTimer(timer);
                    hop(() -> then.accept(value, failure));
                });
        return reply;
    }

    /** Runs a task later, unless it is {@linkplain #cancel cancelled}; to be called in the session's turn. */
    public long after(Duration delay, Runnable task) {
        return vertx.setTimer(Math.max(1, delay.toMillis()), _ -> guarded(task));
    }

    /** Runs a task again and again; to be called in the session's turn. */
    public long every(Duration interval, Runnable task) {
        return vertx.setPeriodic(Math.max(1, interval.toMillis()), _ -> guarded(task));
    }

    public void cancel(long timer) {
        vertx.cancelTimer(timer);
    }
}
