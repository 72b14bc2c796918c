package io.sluice.api;

import io.sluice.room.CommandSink;
import io.sluice.room.Joined;
import io.sluice.room.LeaveReason;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomException;
import io.sluice.room.RoomException.Reason;
import io.sluice.room.RoomListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A session's way into its room: it may take more than one attempt, and what happens in the room meanwhile
 * is kept until the session knows the room.
 *
 * <p>Owned by its session's turn.
 */
public final class RoomEntry {
    /** A room may end just when we come in; its next life takes us, unless the server stops. */
    private static final int MAX_ATTEMPTS = 3;

    /** Events between the snapshot of a join and its arrival here. */
    private static final int MAX_EARLY_EVENTS = 256;

    private final SessionTurn turn;
    private final Newcomer newcomer;
    private final List<RoomEvent> earlyEvents = new ArrayList<>();
    private int attempts;
    private boolean entered;
    private boolean timedOut;
    private boolean over;

    /** Who comes in; called in the session's turn. */
    public interface Newcomer {
        /**
         * The room, made if that is allowed; empty if there is none.
         *
         * @throws RoomException if it cannot be made
         */
        Optional<CommandSink> findRoom();

        /** What the room is asked. */
        RoomCommand.Join join(RoomListener listener, CompletableFuture<Joined> reply);

        /** Whether anybody still waits for the room's answer. */
        boolean isWaiting();

        void onEntered(CommandSink room, Joined joined);

        /** What happens in the room, from {@link #onEntered} on. */
        void onEvent(RoomEvent event);

        /** There is no room of this name. */
        void onNoRoom();

        /** The room refuses, or does not answer. */
        void onRefused(@Nullable Throwable why);
    }

    public RoomEntry(SessionTurn turn, Newcomer newcomer) {
        this.turn = turn;
        this.newcomer = newcomer;
    }

    /** Asks to be let in. */
    public void enter() {
        attempts++;
        Optional<CommandSink> found;
        try {
            found = newcomer.findRoom();
        } catch (RoomException refused) {
            refuse(refused);
            return;
        }
        if (found.isEmpty()) {
            over = true;
            newcomer.onNoRoom();
            return;
        }
        CommandSink room = found.get();
        int attempt = attempts;
        CompletableFuture<Joined> reply =
                turn.reply((joined, failure) -> onReply(room, joined, failure));
        // Too late is too late, but the room must not keep who is not there.
        CompletableFuture<Void> _ =
                reply.thenAccept(joined ->
                        turn.hop(() -> {
                            if (timedOut) {
                                takeBack(room, joined);
                            }
                        }));
        RoomListener listener =
                event ->
                        turn.hop(() -> {
                            if (attempt == attempts) {
                                onEvent(event);
                            }
                        });
        room.submit(newcomer.join(listener, reply));
    }

    private void onReply(CommandSink room, @Nullable Joined joined, @Nullable Throwable failure) {
        if (joined == null) {
            onFailure(failure);
            return;
        }
        if (!newcomer.isWaiting()) {
            // Gone while it waited.
            over = true;
            takeBack(room, joined);
            return;
        }
        entered = true;
        newcomer.onEntered(room, joined);
        earlyEvents.forEach(newcomer::onEvent);
        earlyEvents.clear();
    }

    private static void takeBack(CommandSink room, Joined joined) {
        room.submit(new RoomCommand.Leave(joined.self().participantId(), LeaveReason.LEFT));
    }

    private void onFailure(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        boolean ended =
                cause instanceof RoomException refused && refused.reason() == Reason.ROOM_CLOSED;
        if (ended && attempts < MAX_ATTEMPTS && newcomer.isWaiting()) {
            earlyEvents.clear();
            enter();
        } else {
            timedOut = cause instanceof TimeoutException;
            refuse(cause);
        }
    }

    private void refuse(@Nullable Throwable why) {
        over = true;
        newcomer.onRefused(why);
    }

    private void onEvent(RoomEvent event) {
        if (entered) {
            newcomer.onEvent(event);
        } else if (earlyEvents.size() < MAX_EARLY_EVENTS) {
            earlyEvents.add(event);
        } else if (!over) {
            refuse(new IllegalStateException("too many events before the answer to a join"));
        }
    }
}
