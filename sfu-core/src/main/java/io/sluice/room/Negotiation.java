package io.sluice.room;

import io.sluice.forward.ViewerWish;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.ReceiveRoute;
import io.sluice.transport.SendRoute;
import io.sluice.transport.Transport;
import java.util.ArrayList;
import java.util.List;
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
        String refusal = refusal(participant, negotiated);
        if (!refusal.isEmpty()) {
            throw new RoomException(Reason.NOT_PERMITTED, refusal);
        }
        List<PublishedTrack> begun = new ArrayList<>();
        List<ReceiveRoute> receive =
                publications.publish(
                        participant, negotiated.receive(), begun, room.home().lastTickNanos());
        List<SendRoute> send = publications.subscribe(participant, negotiated.send());
        participant.subscribed().values().forEach(wishes::raise);
        // A subscription that is new begins with what was wished before.
        Map<Integer, ViewerWish> wished = participant.wishes();
        Transport transport = participant.transport();
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
                            });
                },
                () -> publications.withdraw(participant, begun));
    }

    private String refusal(Participant participant, RoomCommand.Negotiated negotiated) {
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

    void restartIce(RoomCommand.RestartIce restart) {
        Participant participant = participants.required(restart.participantId());
        Transport transport = participant.transport();
        room.on(
                participant.loop(),
                restart,
                () -> {
                    LocalTransport local = transport.restartIce();
                    room.home().execute(() -> restart.reply().complete(local));
                });
    }
}
