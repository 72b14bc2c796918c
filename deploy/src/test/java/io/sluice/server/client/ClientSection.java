package io.sluice.server.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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
    static final String RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    static final String REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    static final int NO_RTX = -1;

    /** Names of simulcast encodings, the smallest picture first. */
    private static final List<String> RIDS = List.of("q", "h", "f");

    private final String mid;
    private final Kind kind;
    private final Numbers numbers;
    private final List<Encoding> encodings;
    private final List<TrackSender> senders = new ArrayList<>();
    private Direction direction;
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

        /** The same, with what names the encodings of simulcast. */
        Numbers withRids() {
            Map<String, Integer> more = new HashMap<>(extensions);
            more.put(RID, 10);
            more.put(REPAIRED_RID, 11);
            return new Numbers(payloadType, rtxPayloadType, more);
        }
    }

    /**
     * What is sent under one SSRC.
     *
     * @param rid empty where there is no simulcast
     */
    record Encoding(int index, String rid, int ssrc, int rtxSsrc) {}

    /** What a sending section is made to send. */
    record Sender(int framesPerSecond, int packetsPerFrame, int payloadBytes) {}

    ClientSection(
            String mid, Kind kind, Direction direction, Numbers numbers, int ssrc, int rtxSsrc) {
        this.mid = mid;
        this.kind = kind;
        this.direction = direction;
        this.numbers = numbers;
        encodings = List.of(new Encoding(0, "", ssrc, rtxSsrc));
    }

    /** A section of simulcast video, its SSRCs chosen at random. */
    ClientSection(
            String mid,
            Direction direction,
            Numbers numbers,
            int encodings,
            SplittableRandom random) {
        this.mid = mid;
        kind = Kind.VIDEO;
        this.direction = direction;
        this.numbers = numbers.withRids();
        this.encodings =
                RIDS.subList(0, encodings).stream()
                        .map(rid ->
                                new Encoding(
                                        RIDS.indexOf(rid), rid, random.nextInt(), random.nextInt()))
                        .toList();
    }

    boolean isSimulcast() {
        return encodings.size() > 1;
    }

    List<Encoding> encodings() {
        return encodings;
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
        return encodings.getFirst().ssrc();
    }

    int rtxSsrc() {
        return encodings.getFirst().rtxSsrc();
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

    /** Of the first encoding. */
    @Nullable TrackSender sender() {
        return senders.isEmpty() ? null : senders.getFirst();
    }

    /** One for each encoding, once it sends. */
    List<TrackSender> senders() {
        return senders;
    }
}
