package io.sluice.plain;

import io.sluice.api.Grants;
import io.sluice.plain.PlainCounters.Refusal;
import io.sluice.room.CommandSink;
import io.sluice.room.Joined;
import io.sluice.room.LeaveReason;
import io.sluice.room.Permissions;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomException;
import io.sluice.room.TrackInfo;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One participant that joined by the plain protocol, from its join until it is out of the room; it may
 * change its WebSocket on the way.
 *
 * <p>Owned by the Vert.x context of its first WebSocket. Methods that say so may be called from other
 * threads and hop; the room's events and replies hop too.
 */
final class PlainSession {
    private static final Logger LOG = LoggerFactory.getLogger(PlainSession.class);

    private static final int MAX_NAME_CHARS = 256;

    /** A room may end just when we come in; its next life takes us, unless the server stops. */
    private static final int MAX_JOIN_ATTEMPTS = 3;

    /** Events between the snapshot of a join and its arrival here. */
    private static final int MAX_EARLY_EVENTS = 256;

    private final PlainProtocol protocol;
    private final Vertx vertx;
    private final Context context;
    private final String roomName;
    private final String token;
    private final Grants grants;
    private final String name;
    private final SentMessages sent;
    private final List<RoomEvent> earlyEvents = new ArrayList<>();

    private State state = State.JOINING;
    private int joinAttempts;
    private boolean joinTimedOut;
    private @Nullable PlainSocket socket;
    private @Nullable RoomView view;
    private @Nullable PlainNegotiation negotiation;

    /** The last message that was sent while there was a socket. */
    private long detachedSeq;

    private long resumeTimer;

    private enum State {
        JOINING,
        JOINED,
        ENDED
    }

    PlainSession(
            PlainProtocol protocol,
            Vertx vertx,
            Context context,
            String roomName,
            String token,
            Grants grants,
            @Nullable String wantedName) {
        this.protocol = protocol;
        this.vertx = vertx;
        this.context = context;
        this.roomName = roomName;
        this.token = token;
        this.grants = grants;
        this.name = displayName(grants, wantedName);
        this.sent =
                new SentMessages(
                        protocol.config().maxKeptMessages(), protocol.config().maxKeptBytes());
    }

    /** The token's name is the application's word; else the client's own; else the identity. */
    private static String displayName(Grants grants, @Nullable String wanted) {
        if (grants.name() != null && !grants.name().isEmpty()) {
            return grants.name();
        }
        return wanted == null || wanted.isBlank() || wanted.length() > MAX_NAME_CHARS
                ? grants.identity()
                : wanted;
    }

    boolean isOf(String otherRoomName) {
        return roomName.equals(otherRoomName);
    }

    // ---- from sockets; any thread

    /** Asks the room to let the participant in. */
    void join(PlainSocket first) {
        hop(() -> {
            socket = first;
            submitJoin();
        });
    }

    /** Goes on with a new socket. */
    void resume(PlainSocket next, long lastSeq) {
        hop(() -> onResume(next, lastSeq));
    }

    void receive(PlainSocket from, ClientMessage message) {
        hop(() -> {
            if (from == socket) {
                onMessage(message);
            }
        });
    }

    void confirm(PlainSocket from, long seq) {
        hop(() -> {
            if (from == socket) {
                sent.confirm(seq);
            }
        });
    }

    void socketClosed(PlainSocket closed) {
        hop(() -> {
            if (closed == socket) {
                onSocketLost();
            }
        });
    }

    private void hop(Runnable task) {
        try {
            context.runOnContext(_ -> guarded(task));
        } catch (RejectedExecutionException stopped) {
            LOG.debug("The web server has stopped; nobody is left to tell");
        }
    }

