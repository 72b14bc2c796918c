package io.sluice.rtp;

import java.util.Optional;

/** The RTP header extensions (RFC 8285) that are read, rewritten or passed on. */
public enum HeaderExtension {
    MID("urn:ietf:params:rtp-hdrext:sdes:mid"),
    RID("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"),
    REPAIRED_RID("urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"),
    AUDIO_LEVEL("urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
    TRANSPORT_WIDE_SEQUENCE(
            "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"),
    ABS_SEND_TIME("http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"),
    ABS_CAPTURE_TIME("http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"),
    VIDEO_ORIENTATION("urn:3gpp:video-orientation"),
    PLAYOUT_DELAY("http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"),
    VIDEO_LAYERS_ALLOCATION(
            "http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00"),
    DEPENDENCY_DESCRIPTOR(
            "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension");

    private static final HeaderExtension[] VALUES = values();

    private final String uri;

    HeaderExtension(String uri) {
        this.uri = uri;
    }

    /** The URI in {@code a=extmap}. */
    public String uri() {
        return uri;
    }

    /** How many there are, for tables by {@link #ordinal}. */
    public static int count() {
        return VALUES.length;
    }

    /** The extension of a URI, if it is one that is handled. */
    public static Optional<HeaderExtension> of(String uri) {
        for (HeaderExtension extension : VALUES) {
            if (extension.uri.equals(uri)) {
                return Optional.of(extension);
            }
        }
        return Optional.empty();
    }
}
