package io.sluice.codec;

import static io.sluice.codec.MediaKind.AUDIO;
import static io.sluice.codec.MediaKind.VIDEO;

import java.util.Locale;
import java.util.Optional;

/** The codecs that are forwarded. */
public enum Codec {
    VP8("VP8", VIDEO, 90_000),
    VP9("VP9", VIDEO, 90_000),
    AV1("AV1", VIDEO, 90_000),
    H264("H264", VIDEO, 90_000),
    H265("H265", VIDEO, 90_000),
    OPUS("opus", AUDIO, 48_000);

    private final String sdpName;
    private final MediaKind kind;
    private final int clockRateHz;

    Codec(String sdpName, MediaKind kind, int clockRateHz) {
        this.sdpName = sdpName;
        this.kind = kind;
        this.clockRateHz = clockRateHz;
    }

    /** The encoding name in {@code a=rtpmap}; compared without regard to case (RFC 4855 3). */
    public String sdpName() {
        return sdpName;
    }

    public MediaKind kind() {
        return kind;
    }

    /** The RTP clock. */
    public int clockRateHz() {
        return clockRateHz;
    }

    /** The codec of an rtpmap's encoding name, if it is one that is forwarded. */
    public static Optional<Codec> named(String encodingName) {
        for (Codec codec : values()) {
            if (codec.sdpName
                    .toLowerCase(Locale.ROOT)
                    .equals(encodingName.toLowerCase(Locale.ROOT))) {
                return Optional.of(codec);
            }
        }
        return Optional.empty();
    }
}
