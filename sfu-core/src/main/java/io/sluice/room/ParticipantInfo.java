package io.sluice.room;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A participant, as everybody in the room may know it.
 *
 * @param participantId ours, new for each join: {@code PA_...}
 * @param identity the application's, unique in the room
 * @param name to be shown
 * @param metadata the application's own words about the participant
 * @param attributes more of them, each of which can be changed by itself
 * @param guise as what it came
 * @param permissions of this moment
 * @param connected whether its ICE and DTLS have been up
 */
public record ParticipantInfo(
        String participantId,
        String identity,
        String name,
        String metadata,
        Map<String, String> attributes,
        Guise guise,
        Permissions permissions,
        boolean connected,
        Instant joinedAt) {
    public ParticipantInfo {
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /** Somebody who has just come in, without attributes and free to do everything. */
    public ParticipantInfo(
            String participantId, String identity, String name, String metadata, Instant joinedAt) {
        this(
                participantId,
                identity,
                name,
                metadata,
                Map.of(),
                Guise.PERSON,
                Permissions.ALL,
                false,
                joinedAt);
    }

    /** As it is shown in another room. */
    ParticipantInfo asGuest(String guestId, Instant since) {
        return new ParticipantInfo(
                guestId,
                identity,
                name,
                metadata,
                attributes,
                guise.asForwarded(),
                permissions,
                true,
                since);
    }

    ParticipantInfo asConnected() {
        return new ParticipantInfo(
                participantId,
                identity,
                name,
                metadata,
                attributes,
                guise,
                permissions,
                true,
                joinedAt);
    }
}
