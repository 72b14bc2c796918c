package io.sluice.room;

import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.transport.TrackSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * A published track, as everybody in the room may know it.
 *
 * @param format what most viewers get
 * @param backups the same in other codecs, for viewers who cannot decode {@code format}
 */
public record TrackInfo(
        String trackId,
        String participantId,
        String identity,
        MediaKind kind,
        TrackSource source,
        CodecFormat format,
        Muting muting,
        TrackDetails details,
        List<Backup> backups) {
    /**
     * A track in another codec than its first.
     *
     * @param layers as those of {@link TrackDetails#layers}
     */
    public record Backup(CodecFormat format, List<TrackDetails.Layer> layers) {
        public Backup {
            layers = List.copyOf(layers);
        }
    }

    public TrackInfo {
        backups = List.copyOf(backups);
    }

    /** In one codec. */
    public TrackInfo(
            String trackId,
            String participantId,
            String identity,
            MediaKind kind,
            TrackSource source,
            CodecFormat format,
            Muting muting,
            TrackDetails details) {
        this(trackId, participantId, identity, kind, source, format, muting, details, List.of());
    }

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

    /** All that it comes in, the first choice first. */
    public List<CodecFormat> formats() {
        return Stream.concat(Stream.of(format), backups.stream().map(Backup::format)).toList();
    }

    /** The same track, muted by others than before. */
    public TrackInfo with(Muting changed) {
        return new TrackInfo(
                trackId, participantId, identity, kind, source, format, changed, details, backups);
    }

    /** The same track, in these codecs beside its first. */
    public TrackInfo with(List<Backup> changed) {
        return new TrackInfo(
                trackId, participantId, identity, kind, source, format, muting, details, changed);
    }
}