    /** A broken invariant ends this session and no other. */
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException defect) {
            LOG.error("A session failed and ends", defect);
            if (negotiation != null) {
                negotiation.leave(LeaveReason.INTERNAL);
            }
            if (socket != null) {
                socket.refuse(ErrorCode.INTERNAL, "The server failed.", CloseCode.INTERNAL);
            }
            end();
        }
    }

    // ---- join

    private void submitJoin() {
        joinAttempts++;
        Optional<CommandSink> found;
        try {
            found = protocol.findRoom(roomName);
        } catch (RoomException refused) {
            onJoinRefused(refused);
            return;
        }
        if (found.isEmpty()) {
            refuseJoin(ErrorCode.ROOM_NOT_FOUND, PlainProtocol.NO_ROOM, CloseCode.ROOM_NOT_FOUND);
            return;
        }
        CommandSink joining = found.get();
        CompletableFuture<Joined> reply =
                reply((joined, failure) -> onJoinReply(joining, joined, failure));
        // Too late is too late, but the room must not keep who is not there.
        CompletableFuture<Void> _ =
                reply.thenAccept(joined ->
                        hop(() -> {
                            if (joinTimedOut) {
                                takeBack(joining, joined);
                            }
                        }));
        Permissions permissions = new Permissions(grants.canPublish(), grants.canSubscribe());
        joining.submit(
                new RoomCommand.Join(
                        grants.identity(),
                        name,
                        grants.metadata() == null ? "" : grants.metadata(),
                        permissions,
                        event -> hop(() -> onRoomEvent(event)),
                        reply));
    }

    private void onJoinReply(
            CommandSink joining, @Nullable Joined joined, @Nullable Throwable failure) {
        if (joined == null) {
            onJoinRefused(failure);
            return;
        }
        if (socket == null || isOver()) {
            // Gone while it waited, and it does not know its session: nobody will come back for it.
            state = State.ENDED;
            takeBack(joining, joined);
            return;
        }
        state = State.JOINED;
        RoomView entered = new RoomView(joined.self(), joined.room());
        view = entered;
        negotiation =
                new PlainNegotiation(
                        this,
                        protocol,
                        vertx,
                        joining,
                        joined.self().participantId(),
                        joined.transport(),
                        joined.room().settings().codecs(),
                        grants);
        protocol.keep(token, this);
        socket.send(entered.joined(roomName, token, false));
        joined.tracks().forEach(negotiation::onTrackPublished);
        earlyEvents.forEach(this::onRoomEvent);
        earlyEvents.clear();
    }

    private static void takeBack(CommandSink room, Joined joined) {
        room.submit(new RoomCommand.Leave(joined.self().participantId(), LeaveReason.LEFT));
    }

    private void onJoinRefused(@Nullable Throwable failure) {
        Throwable cause = RoomFailure.cause(failure);
        if (cause instanceof RoomException refused) {
            switch (refused.reason()) {
                case ROOM_CLOSED -> {
                    if (joinAttempts < MAX_JOIN_ATTEMPTS && socket != null) {
                        earlyEvents.clear();
                        submitJoin();
                    } else {
                        refuseJoin(
                                ErrorCode.ROOM_NOT_FOUND,
                                refused.getMessage(),
                                CloseCode.ROOM_CLOSED);
                    }
                }
                case ROOM_FULL, TOO_MANY_ROOMS -> refuseJoin(refused, CloseCode.FULL);
                case NOT_PERMITTED,
                        NO_SUCH_PARTICIPANT,
                        NO_SUCH_TRACK,
                        NOT_SUBSCRIBED,
                        INVALID_DESCRIPTION,
                        INVALID_SETTINGS,
                        TOO_MANY_LISTENERS ->
                        refuseJoin(refused, CloseCode.UNAUTHORIZED);
            }
        } else {
            joinTimedOut = cause instanceof TimeoutException;
            RoomFailure why = RoomFailure.of(failure);
            refuseJoin(why.code(), why.text(), CloseCode.INTERNAL);
        }
    }

    private void refuseJoin(RoomException refused, CloseCode close) {
        refuseJoin(ErrorCode.of(refused.reason()), refused.getMessage(), close);
    }

    private void refuseJoin(ErrorCode code, @Nullable String text, CloseCode close) {
        state = State.ENDED;
        if (socket != null) {
            socket.refuse(code, text, close);
        }
    }

    // ---- a socket that goes, and one that comes

    private void onSocketLost() {
        socket = null;
        detachedSeq = sent.lastSeq();
        if (state == State.JOINED) {
            resumeTimer =
                    vertx.setTimer(
                            protocol.apiConfig().resumeTimeout().toMillis(),
                            _ -> endDetached(Refusal.RESUME_TIMEOUT));
        }
    }

    private void onResume(PlainSocket next, long wantedSeq) {
        long lastSeq = wantedSeq < 0 ? detachedSeqNow() : Math.min(wantedSeq, sent.lastSeq());
        Optional<List<SentMessages.Message>> missed = sent.after(lastSeq);
        if (state != State.JOINED || view == null || missed.isEmpty()) {
            protocol.count(Refusal.SESSION_UNKNOWN);
            next.refuse(
                    ErrorCode.SESSION_UNKNOWN,
                    "The session has ended or missed too much: join again with a token.",
                    CloseCode.SESSION_UNKNOWN);
            return;
        }
        vertx.cancelTimer(resumeTimer);
        if (socket != null) {
            socket.close(CloseCode.RESUMED_ELSEWHERE);
        }
        socket = next;
        next.send(view.joined(roomName, token, true));
        missed.get().forEach(message -> next.send(message.text(), message.seq()));
    }

    /** A client that says no number is given what was sent since its socket was lost. */
    private long detachedSeqNow() {
        return socket == null ? detachedSeq : sent.lastSeq();
    }

    private void endDetached(Refusal why) {
        protocol.count(why);
        if (negotiation != null) {
            negotiation.leave(LeaveReason.SIGNALING_LOST);
        }
        end();
    }

    // ---- from the client

    private void onMessage(ClientMessage message) {
        if (state == State.ENDED) {
            return;
        }
        if (negotiation == null) {
            if (message instanceof ClientMessage.Leave) {
                // The reply of the join will find nobody.
                closeSocket(CloseCode.LEFT);
                socket = null;
            } else {
                sendUnnumbered(ErrorCode.JOIN_FIRST, "Wait for the message joined.");
            }
            return;
        }
        switch (message) {
            case ClientMessage.Join _ ->
                    sendUnnumbered(ErrorCode.ALREADY_JOINED, "This connection has joined already.");
            case ClientMessage.Offer offer -> negotiation.onOffer(offer);
            case ClientMessage.Candidate(String value) -> negotiation.onRemoteCandidate(value);
            case ClientMessage.Mute mute -> negotiation.onMute(mute);
            case ClientMessage.Wish wish -> negotiation.onWish(wish);
            case ClientMessage.Leave _ -> {
                negotiation.leave(LeaveReason.LEFT);
                send(new ServerMessage.Left(LeaveReason.LEFT));
                closeSocket(CloseCode.LEFT);
                end();
            }
            // The socket itself answers it.
            case ClientMessage.Ping _ -> {}
        }
    }

    // ---- from the room

    private void onRoomEvent(RoomEvent event) {
        if (state == State.ENDED) {
            return;
        }
        if (negotiation == null || view == null) {
            if (earlyEvents.size() < MAX_EARLY_EVENTS) {
                earlyEvents.add(event);
            } else {
                LOG.error("A room sent {} events before it answered a join", MAX_EARLY_EVENTS);
                refuseJoin(ErrorCode.INTERNAL, "The server failed.", CloseCode.INTERNAL);
            }
            return;
        }
        if (event instanceof RoomEvent.LocalCandidate(String value)) {
            // It waits for the answer.
            negotiation.onLocalCandidate(value);
            return;
        }
        send(view.note(event));
        if (event instanceof RoomEvent.TrackPublished(TrackInfo track)) {
            negotiation.onTrackPublished(track);
        } else if (event instanceof RoomEvent.TrackUnpublished(TrackInfo track)) {
            negotiation.onTrackUnpublished(track);
        } else if (event instanceof RoomEvent.Left(LeaveReason reason)) {
            closeSocket(CloseCode.of(reason));
            end();
        }
    }

    // ---- to the client

    /** Sends a numbered message, or keeps it for the next socket; on the session's context. */
    void send(ServerMessage message) {
        long seq = sent.nextSeq();
        String text = protocol.json().write(message, seq);
        sent.add(text);
        if (socket != null) {
            socket.send(text, seq);
        } else if (!sent.hasAllAfter(detachedSeq)) {
            endDetached(Refusal.MISSED_TOO_MUCH);
        }
    }

    private void sendUnnumbered(ErrorCode code, String text) {
        if (socket != null) {
            socket.send(new ServerMessage.Failed(code, text));
        }
    }

    private void closeSocket(CloseCode code) {
        if (socket != null) {
            socket.close(code);
        }
    }

    /** Whether anything still matters; on the session's context. */
    boolean isOver() {
        return state == State.ENDED;
    }

    /**
     * A reply whose value or failure is looked at on the session's context; a {@link TimeoutException} if it does
     * not come in time. To be called on that context.
     */
    <T> CompletableFuture<T> reply(BiConsumer<@Nullable T, @Nullable Throwable> then) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        CompletableFuture<T> inTime = reply.copy();
        long timer =
                vertx.setTimer(
                        protocol.config().replyTimeout().toMillis(),
                        _ -> {
                            if (inTime.completeExceptionally(new TimeoutException())) {
                                protocol.count(Refusal.REPLY_TIMEOUT);
                            }
                        });
        CompletableFuture<T> _ =
                inTime.whenComplete((value, failure) -> {
                    vertx.cancelTimer(timer);
                    hop(() -> then.accept(value, failure));
                });
        return reply;
    }

    private void end() {
        state = State.ENDED;
        vertx.cancelTimer(resumeTimer);
        protocol.forget(token);
        if (negotiation != null) {
            negotiation.close();
        }
    }
}
