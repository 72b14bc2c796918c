package io.sluice.room;

import io.sluice.room.RoomException.Reason;

/**
 * Participants of other rooms who are shown in this one, with what they publish there. They have no transport here:
 * a guest's tracks stay with its publisher's loop, and feed this room's viewers as they feed those of their own room.
 *
 * <p>Owned by the home loop of the room they are shown in.
 */
final class Guests {
    private final Room room;
    private final Participants participants;
    private final Publications publications;
    private final Wishes wishes;

    Guests(Room room, Participants participants, Publications publications, Wishes wishes) {
        this.room = room;
        this.participants = participants;
        this.publications = publications;
        this.wishes = wishes;
    }

    /**
     * Takes a guest in.
     *
     * @throws RoomException if there is no room for it, or somebody has its identity
     */
    void enter(GuestArrival arrival) {
        ParticipantInfo info = arrival.info();
        if (participants.findByIdentity(info.identity()) != null) {
            throw new RoomException(
                    Reason.INVALID_SETTINGS,
                    info.identity() + " is in room " + room.name() + " already");
        }
        if (participants.size() >= room.settings().maxParticipants()) {
            throw new RoomException(Reason.ROOM_FULL, "room " + room.name() + " is full");
        }
        Mailbox none =
                new Mailbox(arrival.loop(), info, DataDialect.BARE, false, Mailbox.Outlet.NONE);
        Participant guest =
                new Participant(info, arrival.listener(), arrival.loop(), null, none, null);
        guest.viewerRule(arrival.viewerRule());
        participants.tellOf(info, new RoomEvent.ParticipantJoined(info));
        participants.add(guest);
        participants.tellAllBut(guest, new RoomEvent.ParticipantConnected(info));
        arrival.tracks().forEach(track -> publish(guest, track));
        arrival.reply().complete(null);
    }

    void publish(String guestId, GuestTrack track) {
        Participant guest = participants.find(guestId);
        if (guest != null) {
            publish(guest, track);
        }
    }

    private void publish(Participant guest, GuestTrack track) {
        publications.receive(guest, track, room.home().lastTickNanos());
        room.onPublished();
    }

    void unpublish(String guestId, String trackId) {
        Participant guest = participants.find(guestId);
        PublishedTrack published = guest == null ? null : guest.published().get(trackId);
        if (guest != null && published != null) {
            publications.unpublish(guest, published);
        }
    }

    /** What is muted where it is published is muted everywhere. */
    void mute(String guestId, String trackId, Muting muting) {
        Participant guest = participants.find(guestId);
        PublishedTrack published = guest == null ? null : guest.published().get(trackId);
        if (guest != null && published != null && published.info().muting() != muting) {
            published.muting(muting);
            publications.tellMuted(guest.info(), published.info());
        }
    }

    /** Takes over what is said of a guest where it is at home. */
    void update(String guestId, ParticipantInfo atHome) {
        Participant guest = participants.find(guestId);
        if (guest != null) {
            ParticipantInfo before = guest.info();
            guest.info(atHome.asGuest(guestId, before.joinedAt()));
            participants.tellOf(guest.info(), new RoomEvent.ParticipantUpdated(guest.info()));
        }
    }

    /** The publisher says who may watch. */
    void permit(String guestId, ViewerRule rule) {
        boolean _ = wishes.permit(guestId, rule);
    }

    /** A guest goes; those who watch it on its own loop, too, get nothing more. */
    void leave(String guestId, LeaveReason reason) {
        Participant guest = participants.find(guestId);
        if (guest != null) {
            room.depart(guest, reason);
        }
    }
}
