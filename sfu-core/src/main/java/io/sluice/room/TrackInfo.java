package io.sluice.room;

import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.transport.TrackSource;

/** A published track, as everybody in the room may know it. */
public record TrackInfo(
        String trackId,
        String participantId,
        String identity,
        MediaKind kind,
        TrackSource source,
        CodecFormat format,
        Muting muting,
        TrackDetails details) {
    /** Of which nothing more was said. */
    public TrackInfo(
            String trackId,
            String participantId,
            String identity,
            MediaKind kind,
            TrackSource source,
            CodecFormat format,
            Muting muting) {
        this(trackId, participantId, identity, kind, source, format, muting, TrackDetails.NONE);
    }

    TrackInfo with(Muting changed) {
        return new TrackInfo(
                trackId, participantId, identity, kind, source, format, changed, details);
    }
}
