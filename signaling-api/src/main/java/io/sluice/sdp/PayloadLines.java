package io.sluice.sdp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the lines of one section say about its payload numbers.
 *
 * <p>Owned by its {@link SectionBuilder}.
 */
final class PayloadLines {
    private static final int MAX_CLOCK_RATE_HZ = 1_000_000;
    private static final String ALL = "*";

    /** Browsers know about eight kinds. Each is one more for up to 128 numbers: lines must not multiply. */
    private static final int MAX_FEEDBACK_FOR_ALL = 32;

    /** In the order of the {@code m=} line. */
    private final Map<Integer, Payload> payloads = new LinkedHashMap<>();

    private final List<String> feedbackForAll = new ArrayList<>();

    private static final class Payload {
        @Nullable String encoding;
        int clockRateHz;
        int channels;
        final Map<String, String> parameters = new LinkedHashMap<>();
        final List<String> feedback = new ArrayList<>();
    }

    /**
     * @param formats of the {@code m=} line
     */
    PayloadLines(int line, List<String> formats) {
        for (String format : formats) {
            int number = SdpFields.payloadNumber(line, format);
            if (payloads.put(number, new Payload()) != null) {
                throw SdpException.atLine(line, "payload type " + number + " stands twice");
            }
        }
    }

    /** {@code 96 VP8/90000}. */
    void readMap(int line, String value) {
        List<String> words = SdpFields.words(value);
        String[] parts = words.size() == 2 ? words.get(1).split("/", -1) : new String[0];
        if (parts.length < 2 || parts.length > 3) {
            throw SdpException.atLine(line, "expected a=rtpmap:<number> <name>/<clock rate>");
        }
        Payload payload = payload(line, words.getFirst());
        if (payload == null) {
            return;
        }
        if (payload.encoding != null) {
            throw SdpException.atLine(line, "there is an rtpmap for this number already");
        }
        payload.encoding = SdpFields.token(line, parts[0], "an encoding name");
        payload.clockRateHz =
                (int) SdpFields.number(line, parts[1], MAX_CLOCK_RATE_HZ, "a clock rate");
        payload.channels =
                parts.length < 3 ? 0 : (int) SdpFields.number(line, parts[2], 255, "channels");
    }

    /** {@code 98 profile-id=0;x=y}. */
    void readParameters(int line, String value) {
        int space = value.indexOf(' ');
        if (space < 0) {
            throw SdpException.atLine(line, "expected a=fmtp:<number> <parameters>");
        }
        Payload payload = payload(line, value.substring(0, space));
        if (payload == null) {
            return;
        }
        for (String part : value.substring(space + 1).split(";", -1)) {
            String parameter = part.strip();
            int equals = parameter.indexOf('=');
            String key = equals < 0 ? parameter : parameter.substring(0, equals);
            if (!parameter.isEmpty() && !key.isBlank()) {
                payload.parameters.put(
                        key.strip().toLowerCase(Locale.ROOT),
                        equals < 0 ? "" : parameter.substring(equals + 1).strip());
            }
        }
    }

    /** {@code 96 nack pli}, or for all with an asterisk (RFC 4585 4.2). */
    void readFeedback(int line, String value) {
        List<String> words = SdpFields.words(value);
        if (words.size() < 2) {
            throw SdpException.atLine(line, "expected a=rtcp-fb:<number> <kind>");
        }
        String kind = String.join(" ", words.subList(1, words.size()));
        if (words.getFirst().equals(ALL)) {
            if (feedbackForAll.size() == MAX_FEEDBACK_FOR_ALL) {
                throw SdpException.atLine(
                        line,
                        "at most " + MAX_FEEDBACK_FOR_ALL + " kinds of feedback for * are read");
            }
            feedbackForAll.add(kind);
            return;
        }
        Payload payload = payload(line, words.getFirst());
        if (payload != null) {
            payload.feedback.add(kind);
        }
    }

    /** Null for a number that is not on the {@code m=} line: such lines mean nothing. */
    private @Nullable Payload payload(int line, String number) {
        return payloads.isEmpty() ? null : payloads.get(SdpFields.payloadNumber(line, number));
    }

    List<RtpPayload> build() {
        List<RtpPayload> built = new ArrayList<>(payloads.size());
        // Kept once, however many numbers there are.
        List<String> forAll = List.copyOf(new LinkedHashSet<>(feedbackForAll));
        payloads.forEach((number, payload) -> {
            built.add(
                    new RtpPayload(
                            number,
                            payload.encoding,
                            payload.clockRateHz,
                            payload.channels,
                            payload.parameters,
                            feedback(payload, forAll)));
        });
        return built;
    }

    private static List<String> feedback(Payload payload, List<String> forAll) {
        if (payload.feedback.isEmpty()) {
            return forAll;
        }
        Set<String> kinds = new LinkedHashSet<>(payload.feedback);
        kinds.addAll(forAll);
        return List.copyOf(kinds);
    }
}
