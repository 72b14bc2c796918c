package io.sluice.room;

import io.sluice.loop.Loop;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.ReceiveRoute;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.SendRoute;
import io.sluice.transport.SendSection;
import io.sluice.transport.Transport;
import io.sluice.transport.TransportEnd;
import io.sluice.transport.TransportListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A room: who is in it, what they publish, and who watches what.
 *
 * <p>Owned by its home loop. Commands come in by {@link #submit}, events go out to each participant's
 * {@link RoomListener}; transports and tracks on other loops are reached by tasks only.
 */
public final class Room implements CommandSink {
    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    private final String name;
    private final Loop home;
    private final Rooms rooms;
    private final Map<String, Participant> participants = new LinkedHashMap<>();
    private final Map<String, PublishedTrack> tracks = new LinkedHashMap<>();

    /** Identities on their way in: their transport is being made on another loop. */
    private final Map<String, RoomCommand.Join> joining = new HashMap<>();

    private boolean ended;

    Room(String name, Loop home, Rooms rooms) {
        this.name = name;
        this.home = home;
        this.rooms = rooms;
    }

    public String name() {
        return name;
    }

    Loop home() {
        return home;
    }

    /** Queues a command; from any thread. */
    @Override
    public void submit(RoomCommand command) {
        home.execute(() -> {
            try {
                apply(command);
            } catch (RuntimeException e) {
                home.countDefect(e);
                refuse(command, e);
            }
        });
    }

    /** Nobody waits for ever for a command that broke. */
    private void refuse(RoomCommand command, RuntimeException defect) {
        switch (command) {
            case RoomCommand.Join join -> {
                joining.remove(join.identity(), join);
                join.reply().completeExceptionally(defect);
                endIfEmpty();
            }
            case RoomCommand.Negotiated negotiated ->
                    negotiated.reply().completeExceptionally(defect);
            case RoomCommand.RestartIce restart -> restart.reply().completeExceptionally(defect);
            case RoomCommand.RemoteCandidate _, RoomCommand.Leave _, RoomCommand.Close _ -> {}
        }
    }

    /** Runs a part of a command on another loop; if it breaks there, the command is refused. */
    private void on(Loop loop, RoomCommand command, Runnable part) {
        loop.execute(() -> {
            try {
                part.run();
            } catch (RuntimeException e) {
                loop.countDefect(e);
                home.execute(() -> refuse(command, e));
            }
        });
    }

    private void apply(RoomCommand command) {
        switch (command) {
            case RoomCommand.Join join -> join(join);
            case RoomCommand.Negotiated negotiated -> negotiate(negotiated);
            case RoomCommand.RestartIce restart -> restartIce(restart);
            case RoomCommand.RemoteCandidate(String id, String candidate) -> {
                Participant participant = participants.get(id);
                if (participant != null) {
                    Transport transport = participant.transport();
                    participant.loop().execute(() -> transport.addRemoteCandidate(candidate));
                }
            }
            case RoomCommand.Leave(String id, LeaveReason reason) -> leave(id, reason);
            case RoomCommand.Close() -> close();
        }
    }

    private void join(RoomCommand.Join join) {
        if (ended) {
            // It ended while the command was on its way; the name may have a new room by now.
            rooms.room(name).submit(join);
            return;
        }
        int limit = rooms.config().maxParticipants();
        if (participants.size() + joining.size() >= limit && !isKnown(join.identity())) {
            join.reply()
                    .completeExceptionally(
                            new RoomException(
                                    Reason.ROOM_FULL,
                                    "room "
                                            + name
                                            + " is full: it takes "
                                            + limit
                                            + " participants. Try again when somebody has left."));
            endIfEmpty();
            return;
        }
        RoomCommand.Join overtaken = joining.put(join.identity(), join);
        if (overtaken != null) {
            overtaken.reply().completeExceptionally(replaced());
        }
        place(join);
    }

    private boolean isKnown(String identity) {
        return joining.containsKey(identity) || findByIdentity(identity) != null;
    }

    private static RoomException replaced() {
        return new RoomException(
                Reason.NO_SUCH_PARTICIPANT,
                "the same identity joined again at the same time; use one connection an identity");
    }

    private void place(RoomCommand.Join join) {
        Loop loop = home.busyShare() < rooms.config().spillBusyShare() ? home : rooms.leastBusy();
        ParticipantInfo info =
                new ParticipantInfo(Ids.participant(rooms.random()), join.identity(), join.name());
        TransportListener listener = new EndReport(info.participantId());
        on(
                loop,
                join,
                () -> {
                    Transport transport =
                            new Transport(
                                    loop,
                                    rooms.transportConfig(),
                                    rooms.identity(),
                                    rooms.handshakes(),
                                    rooms.random(),
                                    listener);
                    LocalTransport local = transport.local();
                    home.execute(() -> welcome(join, info, loop, transport, local));
                });
    }

    private void welcome(
            RoomCommand.Join join,
            ParticipantInfo info,
            Loop loop,
            Transport transport,
            LocalTransport local) {
        if (joining.get(join.identity()) != join) {
            loop.execute(transport::close);
            join.reply().completeExceptionally(replaced());
            return;
        }
        Participant older = findByIdentity(join.identity());
        if (older != null) {
            leave(older.info().participantId(), LeaveReason.REPLACED);
        }
        // Only now: a room of nobody but the older one must not end in between.
        joining.remove(join.identity());
        Joined joined =
                new Joined(
                        info,
                        local,
                        participants.values().stream().map(Participant::info).toList(),
                        tracks.values().stream().map(PublishedTrack::info).toList());
        broadcast(new RoomEvent.ParticipantJoined(info));
        participants.put(
                info.participantId(),
                new Participant(info, join.permissions(), join.listener(), loop, transport));
        LOG.info("room={} participant={} joined on loop {}", name, info.identity(), loop.index());
        join.reply().complete(joined);
    }

    private @Nullable Participant findByIdentity(String identity) {
        for (Participant participant : participants.values()) {
            if (participant.info().identity().equals(identity)) {
                return participant;
            }
        }
        return null;
    }

    private void negotiate(RoomCommand.Negotiated negotiated) {
        Participant participant = participants.get(negotiated.participantId());
        String refusal = participant == null ? "" : refusal(participant, negotiated);
        if (participant == null) {
            negotiated.reply().completeExceptionally(unknown(negotiated.participantId()));
            return;
        }
        if (!refusal.isEmpty()) {
            negotiated
                    .reply()
                    .completeExceptionally(new RoomException(Reason.NOT_PERMITTED, refusal));
            return;
        }
        List<PublishedTrack> begun = new ArrayList<>();
        List<ReceiveRoute> receive = publish(participant, negotiated.receive(), begun);
        List<SendRoute> send = subscribe(participant, negotiated.send());
        Transport transport = participant.transport();
        on(
                participant.loop(),
                negotiated,
                () -> {
                    transport.negotiated(negotiated.remote(), receive, send);
                    home.execute(() -> negotiated.reply().complete(null));
                });
        for (PublishedTrack track : begun) {
            broadcastExcept(participant, new RoomEvent.TrackPublished(track.info()));
        }
    }

    private String refusal(Participant participant, RoomCommand.Negotiated negotiated) {
        RoomConfig config = rooms.config();
        if (!participant.permissions().canPublish() && !negotiated.receive().isEmpty()) {
            return "the token does not allow publishing";
        }
        if (!participant.permissions().canSubscribe() && !negotiated.send().isEmpty()) {
            return "the token does not allow subscribing";
        }
        if (negotiated.receive().size() > config.maxTracksPerParticipant()) {
            return "too many tracks: a participant may publish "
                    + config.maxTracksPerParticipant()
                    + " at once. Stop one before starting another.";
        }
        if (negotiated.send().size() > config.maxSubscriptionsPerParticipant()) {
            return "too many subscriptions: a participant may have "
                    + config.maxSubscriptionsPerParticipant()
                    + " at once";
        }
        return "";
    }

    private List<ReceiveRoute> publish(
            Participant participant, List<ReceiveSection> sections, List<PublishedTrack> begun) {
        List<ReceiveRoute> routes = new ArrayList<>();
        Set<String> still = new HashSet<>();
        for (ReceiveSection section : sections) {
            PublishedTrack published = participant.published().get(section.trackId());
            if (published == null) {
                published = open(participant, section);
                participant.published().put(section.trackId(), published);
                tracks.put(section.trackId(), published);
                begun.add(published);
            }
            still.add(section.trackId());
            routes.add(new ReceiveRoute(section, published.track()));
        }
        for (PublishedTrack published : List.copyOf(participant.published().values())) {
            if (!still.contains(published.info().trackId())) {
                unpublish(participant, published);
            }
        }
        return routes;
    }

    private PublishedTrack open(Participant participant, ReceiveSection section) {
        TrackInfo info =
                new TrackInfo(
                        section.trackId(),
                        participant.info().participantId(),
                        participant.info().identity(),
                        section.kind(),
                        section.source(),
                        section.codecs().getFirst().format());
        LOG.info(
                "room={} participant={} track={} {} published",
                name,
                info.identity(),
                info.trackId(),
                info.format().codec());
        Loop loop = participant.loop();
        return new PublishedTrack(info, Transport.track(section, loop), loop);
    }

    private void unpublish(Participant participant, PublishedTrack published) {
        participant.published().remove(published.info().trackId());
        tracks.remove(published.info().trackId());
        published.unpublish();
        LOG.info(
                "room={} participant={} track={} unpublished",
                name,
                participant.info().identity(),
                published.info().trackId());
        broadcastExcept(participant, new RoomEvent.TrackUnpublished(published.info()));
    }

    private List<SendRoute> subscribe(Participant participant, List<SendSection> sections) {
        List<SendRoute> routes = new ArrayList<>();
        Map<Integer, Watched> still = new HashMap<>();
        for (SendSection section : sections) {
            Watched watched = participant.subscribed().get(section.ssrc());
            if (watched == null) {
                PublishedTrack published = tracks.get(section.trackId());
                if (published == null) {
                    // Unpublished while the answer was being made: the next offer will take it out.
                    continue;
                }
                watched = new Watched(published, published.watch(participant.loop()));
            }
            still.put(section.ssrc(), watched);
            routes.add(new SendRoute(section, watched.fanout()));
        }
        participant
                .subscribed()
                .forEach((ssrc, watched) -> {
                    if (!still.containsKey(ssrc)) {
                        watched.published().unwatch(participant.loop());
                    }
                });
        participant.subscribed().clear();
        participant.subscribed().putAll(still);
        return routes;
    }

    private void restartIce(RoomCommand.RestartIce restart) {
        Participant participant = participants.get(restart.participantId());
        if (participant == null) {
            restart.reply().completeExceptionally(unknown(restart.participantId()));
            return;
        }
        Transport transport = participant.transport();
        on(
                participant.loop(),
                restart,
                () -> {
                    LocalTransport local = transport.restartIce();
                    home.execute(() -> restart.reply().complete(local));
                });
    }

    private static RoomException unknown(String participantId) {
        return new RoomException(
                Reason.NO_SUCH_PARTICIPANT,
                "participant " + participantId + " is not in the room any more; join again");
    }

    private void leave(String participantId, LeaveReason reason) {
        Participant participant = participants.remove(participantId);
        if (participant == null) {
            return;
        }
        for (PublishedTrack published : List.copyOf(participant.published().values())) {
            unpublish(participant, published);
        }
        for (Watched watched : participant.subscribed().values()) {
            watched.published().unwatch(participant.loop());
        }
        participant.subscribed().clear();
        participant.loop().execute(participant.transport()::close);
        LOG.info("room={} participant={} left: {}", name, participant.info().identity(), reason);
        participant.listener().onEvent(new RoomEvent.Left(reason));
        broadcast(new RoomEvent.ParticipantLeft(participant.info(), reason));
        endIfEmpty();
    }

    private void close() {
        for (String participantId : List.copyOf(participants.keySet())) {
            leave(participantId, LeaveReason.ROOM_CLOSED);
        }
        joining.values()
                .forEach(join ->
                        join.reply()
                                .completeExceptionally(
                                        new RoomException(
                                                Reason.ROOM_CLOSED, "the room has ended")));
        joining.clear();
        endIfEmpty();
    }

    private void endIfEmpty() {
        if (!ended && participants.isEmpty() && joining.isEmpty()) {
            ended = true;
            rooms.ended(this);
            LOG.info("room={} ended", name);
        }
    }

    private void broadcast(RoomEvent event) {
        for (Participant participant : participants.values()) {
            participant.listener().onEvent(event);
        }
    }

    private void broadcastExcept(Participant one, RoomEvent event) {
        for (Participant participant : participants.values()) {
            if (participant != one) {
                participant.listener().onEvent(event);
            }
        }
    }

    /** Carries a transport's fate from its loop to the room's. */
    private final class EndReport implements TransportListener {
        private final String participantId;

        private EndReport(String participantId) {
            this.participantId = participantId;
        }

        @Override
        public void onConnected() {
            home.execute(() -> {
                Participant participant = participants.get(participantId);
                if (participant != null) {
                    participant.listener().onEvent(new RoomEvent.TransportConnected());
                }
            });
        }

        @Override
        public void onEnded(TransportEnd reason) {
            home.execute(() -> leave(participantId, leaveReason(reason)));
        }
    }

    private static LeaveReason leaveReason(TransportEnd end) {
        return switch (end) {
            case CLOSED_BY_CLIENT -> LeaveReason.TRANSPORT_CLOSED;
            case CONNECTION_LOST -> LeaveReason.CONNECTION_LOST;
            case HANDSHAKE_FAILED, DEFECT -> LeaveReason.HANDSHAKE_FAILED;
        };
    }
}
