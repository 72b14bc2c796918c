package io.sluice.server.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A section of the client's offers, with the numbers it chose and what it has become.
 *
 * <p>Owned by the client's loop.
 */
final class ClientSection {
    static final String MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
    static final String AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    static final String TRANSPORT_WIDE =
            "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
    static final int NO_RTX = -1;

    private final String mid;
    private final Kind kind;
    private final Numbers numbers;
    private final int ssrc;
    private final int rtxSsrc;
    private Direction direction;
    private @Nullable TrackSender sender;
    private @Nullable Sender what;

    enum Kind {
        AUDIO("opus", 48_000),
        VIDEO("VP8", 90_000);

        private final String codec;
        private final int clockHz;

        Kind(String codec, int clockHz) {
            this.codec = codec;
            this.clockHz = clockHz;
        }

        String codec() {
            return codec;
        }

        int clockHz() {
            return clockHz;
        }
    }

    enum Direction {
        SENDRECV,
        SENDONLY,
        RECVONLY,
        INACTIVE;

        boolean sends() {
            return this == SENDRECV || this == SENDONLY;
        }

        boolean receives() {
            return this == SENDRECV || this == RECVONLY;
        }
    }

    /** Payload and extension numbers of a section; rtx is {@link #NO_RTX} where it is not offered. */
    record Numbers(int payloadType, int rtxPayloadType, Map<String, Integer> extensions) {
        Numbers {
            extensions = Map.copyOf(extensions);
        }

        /** Different for each variant, so that whoever forwards has to rewrite. */
        static Numbers of(Kind kind, boolean rtx, int variant) {
            int shift = Math.floorMod(variant, 5);
            if (kind == Kind.AUDIO) {
                return new Numbers(
                        111 + shift,
                        NO_RTX,
                        Map.of(AUDIO_LEVEL, 1 + shift, TRANSPORT_WIDE, 8, MID, 9));
            }
            int payloadType = 96 + 2 * shift;
            return new Numbers(
                    payloadType, rtx ? payloadType + 1 : NO_RTX, Map.of(TRANSPORT_WIDE, 8, MID, 9));
        }
    }

    /** What a sending section is made to send. */
    record Sender(int framesPerSecond, int packetsPerFrame, int payloadBytes) {}

    ClientSection(
            String mid, Kind kind, Direction direction, Numbers numbers, int ssrc, int rtxSsrc) {
        this.mid = mid;
        this.kind = kind;
        this.direction = direction;
        this.numbers = numbers;
        this.ssrc = ssrc;
        this.rtxSsrc = rtxSsrc;
    }

    String mid() {
        return mid;
    }

    Kind kind() {
        return kind;
    }

    Numbers numbers() {
        return numbers;
    }

    int ssrc() {
        return ssrc;
    }

    int rtxSsrc() {
        return rtxSsrc;
    }

    Direction direction() {
        return direction;
    }

    void direction(Direction next) {
        direction = next;
    }

    @Nullable Sender what() {
        return what;
    }

    void what(Sender shape) {
        what = shape;
    }

    @Nullable TrackSender sender() {
        return sender;
    }

    void sender(TrackSender made) {
        sender = made;
    }
}
