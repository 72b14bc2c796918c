package io.sluice.livekit;

import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.Grants;
import io.sluice.api.RoomEntry;
import io.sluice.api.SessionTurn;
import io.sluice.livekit.LiveKitCounters.Refusal;
import io.sluice.room.CommandSink;
import io.sluice.room.Joined;
import io.sluice.room.LeaveReason;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomException;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomListener;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.ReconnectResponse;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One participant that joined by the LiveKit protocol, from its join until it is out of the room; it may
 * change its WebSocket on the way.
 *
 * <p>Owned by its turn. Methods that say so may be called from other threads and hop.
 */
final class LiveKitSession implements RoomEntry.Newcomer {
    private static final Logger LOG = LoggerFactory.getLogger(LiveKitSession.class);

    /** Of a client that changes its name and metadata again and again; then the next regular one says it. */
    private static final int MAX_TOKENS = 16;

    private final LiveKitProtocol protocol;

    private final SessionTurn turn;
    private final String roomName;
    private final Bearer bearer;

    /** Those that may be good still, each with its end: the one it came with, and those it was given. */
    private final Map<String, Instant> tokens = new HashMap<>();

    private final JoinRequest wish;
    private final ConnectionMode mode;
    private final Queue<SignalRequest> earlyRequests = new ArrayDeque<>();

    private State state = State.JOINING;
    private @Nullable LiveKitSocket socket;

    /** Of a client that comes back, until it is known what was heard of it. */
    private @Nullable LiveKitSocket arriving;

    private @Nullable LiveKitPresence presence;

    /** Why the room ends, from when it says so. */
    private @Nullable RoomEnd roomEnd;

    private @Nullable Long resumeTimer;
    private @Nullable Long tokenTimer;

    private enum State {
        JOINING,
        JOINED,
        ENDED
    }

    LiveKitSession(
            LiveKitProtocol protocol,
            Vertx vertx,
            Context context,
            String roomName,
            String token,
            Bearer bearer,
            JoinRequest wish,
            ConnectionMode mode) {
        this.protocol = protocol;
        this.roomName = roomName;
        this.bearer = bearer;
        tokens.put(token, bearer.expiresAt());
        this.wish = wish;
        this.mode = mode;
        turn =
                new SessionTurn(
                        vertx,
                        context,
                        protocol.config().replyTimeout(),
                        () -> protocol.count(Refusal.REPLY_TIMEOUT),
                        _ -> onDefect());
    }

    private void onDefect() {
        leaveRoom(LeaveReason.INTERNAL);
        goodbye(DisconnectReason.UNKNOWN_REASON, LeaveRequest.Action.RECONNECT);
        end();
    }

    /** Whether a client that shows this may go on with the session. From any thread. */
    boolean isOf(String otherRoom, String identity, ConnectionMode otherMode) {
        return roomName.equals(otherRoom)
                && bearer.grants().identity().equals(identity)
                && mode == otherMode;
    }

    /** Whether the client has a WebSocket at this moment. */
    boolean isHeard() {
        return socket != null;
    }

    // ---- from sockets; any thread

    /** Asks the room to let the participant in. */
    void join(LiveKitSocket first) {
        turn.hop(() -> {
            socket = first;
            new RoomEntry(turn, this).enter();
        });
    }

    /** Goes on with a new socket. */
    void resume(LiveKitSocket next) {
        turn.hop(() -> onResume(next));
    }

    void receive(LiveKitSocket from, SignalRequest request) {
        turn.hop(() -> {
            if (from == socket) {
                onRequest(request);
            }
        });
    }

    void socketClosed(LiveKitSocket closed) {
        turn.hop(() -> {
            if (closed == arriving) {
                arriving = null;
            } else if (closed == socket) {
                onSocketLost();
            }
        });
    }

    /**
     * Sends the client to another room.
     *
     * @param there what the room is like; empty if there is none yet
     */
    CompletableFuture<Void> move(String destination, Optional<RoomInfo> there) {
        CompletableFuture<Void> moved = new CompletableFuture<>();
        turn.hop(() -> {
            LiveKitPresence present = presence;
            if (state != State.JOINED || socket == null || present == null) {
                moved.completeExceptionally(notThere());
                return;
            }
            String token = protocol.refreshedToken(bearer, destination, present.self());
            there.ifPresent(room -> present.tellMoved(room, token));
            send(SignalResponse.newBuilder().setRefreshToken(token));
            leaveRoom(LeaveReason.LEFT);
            goodbye(DisconnectReason.MIGRATION, LeaveRequest.Action.RECONNECT);
            end();
            moved.complete(null);
        });
        return moved;
    }

