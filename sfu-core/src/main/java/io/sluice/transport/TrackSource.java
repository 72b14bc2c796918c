package io.sluice.transport;

import io.sluice.codec.MediaKind;

/**
 * What a track shows; the publisher says it, and it decides nothing but names and permissions. Since tokens allow
 * sources, it is held against the kind of media that the track sends: else who may only speak could be seen.
 */
public enum TrackSource {
    CAMERA(MediaKind.VIDEO),
    MICROPHONE(MediaKind.AUDIO),
    SCREEN_SHARE(MediaKind.VIDEO),
    SCREEN_SHARE_AUDIO(MediaKind.AUDIO);

    private final MediaKind kind;

    TrackSource(MediaKind kind) {
        this.kind = kind;
    }

    /** What a track of this kind is where nobody says it. */
    public static TrackSource usual(MediaKind kind) {
        return switch (kind) {
            case AUDIO -> MICROPHONE;
            case VIDEO -> CAMERA;
        };
    }

    /** The only kind of media that comes from it. */
    public MediaKind kind() {
        return kind;
    }
}
