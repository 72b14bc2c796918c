package io.sluice.plain;

import io.sluice.api.Grants;
import io.sluice.api.RoomEntry;
import io.sluice.api.SessionTurn;
import io.sluice.plain.PlainCounters.Refusal;
import io.sluice.room.CommandSink;
import io.sluice.room.Joined;
import io.sluice.room.LeaveReason;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomException;
import io.sluice.room.RoomListener;
import io.sluice.room.TrackInfo;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One participant that joined by the plain protocol, from its join until it is out of the room; it may
 * change its WebSocket on the way.
 *
 * <p>Owned by the Vert.x context of its first WebSocket. Methods that say so may be called from other
 * threads and hop; the room's events and replies hop too.
 */
final class PlainSession implements RoomEntry.Newcomer {
    private static final int MAX_NAME_CHARS = 256;

    private final PlainProtocol protocol;
    private final SessionTurn turn;
    private final String roomName;
    private final String secret;
    private final PlainProtocol.Pass pass;
    private final Grants grants;
    private final String name;
    private final Subscribing subscribing;
    private final SentMessages sent;

    private State state = State.JOINING;
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
            String secret,
            PlainProtocol.Pass pass,
            @Nullable String wantedName,
            Subscribing subscribing) {
        this.protocol = protocol;
        this.roomName = roomName;
        this.secret = secret;
        this.pass = pass;
        grants = pass.bearer().grants();
        this.name = displayName(grants, wantedName);
        this.subscribing = subscribing;
        this.sent =
                new SentMessages(
                        protocol.config().maxKeptMessages(), protocol.config().maxKeptBytes());
        turn =
                new SessionTurn(
                        vertx,
                        context,
                        protocol.config().replyTimeout(),
                        () -> protocol.count(Refusal.REPLY_TIMEOUT),
                        _ -> onDefect());
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
        turn.hop(() -> {
            socket = first;
            new RoomEntry(turn, this).enter();
        });
    }

    /** Goes on with a new socket. */
    void resume(PlainSocket next, long lastSeq) {
        turn.hop(() -> onResume(next, lastSeq));
    }

    void receive(PlainSocket from, ClientMessage message) {
        turn.hop(() -> {
            if (from == socket) {
                onMessage(message);
            }
        });
    }

    void confirm(PlainSocket from, long seq) {
        turn.hop(() -> {
            if (from == socket) {
                sent.confirm(seq);
            }
        });
    }

    void socketClosed(PlainSocket closed) {
        turn.hop(() -> {
            if (closed == socket) {
                onSocketLost();
            }
        });
    }

    /** A broken invariant ends this session and no other. */
    private void onDefect() {
        if (negotiation != null) {
            negotiation.leave(LeaveReason.INTERNAL);
        }
        if (socket != null) {
            socket.refuse(ErrorCode.INTERNAL, "The server failed.", CloseCode.INTERNAL);
        }
        end();
    }

    // ---- join

    @Override
    public Optional<CommandSink> findRoom() {
        return protocol.findRoom(roomName, pass.bearer().apiKey());
    }

    @Override
    public RoomCommand.Join join(RoomListener listener, CompletableFuture<Joined> reply) {
        return new RoomCommand.Join(
                grants.identity(),
                name,
                grants.metadata() == null ? "" : grants.metadata(),
                grants.attributes(),
                grants.guise(),
                grants.permissions(),
                pass.bearer().apiKey(),
                protocol.dialect(),
                listener,
                reply);
    }

    /** One that has gone does not know its session: nobody will come back for it. */
    @Override
    public boolean isWaiting() {
        if (socket == null) {
            state = State.ENDED;
        }
        return !isOver();
    }

    @Override
    public void onEntered(CommandSink room, Joined joined) {
        state = State.JOINED;
        RoomView entered = new RoomView(joined.self(), joined.room());
        view = entered;
        PlainNegotiation begun =
                new PlainNegotiation(this, protocol, turn, room, joined, subscribing);
        negotiation = begun;
        protocol.keep(secret, this);
        if (socket != null) {
            socket.send(entered.joined(roomName, secret, false));
        }
        joined.tracks().forEach(begun::onTrackPublished);
    }

    @Override
    public void onNoRoom() {
        refuseJoin(ErrorCode.ROOM_NOT_FOUND, PlainProtocol.NO_ROOM, CloseCode.ROOM_NOT_FOUND);
    }

    @Override
    public void onRefused(@Nullable Throwable why) {
        if (why instanceof RoomException refused) {
            switch (refused.reason()) {
                case ROOM_CLOSED ->
                        refuseJoin(
                                ErrorCode.ROOM_NOT_FOUND,
                                refused.getMessage(),
                                CloseCode.ROOM_CLOSED);
                case ROOM_FULL, TOO_MANY_ROOMS, KEY_LIMIT -> refuseJoin(refused, CloseCode.FULL);
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
            RoomFailure failure = RoomFailure.of(why);
            refuseJoin(failure.code(), failure.text(), CloseCode.INTERNAL);
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
                    turn.after(
                            protocol.apiConfig().resumeTimeout(),
                            () -> endDetached(Refusal.RESUME_TIMEOUT));
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
        turn.cancel(resumeTimer);
        if (socket != null) {
            socket.close(CloseCode.RESUMED_ELSEWHERE);
        }
        socket = next;
        next.send(view.joined(roomName, secret, true));
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
            case ClientMessage.Answer answer -> negotiation.onAnswer(answer);
            case ClientMessage.Candidate candidate -> negotiation.onRemoteCandidate(candidate);
            case ClientMessage.Mute mute -> negotiation.onMute(mute);
            case ClientMessage.Wish wish -> negotiation.onWish(wish);
            case ClientMessage.Channel channel -> negotiation.onChannel(channel);
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

    @Override
    public void onEvent(RoomEvent event) {
        if (state == State.ENDED || negotiation == null || view == null) {
            return;
        }
        if (event instanceof RoomEvent.LocalCandidate(String value)) {
            // It waits for the answer.
            negotiation.onFound(value);
            return;
        }
        if (event instanceof RoomEvent.ParticipantConnected
                || event instanceof RoomEvent.TrackWatched
                || event instanceof RoomEvent.BackupWanted) {
            // Media says so, and here a track comes in one codec.
            return;
        }
        if (event instanceof RoomEvent.BackupsChanged(TrackInfo track)) {
            view.changed(track);
            negotiation.onTrackChanged(track);
            return;
        }
        if (event instanceof RoomEvent.SubscriptionAsked(var trackIds, boolean subscribed)) {
            for (String trackId : trackIds) {
                TrackInfo track = view.track(trackId);
                if (track != null && subscribed) {
                    negotiation.onTrackPublished(track);
                } else if (track != null) {
                    negotiation.onTrackUnpublished(track);
                }
            }
            return;
        }
        send(view.note(event));
        if (event instanceof RoomEvent.TrackPublished(TrackInfo track)) {
            negotiation.onTrackPublished(track);
        } else if (event instanceof RoomEvent.TrackUnpublished(TrackInfo track)) {
            negotiation.onTrackUnpublished(track);
        } else if (event instanceof RoomEvent.ParticipantUpdated(ParticipantInfo who)) {
            if (who.participantId().equals(view.self().participantId())) {
                negotiation.onPermitted(who.permissions());
            }
        } else if (event instanceof RoomEvent.Left(LeaveReason reason)) {
            if (reason == LeaveReason.REMOVED) {
                protocol.revoke(pass);
            }
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

    Grants grants() {
        return grants;
    }

    private void end() {
        state = State.ENDED;
        turn.cancel(resumeTimer);
        protocol.forget(secret);
        if (negotiation != null) {
            negotiation.close();
        }
    }
}
