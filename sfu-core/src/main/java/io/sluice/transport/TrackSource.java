package io.sluice.transport;

/** What a track shows; the publisher says it, and it decides nothing but names and permissions. */
public enum TrackSource {
    CAMERA,
    MICROPHONE,
    SCREEN_SHARE,
    SCREEN_SHARE_AUDIO
}
