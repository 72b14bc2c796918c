package io.sluice.room;

import io.sluice.forward.ViewerWish;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.RemoteTransport;
import io.sluice.transport.SendSection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What signaling asks of a room; handed in by {@link Room#submit} from any thread and carried out, in
 * order, on the room's home loop.
 *
 * <p>A {@code reply} completes on a loop: what hangs on it must not block. It fails with a {@link
 * RoomException} that says what to do; a room that has ended answers {@link
 * RoomException.Reason#ROOM_CLOSED}.
 */
public sealed interface RoomCommand {

    /**
     * A participant comes in. An older connection of the same identity ends with {@link
     * LeaveReason#REPLACED}. {@code listener} hears the room's events from the moment of the reply's
     * snapshot on, none missing and none twice, on the home loop.
     */
    record Join(
            String identity,
            String name,
            String metadata,
            Permissions permissions,
            RoomListener listener,
            CompletableFuture<Joined> reply)
            implements RoomCommand {}

    /**
     * A session description was agreed: {@code receive} and {@code send} are all sections that now
     * carry media; what is no longer there ends. The first one starts ICE and DTLS. Payload numbers and
     * extension ids of a section may change; another codec is another track, with an id of its own.
     */
    record Negotiated(
            String participantId,
            RemoteTransport remote,
            List<ReceiveSection> receive,
            List<SendSection> send,
            CompletableFuture<Void> reply)
            implements RoomCommand {}

    /** New local ICE credentials, asked for before answering an offer that restarts ICE. */
    record RestartIce(String participantId, CompletableFuture<LocalTransport> reply)
            implements RoomCommand {}

    /** One more address of the client (RFC 8838), as the value of {@code a=candidate}. */
    record RemoteCandidate(String participantId, String candidate) implements RoomCommand {}

    /** A participant goes, or is made to go. */
    record Leave(String participantId, LeaveReason reason) implements RoomCommand {}

    /**
     * Stops or resumes the forwarding of a track. What the room muted its publisher may unmute only if
     * {@link RoomSettings#unmuteAllowed}; what its publisher muted nobody else unmutes.
     *
     * @param participantId who asks, which must be the publisher; empty for {@link Origin#ROOM}
     */
    record Mute(
            String trackId,
            boolean muted,
            Origin origin,
            String participantId,
            CompletableFuture<TrackInfo> reply)
            implements RoomCommand {}

    /**
     * Changes what is wished of a track that is forwarded to somebody: that one's own wish, or the room's,
     * which bounds it. Both last as long as the track is forwarded.
     *
     * @param viewer its id, or its identity for {@link Origin#ROOM}
     * @param change runs on the home loop
     * @param reply what the one who asks wishes now, when it is in force
     */
    record Wish(
            String viewer,
            String trackId,
            Origin origin,
            UnaryOperator<ViewerWish> change,
            CompletableFuture<ViewerWish> reply)
            implements RoomCommand {}

    /** A participant is made to go, with {@link LeaveReason#REMOVED}, even if it is only coming in. */
    record Remove(String identity, CompletableFuture<Void> reply) implements RoomCommand {}

    record Describe(CompletableFuture<RoomInfo> reply) implements RoomCommand {}

    record UpdateRoom(String metadata, CompletableFuture<RoomInfo> reply) implements RoomCommand {}

    /** What is null stays as it is. */
    record UpdateParticipant(
            String identity,
            @Nullable String name,
            @Nullable String metadata,
            CompletableFuture<ParticipantInfo> reply)
            implements RoomCommand {}

    /** Everybody goes, and the room ends. */
    record Close(RoomEnd reason, CompletableFuture<Void> reply) implements RoomCommand {}
}
