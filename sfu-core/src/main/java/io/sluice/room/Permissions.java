package io.sluice.room;

import io.sluice.transport.TrackSource;
import java.util.Set;

/**
 * What a participant may do: what its token allows it, until the application says otherwise.
 *
 * @param maxBitrate bits per second that it may publish; {@link RoomSettings#ANY_BITRATE} leaves it to the
 *     room
 * @param publishSources what it may publish; empty means everything
 * @param canUpdateMetadata whether it may change its own name, metadata and attributes
 */
public record Permissions(
        boolean canPublish,
        boolean canSubscribe,
        boolean canPublishData,
        long maxBitrate,
        Set<TrackSource> publishSources,
        boolean canUpdateMetadata) {
    public static final Permissions ALL = new Permissions(true, true, true);

    /** With any bitrate and of any source. */
    public Permissions(boolean canPublish, boolean canSubscribe, boolean canPublishData) {
        this(canPublish, canSubscribe, canPublishData, RoomSettings.ANY_BITRATE, Set.of(), false);
    }

    public Permissions {
        publishSources = Set.copyOf(publishSources);
    }

    /** Whether tracks of a source may be published. */
    public boolean mayPublish(TrackSource source) {
        return canPublish && (publishSources.isEmpty() || publishSources.contains(source));
    }

    /** The lower of the token's limit and the room's, in bits per second; {@link Long#MAX_VALUE} if neither has one. */
    long maxBitrate(RoomSettings settings) {
        long own = maxBitrate == RoomSettings.ANY_BITRATE ? Long.MAX_VALUE : maxBitrate;
        return settings.maxBitrate() == RoomSettings.ANY_BITRATE
                ? own
                : Math.min(own, settings.maxBitrate());
    }
}
