package io.sluice.sdp;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds codecs among the payload numbers of a section. */
final class Codecs {
    /** Earlier frames in one packet; each viewer who takes none has them stripped. */
    private static final int RED_LEVELS_MAX = 8;

    private Codecs() {}

    /** The codec of a payload number, if it is one that is forwarded. */
    static Optional<Codec> codec(RtpPayload payload) {
        String encoding = payload.encoding();
        if (encoding == null) {
            return Optional.empty();
        }
        return Codec.named(encoding)
                .filter(codec -> codec.clockRateHz() == payload.clockRateHz())
                .filter(codec -> codec != Codec.OPUS || payload.channels() == 2)
                .filter(codec ->
                        codec != Codec.H264 || H264Format.of(payload.parameters()).isForwarded());
    }

    /** All payload numbers whose codec is in the list, ordered as the list is. */
    static List<RtpPayload> supported(List<RtpPayload> payloads, List<Codec> order) {
        List<RtpPayload> supported = new ArrayList<>();
        for (Codec codec : order) {
            for (RtpPayload payload : payloads) {
                if (codec(payload).filter(codec::equals).isPresent()) {
                    supported.add(payload);
                }
            }
        }
        return supported;
    }

    /** The format that is answered for a payload number whose codec is forwarded. */
    static CodecFormat format(RtpPayload payload) {
        Codec codec = codec(payload).orElseThrow();
        return new CodecFormat(codec, answeredParameters(codec, payload));
    }

    /** What a publisher is answered: the first codec of the order, in the form that most can decode. */
    static @Nullable RtpPayload ofPublisher(List<RtpPayload> payloads, List<Codec> order) {
        for (Codec codec : order) {
            RtpPayload best = null;
            for (RtpPayload payload : supported(payloads, List.of(codec))) {
                if (best == null || rank(codec, payload) > rank(codec, best)) {
                    best = payload;
                }
            }
            if (best != null) {
                return best;
            }
        }
        return null;
    }

    private static int rank(Codec codec, RtpPayload payload) {
        Map<String, String> parameters = payload.parameters();
        return switch (codec) {
            case VP8, OPUS -> 0;
            case VP9 -> vp9Profile(parameters).equals("0") ? 1 : 0;
            case AV1 -> av1Profile(parameters).equals("0") ? 1 : 0;
            case H264 -> {
                H264Format h264 = H264Format.of(parameters);
                yield (h264.packetizationMode() == 1 ? 2 : 0)
                        + (h264.isConstrainedBaseline() ? 1 : 0);
            }
            case H265 -> h265Profile(parameters).equals("1") ? 1 : 0;
        };
    }

    /** The viewer's payload number for a track's format, if it can decode it. */
    static @Nullable RtpPayload ofViewer(List<RtpPayload> payloads, CodecFormat format) {
        for (RtpPayload payload : payloads) {
            boolean sameCodec = codec(payload).filter(format.codec()::equals).isPresent();
            if (sameCodec && decodes(payload.parameters(), format)) {
                return payload;
            }
        }
        return null;
    }

    /** The first of a track's formats that a viewer can decode; null if it can decode none. */
    static @Nullable CodecFormat decodable(List<RtpPayload> payloads, List<CodecFormat> formats) {
        for (CodecFormat format : formats) {
            if (ofViewer(payloads, format) != null) {
                return format;
            }
        }
        return null;
    }

    /** An order of codecs, with one of them before the others. */
    static List<Codec> first(@Nullable Codec preferred, List<Codec> order) {
        if (preferred == null || !order.contains(preferred)) {
            return order;
        }
        List<Codec> changed = new ArrayList<>(order);
        changed.remove(preferred);
        changed.addFirst(preferred);
        return changed;
    }

    /** What can be decoded of a format that a forwarder cannot change. */
    private static boolean decodes(Map<String, String> viewer, CodecFormat format) {
        Map<String, String> track = format.parameters();
        return switch (format.codec()) {
            case VP8, OPUS -> true;
            case VP9 -> vp9Profile(viewer).equals(vp9Profile(track));
            case AV1 -> av1Profile(viewer).equals(av1Profile(track));
            case H264 -> H264Format.of(viewer).decodes(H264Format.of(track));
            case H265 -> h265Profile(viewer).equals(h265Profile(track));
        };
    }

    /** The retransmissions of a payload number (RFC 4588 8.6). */
    static @Nullable RtpPayload rtx(List<RtpPayload> payloads, RtpPayload of) {
        String number = Integer.toString(of.number());
        for (RtpPayload payload : payloads) {
            String encoding = payload.encoding();
            if (encoding != null
                    && encoding.equalsIgnoreCase("rtx")
                    && payload.clockRateHz() == of.clockRateHz()
                    && number.equals(payload.parameters().get("apt"))) {
                return payload;
            }
        }
        return null;
    }

    /** Opus with redundancy of itself, and of nothing else (RFC 2198 4). */
    static @Nullable RtpPayload red(List<RtpPayload> payloads, RtpPayload of) {
        if (codec(of).filter(Codec.OPUS::equals).isEmpty()) {
            return null;
        }
        for (RtpPayload payload : payloads) {
            String encoding = payload.encoding();
            if (encoding != null
                    && encoding.equalsIgnoreCase("red")
                    && payload.clockRateHz() == of.clockRateHz()
                    && payload.channels() == of.channels()
                    && repeatsOnly(payload, of.number())) {
                return payload;
            }
        }
        return null;
    }

    /** Of {@code a=fmtp:63 111/111} the parameters are one word without a value. */
    private static boolean repeatsOnly(RtpPayload red, int number) {
        if (red.parameters().size() != 1) {
            return false;
        }
        List<String> numbers =
                List.of(red.parameters().keySet().iterator().next().split("/", RED_LEVELS_MAX + 2));
        return numbers.size() >= 2
                && numbers.size() <= RED_LEVELS_MAX + 1
                && numbers.stream().allMatch(Integer.toString(number)::equals);
    }

    /**
     * The parameters that are answered: those that both sides must agree on, and for Opus what an
     * encoder is asked for. What describes one sender's stream or one decoder's size is not ours.
     */
    static Map<String, String> answeredParameters(Codec codec, RtpPayload payload) {
        Set<String> names =
                switch (codec) {
                    case VP8 -> Set.of();
                    case VP9 -> Set.of("profile-id");
                    case AV1 -> Set.of("profile", "level-idx", "tier");
                    case H264 ->
                            Set.of(
                                    "level-asymmetry-allowed",
                                    "packetization-mode",
                                    "profile-level-id");
                    case H265 -> Set.of("profile-id", "tier-flag", "level-id", "tx-mode");
                    case OPUS ->
                            Set.of(
                                    "minptime",
                                    "useinbandfec",
                                    "usedtx",
                                    "stereo",
                                    "cbr",
                                    "maxaveragebitrate",
                                    "maxplaybackrate");
                };
        Map<String, String> answered = new LinkedHashMap<>(payload.parameters());
        answered.keySet().retainAll(names);
        return answered;
    }

    private static String vp9Profile(Map<String, String> parameters) {
        return parameters.getOrDefault("profile-id", "0");
    }

    /** RFC 7798 7.1: 1, the main profile, where it is not said. */
    private static String h265Profile(Map<String, String> parameters) {
        return parameters.getOrDefault("profile-id", "1");
    }

    private static String av1Profile(Map<String, String> parameters) {
        return parameters.getOrDefault("profile", "0");
    }
}
