package io.sluice.codec;

/** The two kinds of media, as SDP and RTCRtpTransceiver name them. */
public enum MediaKind {
    AUDIO,
    VIDEO
}
