package io.sluice.sdp;

import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives each format that is offered its payload numbers, the same in all sections: within a bundle a number has
 * one meaning (RFC 9143 9.1), and keeps it for ever.
 *
 * <p>Owned by its {@link Offerer}.
 */
final class PayloadNumbers {
    /** RFC 3551 6 and RFC 5761 4: free for all, and then those that are nobody's; each with the one after it. */
    private static final int FIRST = 96;

    private static final int LAST = 126;
    private static final int FIRST_OF_MORE = 35;
    private static final int LAST_OF_MORE = 61;

    private static final List<String> VIDEO_FEEDBACK =
            List.of("transport-cc", "ccm fir", "nack", "nack pli");
    private static final List<String> AUDIO_FEEDBACK = List.of("transport-cc");

    private final Map<CodecFormat, List<RtpPayload>> payloads = new HashMap<>();
    private int next = FIRST;

    /** The lines of a format, its repair or redundancy last; empty if all numbers are taken. */
    Optional<List<RtpPayload>> of(CodecFormat format) {
        List<RtpPayload> known = payloads.get(format);
        if (known == null && next != LAST_OF_MORE + 2) {
            known = describe(format, next);
            payloads.put(format, known);
            next = next == LAST ? FIRST_OF_MORE : next + 2;
        }
        return Optional.ofNullable(known);
    }

    private static List<RtpPayload> describe(CodecFormat format, int number) {
        String name = format.codec().sdpName();
        int clockRateHz = format.codec().clockRateHz();
        List<RtpPayload> lines = new ArrayList<>();
        if (format.codec().kind() == MediaKind.AUDIO) {
            lines.add(new RtpPayload(number, name, clockRateHz, 2, opus(format), AUDIO_FEEDBACK));
            Map<String, String> repeats = Map.of(number + "/" + number, "");
            lines.add(new RtpPayload(number + 1, "red", clockRateHz, 2, repeats, List.of()));
        } else {
            lines.add(
                    new RtpPayload(
                            number, name, clockRateHz, 0, format.parameters(), VIDEO_FEEDBACK));
            Map<String, String> of = Map.of("apt", Integer.toString(number));
            lines.add(new RtpPayload(number + 1, "rtx", clockRateHz, 0, of, List.of()));
        }
        return lines;
    }

    /** RFC 7587 7.1: what is sent, as the publisher was asked to encode it. */
    private static Map<String, String> opus(CodecFormat format) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("minptime", "10");
        parameters.put("useinbandfec", "1");
        if ("1".equals(format.parameters().get("stereo"))) {
            parameters.put("sprop-stereo", "1");
        }
        return parameters;
    }
}
