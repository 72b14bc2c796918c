package io.sluice.sdp;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One payload number of a section with its {@code rtpmap}, {@code fmtp} and {@code rtcp-fb} lines.
 *
 * @param number 0 to 127
 * @param encoding the name in {@code rtpmap}, as written; null if there is no {@code rtpmap}, as is
 *     usual for the static numbers of RFC 3551
 * @param clockRateHz 0 without {@code rtpmap}
 * @param channels 0 if not given
 * @param parameters of {@code fmtp} in their order, keys in lower case; the value is empty where there
 *     was no equals sign
 * @param feedback values of {@code rtcp-fb}, for example {@code nack pli}
 */
public record RtpPayload(
        int number,
        @Nullable String encoding,
        int clockRateHz,
        int channels,
        Map<String, String> parameters,
        List<String> feedback) {
    public RtpPayload {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        feedback = List.copyOf(feedback);
    }
}
