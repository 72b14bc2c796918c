package io.sluice.room;

import io.sluice.codec.Codec;
import io.sluice.room.RoomException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * What the application decides about one room.
 *
 * @param maxParticipants at once, no more than {@link RoomConfig#maxParticipants}
 * @param emptyTimeout how long the room lives with nobody in it; with zero it ends with its last
 *     participant
 * @param metadata the application's own words about the room, shown to everybody in it
 * @param codecs that may be published, the preferred first. Opus is always among them: there is no
 *     other audio codec.
 * @param unmuteAllowed whether a publisher may unmute what the room has muted
 * @param maxBitrate bits per second that each participant may publish at most, or {@link #ANY_BITRATE}
 * @param topology which way sound and pictures take; with {@link Topology#MESH} there may be {@link
 *     Topology#MAX_MESH_PARTICIPANTS} at most
 */
public record RoomSettings(
        int maxParticipants,
        Duration emptyTimeout,
        String metadata,
        List<Codec> codecs,
        boolean unmuteAllowed,
        long maxBitrate,
        Topology topology) {
    /** Instead of bits per second: participants publish as much as their network carries. */
    public static final long ANY_BITRATE = 0;

    /** VP8 first: every client encodes it well, and keyframes come soonest. */
    public static final List<Codec> DEFAULT_CODECS =
            List.of(Codec.VP8, Codec.H264, Codec.VP9, Codec.AV1, Codec.H265, Codec.OPUS);

    /** A room that is made ahead waits so long for people, the first and the next, unless it says otherwise. */
    public static final Duration CREATED_EMPTY_TIMEOUT = Duration.ofMinutes(5);

    /** A room that nobody has come to for a day is forgotten. */
    private static final Duration MAX_EMPTY_TIMEOUT = Duration.ofDays(1);

    /** With any bitrate, through the server. */
    public RoomSettings(
            int maxParticipants,
            Duration emptyTimeout,
            String metadata,
            List<Codec> codecs,
            boolean unmuteAllowed) {
        this(
                maxParticipants,
                emptyTimeout,
                metadata,
                codecs,
                unmuteAllowed,
                ANY_BITRATE,
                Topology.SFU);
    }

    public RoomSettings {
        List<Codec> complete = new ArrayList<>(new LinkedHashSet<>(codecs));
        if (!complete.contains(Codec.OPUS)) {
            complete.add(Codec.OPUS);
        }
        codecs = List.copyOf(complete);
    }

    /** Those of a room that was made by its first participant. */
    public static RoomSettings defaults(RoomConfig config) {
        return new RoomSettings(config.maxParticipants(), Duration.ZERO, "", DEFAULT_CODECS, true);
    }

    /** Refuses settings that are out of bounds. */
    void check(RoomConfig config) {
        if (maxParticipants < 1 || maxParticipants > config.maxParticipants()) {
            throw new RoomException(
                    Reason.INVALID_SETTINGS,
                    "the maximum of participants must be from 1 to " + config.maxParticipants());
        }
        if (emptyTimeout.isNegative() || emptyTimeout.compareTo(MAX_EMPTY_TIMEOUT) > 0) {
            throw new RoomException(
                    Reason.INVALID_SETTINGS,
                    "the empty timeout must be from 0 to "
                            + MAX_EMPTY_TIMEOUT.toSeconds()
                            + " seconds");
        }
        if (maxBitrate < 0) {
            throw new RoomException(
                    Reason.INVALID_SETTINGS, "the maximum of the bitrate must not be negative");
        }
        if (topology == Topology.MESH && maxParticipants > Topology.MAX_MESH_PARTICIPANTS) {
            throw new RoomException(
                    Reason.INVALID_SETTINGS,
                    "in a mesh the maximum of participants must be from 1 to "
                            + Topology.MAX_MESH_PARTICIPANTS);
        }
        checkMetadata(metadata, config);
    }

    static void checkMetadata(String metadata, RoomConfig config) {
        if (metadata.length() > config.maxMetadataChars()) {
            throw new RoomException(
                    Reason.INVALID_SETTINGS,
                    "the metadata is longer than " + config.maxMetadataChars() + " characters");
        }
    }

    RoomSettings withMetadata(String changed) {
        return new RoomSettings(
                maxParticipants,
                emptyTimeout,
                changed,
                codecs,
                unmuteAllowed,
                maxBitrate,
                topology);
    }
}