    /** Calls a method of the client for the application. */
    CompletableFuture<String> call(String method, String payload, Duration timeout) {
        CompletableFuture<String> reply = new CompletableFuture<>();
        turn.hop(() -> {
            if (state != State.JOINED || presence == null) {
                reply.completeExceptionally(notThere());
            } else {
                presence.call(method, payload, timeout, reply);
            }
        });
        return reply;
    }

    /** The client answers such a call. */
    void answered(DataPacket answer) {
        turn.hop(() -> {
            if (presence != null) {
                presence.onAnswered(answer);
            }
        });
    }

    /** Whose token it began with; from any thread. */
    Bearer bearer() {
        return bearer;
    }

    static RoomException notThere() {
        return new RoomException(
                RoomException.Reason.NO_SUCH_PARTICIPANT,
                "the participant is away, or its client does not speak LiveKit's protocol");
    }

    // ---- coming in

    @Override
    public Optional<CommandSink> findRoom() {
        return protocol.findRoom(roomName, bearer.apiKey());
    }

    @Override
    public RoomCommand.Join join(RoomListener listener, CompletableFuture<Joined> reply) {
        Grants grants = bearer.grants();
        boolean mayName = grants.permissions().canUpdateMetadata();
        String ofToken = grants.metadata() == null ? "" : grants.metadata();
        String metadata = mayName && !wish.getMetadata().isEmpty() ? wish.getMetadata() : ofToken;
        Map<String, String> attributes = new HashMap<>(grants.attributes());
        if (mayName) {
            attributes.putAll(wish.getParticipantAttributesMap());
        }
        return new RoomCommand.Join(
                grants.identity(),
                grants.name() == null ? "" : grants.name(),
                metadata,
                attributes,
                grants.guise(),
                grants.permissions(),
                bearer.apiKey(),
                protocol.dialect(),
                listener,
                reply);
    }

    @Override
    public boolean isWaiting() {
        return socket != null && state == State.JOINING;
    }

    @Override
    public void onEntered(CommandSink entered, Joined joined) {
        state = State.JOINED;
        LiveKitPresence begun =
                new LiveKitPresence(
                        this, protocol, turn, entered, joined, mode, wish.getConnectionSettings());
        presence = begun;
        protocol.keep(joined.self().participantId(), this);
        send(SignalResponse.newBuilder().setJoin(begun.welcome(joined)));
        refreshToken(begun.self());
        tokenTimer =
                turn.every(protocol.config().tokenInterval(), () -> refreshToken(begun.self()));
        begun.start(wish);
        SignalRequest early;
        while ((early = earlyRequests.poll()) != null) {
            onRequest(early);
        }
    }

    private void refreshToken(ParticipantInfo self) {
        Instant now = Instant.now();
        tokens.values().removeIf(expiry -> expiry.isBefore(now));
        String refreshed = protocol.refreshedToken(bearer, roomName, self);
        tokens.put(refreshed, now.plus(protocol.config().tokenValidity()));
        send(SignalResponse.newBuilder().setRefreshToken(refreshed));
    }

    @Override
    public void onNoRoom() {
        refuse(DisconnectReason.JOIN_FAILURE);
    }

    @Override
    public void onRefused(@Nullable Throwable why) {
        if (why instanceof RoomException refused) {
            switch (refused.reason()) {
                case ROOM_FULL, TOO_MANY_ROOMS, KEY_LIMIT -> protocol.count(Refusal.SERVER_FULL);
                case NOT_PERMITTED -> protocol.count(Refusal.NOT_PERMITTED);
                case NO_SUCH_PARTICIPANT,
                        NO_SUCH_TRACK,
                        NOT_SUBSCRIBED,
                        ROOM_CLOSED,
                        INVALID_DESCRIPTION,
                        INVALID_SETTINGS,
                        TOO_MANY_LISTENERS -> {}
            }
            LOG.debug("A room refuses a participant: {}", refused.reason());
        } else {
            LOG.error("A room failed to let a participant in", why);
        }
        refuse(DisconnectReason.JOIN_FAILURE);
    }

    private void refuse(DisconnectReason reason) {
        goodbye(reason, LeaveRequest.Action.DISCONNECT);
        end();
    }

    // ---- a socket that goes, and one that comes

