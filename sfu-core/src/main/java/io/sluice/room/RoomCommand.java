package io.sluice.room;

import io.sluice.bandwidth.BandwidthTrace;
import io.sluice.forward.ViewerWish;
import io.sluice.rtp.PacketRecord;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.RemoteTransport;
import io.sluice.transport.SendSection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /** What nobody waits for the outcome of. */
    sealed interface Unanswered extends RoomCommand {}

    /**
     * A participant comes in. An older connection of the same identity ends with {@link
     * LeaveReason#REPLACED}. {@code listener} hears the room's events from the moment of the reply's
     * snapshot on, none missing and none twice, on the home loop. {@code dialect} says how messages stand
     * on its data channels. {@code apiKey} is that of its token, whose quota it counts for; empty: nobody's.
     */
    record Join(
            String identity,
            String name,
            String metadata,
            Map<String, String> attributes,
            Guise guise,
            Permissions permissions,
            String apiKey,
            DataDialect dialect,
            RoomListener listener,
            CompletableFuture<Joined> reply)
            implements RoomCommand {
        public Join {
            attributes = Map.copyOf(attributes);
        }
    }

    /**
     * A session description was agreed: {@code receive} and {@code send} are all sections that now
     * carry media; what is no longer there ends. The first one starts ICE and DTLS. Payload numbers and
     * extension ids of a section may change; another codec is another track, with an id of its own.
     *
     * <p>On a leg that does not carry them one of the lists is empty, and what is on the other leg goes on.
     *
     * @param details what was said of tracks that are new, by id
     */
    record Negotiated(
            String participantId,
            Leg leg,
            RemoteTransport remote,
            List<ReceiveSection> receive,
            List<SendSection> send,
            Map<String, TrackDetails> details,
            CompletableFuture<Void> reply)
            implements RoomCommand {
        public Negotiated {
            details = Map.copyOf(details);
        }

        /** On the first leg; of whose tracks nothing more was said. */
        public Negotiated(
                String participantId,
                RemoteTransport remote,
                List<ReceiveSection> receive,
                List<SendSection> send,
                CompletableFuture<Void> reply) {
            this(participantId, Leg.FIRST, remote, receive, send, Map.of(), reply);
        }
    }

    /**
     * Opens a participant's second transport, before it watches anything: what it watches goes over it from
     * then on. It ends with the participant, and the participant with it.
     */
    record OpenWatching(String participantId, CompletableFuture<LocalTransport> reply)
            implements RoomCommand {}

    /** New local ICE credentials, asked for before answering an offer that restarts ICE, or making one. */
    record RestartIce(String participantId, Leg leg, CompletableFuture<LocalTransport> reply)
            implements RoomCommand {}

    /** One more address of the client (RFC 8838), as the value of {@code a=candidate}. */
    record RemoteCandidate(String participantId, Leg leg, String candidate) implements Unanswered {}

    /** A participant goes, or is made to go. */
    record Leave(String participantId, LeaveReason reason) implements Unanswered {}

    /**
     * These are all tracks that a viewer would get if they came in another codec, too: their publishers are asked.
     * Ids of no track wait for one; of more than {@link RoomConfig#maxSubscriptionsPerParticipant} some count.
     */
    record NeedBackups(String participantId, Set<String> trackIds) implements Unanswered {
        public NeedBackups {
            trackIds = Set.copyOf(trackIds);
        }
    }

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

    /** A publisher says who may watch its tracks; nothing is forwarded to others. Its last word counts. */
    record PermitViewers(String participantId, ViewerRule rule) implements Unanswered {}

    /**
     * Asks for the number of the last reliable message that came from a participant; 0: none had a number.
     */
    record LastHeard(String participantId, CompletableFuture<Long> reply) implements RoomCommand {}

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

    /**
     * A participant tells of a data channel that both sides open by themselves (RFC 8831 6.5, {@code
     * negotiated: true}): messages on it would be nobody's otherwise.
     *
     * @param id of its stream, the same in both directions
     */
    record KnowChannel(
            String participantId, int id, ChannelOptions options, CompletableFuture<Void> reply)
            implements RoomCommand {}

    /**
     * The application decides which tracks somebody is sent; how that comes about is for its signaling.
     *
     * @param identity of the viewer
     * @param trackIds each in the room
     */
    record Subscribe(
            String identity,
            List<String> trackIds,
            boolean subscribed,
            CompletableFuture<Void> reply)
            implements RoomCommand {
        public Subscribe {
            trackIds = List.copyOf(trackIds);
        }
    }

    /**
     * The application sends a message to those who have data channels.
     *
     * @param to identities, each in the room; empty: everybody
     * @param original as one signaling protocol writes it, for those who speak it and nobody else; null:
     *     everybody gets the content
     * @param reply to how many it goes
     */
    record Publish(
            String label,
            boolean reliable,
            DataMessage content,
            List<String> to,
            @Nullable DataMessage original,
            CompletableFuture<Integer> reply)
            implements RoomCommand {
        public Publish {
            to = List.copyOf(to);
        }

        /** Of a message for everybody. */
        public Publish(
                String label,
                boolean reliable,
                DataMessage content,
                List<String> to,
                CompletableFuture<Integer> reply) {
            this(label, reliable, content, to, null, reply);
        }
    }

    /** A participant is made to go, with {@link LeaveReason#REMOVED}, even if it is only coming in. */
    record Remove(String identity, CompletableFuture<Void> reply) implements RoomCommand {}

    /**
     * Shows a participant in another room as well, with all that it publishes, until it leaves either: it is a guest
     * there, which has no data channels.
     */
    record Forward(String identity, Room destination, CompletableFuture<Void> reply)
            implements RoomCommand {}

    record Describe(CompletableFuture<RoomInfo> reply) implements RoomCommand {}

    record UpdateRoom(String metadata, CompletableFuture<RoomInfo> reply) implements RoomCommand {}

    /**
     * What is null stays as it is. A permission that is taken back ends what was done by it.
     *
     * @param attributes that change; an empty one is deleted
     * @param permissions changes them; runs on the home loop
     */
    record UpdateParticipant(
            String identity,
            @Nullable String name,
            @Nullable String metadata,
            Map<String, String> attributes,
            UnaryOperator<Permissions> permissions,
            CompletableFuture<ParticipantInfo> reply)
            implements RoomCommand {
        public UpdateParticipant {
            attributes = Map.copyOf(attributes);
        }
    }

    /**
     * Begins, ends or reads what is written down of what is found of the path to a participant.
     *
     * @param order empty reads
     * @param reply what is written down, the oldest first; empty if nothing is
     */
    record Trace(
            String identity,
            Optional<Boolean> order,
            CompletableFuture<Optional<List<BandwidthTrace.Sample>>> reply)
            implements RoomCommand {}

    /**
     * Begins, ends or reads a record of the headers of a participant's packets.
     *
     * @param order empty reads
     * @param reply what was kept of each of its connections; empty if nothing is
     */
    record RecordPackets(
            String identity,
            Optional<Boolean> order,
            CompletableFuture<Optional<List<PacketRecord.Excerpt>>> reply)
            implements RoomCommand {}

    /** Everybody goes, and the room ends. */
    record Close(RoomEnd reason, CompletableFuture<Void> reply) implements RoomCommand {}
}
