package io.sluice.room;

import io.sluice.room.RoomException.Reason;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Changes what is said of participants and what they may do.
 *
 * <p>Owned by the room's home loop.
 */
final class Updates {
    /** LiveKit's limit for names. */
    private static final int MAX_NAME_CHARS = 256;

    private final RoomConfig config;
    private final Participants participants;
    private final Publications publications;
    private final Wishes wishes;

    Updates(
            RoomConfig config,
            Participants participants,
            Publications publications,
            Wishes wishes) {
        this.config = config;
        this.participants = participants;
        this.publications = publications;
        this.wishes = wishes;
    }

    /**
     * Refuses who says too much of itself.
     *
     * @throws RoomException if it does
     */
    void check(RoomCommand.Join join) {
        RoomSettings.checkMetadata(join.metadata(), config);
        checkAttributes(join.attributes());
    }

    private void checkAttributes(Map<String, String> attributes) {
        long chars = 0;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            chars += attribute.getKey().length() + attribute.getValue().length();
        }
        if (chars > config.maxMetadataChars()) {
            throw new RoomException(
                    Reason.INVALID_SETTINGS,
                    "the attributes are longer than "
                            + config.maxMetadataChars()
                            + " characters together");
        }
    }

    /**
     * Carries out a change and tells all.
     *
     * @throws RoomException if nobody has this identity, or too much is said
     */
    ParticipantInfo update(RoomCommand.UpdateParticipant update) {
        Participant participant = participants.findByIdentity(update.identity());
        if (participant == null) {
            throw Room.nobody(update.identity());
        }
        if (participant.isGuest()) {
            throw new RoomException(
                    Reason.NOT_PERMITTED,
                    update.identity() + " is at home in another room: change it there");
        }
        ParticipantInfo before = participant.info();
        ParticipantInfo after = after(before, update);
        RoomSettings.checkMetadata(after.metadata(), config);
        checkAttributes(after.attributes());
        if (after.name().length() > MAX_NAME_CHARS) {
            throw new RoomException(
                    Reason.INVALID_SETTINGS,
                    "the name is longer than " + MAX_NAME_CHARS + " characters");
        }
        if (!after.equals(before)) {
            participant.info(after);
            // First, so that nobody is told of tracks of somebody who may have none.
            permit(participant, before.permissions());
            participants.tellOf(after, new RoomEvent.ParticipantUpdated(after));
        }
        return after;
    }

    private static ParticipantInfo after(
            ParticipantInfo before, RoomCommand.UpdateParticipant update) {
        Map<String, String> attributes = new LinkedHashMap<>(before.attributes());
        update.attributes()
                .forEach((name, value) -> {
                    if (value.isEmpty()) {
                        attributes.remove(name);
                    } else {
                        attributes.put(name, value);
                    }
                });
        return new ParticipantInfo(
                before.participantId(),
                before.identity(),
                update.name() == null ? before.name() : update.name(),
                update.metadata() == null ? before.metadata() : update.metadata(),
                attributes,
                before.guise(),
                update.permissions().apply(before.permissions()),
                before.connected(),
                before.joinedAt());
    }

    private void permit(Participant participant, Permissions before) {
        Permissions now = participant.permissions();
        if (now.equals(before)) {
            return;
        }
        publications.revoke(participant);
        if (now.canSubscribe() != before.canSubscribe()) {
            wishes.allow(participant);
        }
        if (now.canPublishData() != before.canPublishData()) {
            Mailbox mailbox = participant.mailbox();
            participant.loop().execute(() -> mailbox.allow(now.canPublishData()));
        }
    }
}
