package io.sluice.sdp;

import io.sluice.codec.Codec;
import io.sluice.codec.MediaKind;
import io.sluice.transport.TrackSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client has said about the tracks that it publishes, outside of its offer. */
@FunctionalInterface
public interface Declarations {

    /**
     * Where clients say only what their tracks show.
     *
     * @param byMid for sections that are not named, camera or microphone
     */
    static Declarations sources(Map<String, TrackSource> byMid) {
        return section -> {
            MediaKind kind = section.kind();
            if (kind == null) {
                return null;
            }
            TrackSource usual = TrackSource.usual(kind);
            return new Declared(null, byMid.getOrDefault(section.mid(), usual), null, false);
        };
    }

    /** About the track that a client begins to send in a section; null: it is not to be taken. */
    @Nullable Declared of(MediaSection section);

    /**
     * One track.
     *
     * @param trackId under which it was announced to the client; null: it gets a new one
     * @param codec that the client wants to send, if it may; null: it has not said
     * @param redundant whether sound is to be sent with redundancy (RFC 2198) where both sides know it, in whatever
     *     order the offer has it; false leaves that to the offer
     */
    record Declared(
            @Nullable String trackId,
            TrackSource source,
            @Nullable Codec codec,
            boolean redundant) {}
}
