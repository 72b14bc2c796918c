package io.sluice.forward;

import java.util.List;

/** What a track's publisher sends now, by encoding. Immutable: it may go to any thread. */
public record TrackLayers(List<EncodingLayers> encodings) {
    /** Of a track that nothing is known of yet. */
    public static final TrackLayers UNKNOWN = new TrackLayers(List.of());

    public TrackLayers {
        encodings = List.copyOf(encodings);
    }

    /** Of each encoding whether it comes. */
    public List<Boolean> active() {
        return encodings.stream().map(EncodingLayers::active).toList();
    }
}