    private void onSocketLost() {
        socket = null;
        if (state == State.JOINED) {
            resumeTimer =
                    turn.after(
                            protocol.apiConfig().resumeTimeout(),
                            () -> {
                                protocol.count(Refusal.RESUME_TIMEOUT);
                                leaveRoom(LeaveReason.SIGNALING_LOST);
                                end();
                            });
        }
    }

    private void onResume(LiveKitSocket next) {
        LiveKitPresence present = presence;
        if (state != State.JOINED || present == null) {
            protocol.count(Refusal.STATE_MISMATCH);
            next.leave(DisconnectReason.STATE_MISMATCH, LeaveRequest.Action.RECONNECT);
            return;
        }
        if (arriving != null) {
            arriving.close();
        }
        arriving = next;
        present.askLastHeard(lastHeard -> {
            // Else another one has come, or this one has gone.
            if (next == arriving && state == State.JOINED) {
                arriving = null;
                onArrived(next, present, lastHeard);
            }
        });
    }

    /** The client sends again what it said reliably after that. */
    private void onArrived(LiveKitSocket next, LiveKitPresence present, long lastHeard) {
        cancel(resumeTimer);
        resumeTimer = null;
        if (socket != null) {
            socket.close();
        }
        socket = next;
        send(
                SignalResponse.newBuilder()
                        .setReconnect(
                                ReconnectResponse.newBuilder()
                                        .addAllIceServers(protocol.iceServers())
                                        .setLastMessageSeq((int) lastHeard)
                                        .setServerInfo(LiveKitProtocol.SERVER)));
        present.tellAll();
        refreshToken(present.self());
        present.resume();
    }

    // ---- from the client

    private void onRequest(SignalRequest request) {
        if (state == State.ENDED) {
            return;
        }
        if (presence == null) {
            if (earlyRequests.size() < protocol.config().maxHeldRequests()) {
                earlyRequests.add(request);
            } else {
                protocol.count(Refusal.HELD_REQUESTS);
            }
            return;
        }
        if (request.hasLeave()) {
            presence.leave(LeaveReason.LEFT);
            if (socket != null) {
                socket.close();
            }
            end();
        } else {
            presence.onRequest(request);
        }
    }

    /** What is said of the participant has changed, or what it may do: it must not come back as it was. */
    void onSelfChanged(ParticipantInfo before, ParticipantInfo now) {
        boolean otherwiseAllowed = !now.permissions().equals(before.permissions());
        if (otherwiseAllowed || tokens.size() < MAX_TOKENS) {
            refreshToken(now);
        }
    }

    /** Only a new connection can go on. */
    void onNegotiationFailed(@Nullable Throwable why) {
        LOG.debug("An offer cannot be answered", why);
        leaveRoom(LeaveReason.TRANSPORT_CLOSED);
        goodbye(DisconnectReason.STATE_MISMATCH, LeaveRequest.Action.RECONNECT);
        end();
    }

    // ---- from the room

    @Override
    public void onEvent(RoomEvent event) {
        if (state != State.JOINED || presence == null) {
            return;
        }
        if (event instanceof RoomEvent.Left(LeaveReason reason)) {
            onLeft(reason);
            return;
        }
        if (event instanceof RoomEvent.RoomClosing(RoomEnd reason)) {
            roomEnd = reason;
        }
        presence.onEvent(event);
    }

    private void onLeft(LeaveReason reason) {
        if (reason == LeaveReason.REMOVED) {
            tokens.forEach(protocol::revoke);
        }
        // A handshake fails by chance, too: another join may do better, and its client knows how
        // often to try.
        goodbye(
                LiveKitModels.reason(reason, roomEnd),
                reason == LeaveReason.HANDSHAKE_FAILED
                        ? LeaveRequest.Action.RECONNECT
                        : LeaveRequest.Action.DISCONNECT);
        end();
    }

    // ---- to the client

    /** Sends a message; what nobody hears is said again when the client comes back. */
    void send(SignalResponse.Builder message) {
        if (socket != null) {
            socket.send(message.build());
        }
    }

    private void goodbye(DisconnectReason reason, LeaveRequest.Action action) {
        if (socket != null) {
            socket.leave(reason, action);
        }
    }

    private void leaveRoom(LeaveReason reason) {
        if (presence != null) {
            presence.leave(reason);
        }
    }

    private void cancel(@Nullable Long timer) {
        if (timer != null) {
            turn.cancel(timer);
        }
    }

    private void end() {
        state = State.ENDED;
        cancel(resumeTimer);
        cancel(tokenTimer);
        if (presence != null) {
            protocol.forget(presence.participantId());
            presence.close();
        }
    }
}
