package io.sluice.room;

import io.sluice.forward.ViewerWish;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.ReceiveRoute;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.SendRoute;
import io.sluice.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Carries out what participants and signaling have agreed on, within the limits of tokens and rooms.
 *
 * <p>Owned by the room's home loop.
 */
final class Negotiation {
    private final Room room;
    private final RoomConfig config;
    private final Participants participants;
    private final Publications publications;
    private final Wishes wishes;

    Negotiation(
            Room room,
            RoomConfig config,
            Participants participants,
            Publications publications,
            Wishes wishes) {
        this.room = room;
        this.config = config;
        this.participants = participants;
        this.publications = publications;
        this.wishes = wishes;
    }

    void negotiate(RoomCommand.Negotiated negotiated) {
        Participant participant = participants.required(negotiated.participantId());
        negotiated.receive().forEach(Negotiation::requireOwnKind);
        String refusal = refusal(participant, negotiated);
        if (!refusal.isEmpty()) {
            throw new RoomException(Reason.NOT_PERMITTED, refusal);
        }
        List<PublishedTrack> begun = new ArrayList<>();
        long nowNanos = room.home().lastTickNanos();
        List<ReceiveRoute> receive =
                negotiated.leg() == Leg.FIRST
                        ? publications.publish(participant, negotiated, begun, nowNanos)
                        : List.of();
        Transport transport = participant.transport(negotiated.leg());
        boolean carriesWatched = transport == participant.transport(Leg.WATCHING);
        List<SendRoute> send =
                carriesWatched
                        ? publications.subscribe(participant, negotiated.send(), nowNanos)
                        : List.of();
        participant.subscribed().values().forEach(watched -> wishes.begin(participant, watched));
        participant.subscribed().values().forEach(wishes::raise);
        // A subscription that is new begins with what was wished before.
        Map<Integer, ViewerWish> wished = carriesWatched ? participant.wishes() : Map.of();
        room.on(
                participant.loop(),
                negotiated,
                () -> {
                    transport.negotiated(negotiated.remote(), receive, send);
                    wished.forEach(transport::want);
                    room.home()
                            .execute(() -> {
                                publications.announce(participant, begun);
                                room.onPublished();
                                negotiated.reply().complete(null);
                                wishes.awaitBackups(begun);
                            });
                },
                () -> publications.withdraw(participant, begun));
    }

    /** Else who may only speak would be seen: what a token allows is said in sources. */
    private static void requireOwnKind(ReceiveSection section) {
        if (section.source().kind() != section.kind()) {
            throw new RoomException(
                    Reason.INVALID_DESCRIPTION,
                    "section %s sends %s, which cannot be %s"
                            .formatted(
                                    section.mid(),
                                    section.kind().name().toLowerCase(Locale.ROOT),
                                    section.source().name().toLowerCase(Locale.ROOT)));
        }
    }

    private String refusal(Participant participant, RoomCommand.Negotiated negotiated) {
        if (negotiated.leg() == Leg.WATCHING && !participant.hasWatching()) {
            return "there is no second transport";
        }
        if (!participant.permissions().canPublish() && !negotiated.receive().isEmpty()) {
            return "the token does not allow publishing";
        }
        for (ReceiveSection section : negotiated.receive()) {
            if (!participant.permissions().mayPublish(section.source())) {
                return "the token does not allow publishing this source";
            }
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

    void restartIce(RoomCommand.RestartIce restart) {
        Participant participant = participants.required(restart.participantId());
        Transport transport = participant.transport(restart.leg());
        room.on(
                participant.loop(),
                restart,
                () -> {
                    LocalTransport local = transport.restartIce();
                    room.home().execute(() -> restart.reply().complete(local));
                });
    }
}
