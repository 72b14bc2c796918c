package io.sluice.sdp;

import io.sluice.codec.Codec;
import java.util.List;

/**
 * A session description, as far as a negotiator needs it (RFC 8866, RFC 8829). Attributes that are not
 * named here are left out when it is read.
 *
 * @param sessionId of the {@code o=} line
 * @param sessionVersion of the {@code o=} line
 * @param bundle the mids of the first BUNDLE group, in its order; empty without one
 * @param extmapAllowMixed whether the session's part says so, for all sections
 * @param iceLite whether the writer only answers checks
 */
public record SessionDescription(
        String sessionId,
        long sessionVersion,
        List<String> bundle,
        boolean extmapAllowMixed,
        boolean iceLite,
        List<MediaSection> sections) {
    public SessionDescription {
        bundle = List.copyOf(bundle);
        sections = List.copyOf(sections);
    }

    /**
     * Reads a description with {@link SdpLimits#DEFAULT}.
     *
     * @throws SdpException for any text that is not a description
     */
    public static SessionDescription parse(String sdp) {
        return parse(sdp, SdpLimits.DEFAULT);
    }

    /**
     * Reads a description; lines may end with LF alone.
     *
     * @throws SdpException for any text that is not a description, or is larger than the limits
     */
    public static SessionDescription parse(String sdp, SdpLimits limits) {
        return new SdpParser(sdp, limits).parse();
    }

    /**
     * Whether all of an offer's sections can be answered where these codecs are taken.
     *
     * @throws SdpException if it cannot be answered at all; the message says why
     */
    public boolean isAnswerable(List<Codec> codecs) {
        Offer checked = Offer.check(this, codecs);
        return sections.stream().allMatch(checked::accepts);
    }

    /** Writes the description with CR LF, attributes in the order that browsers use. */
    public String write() {
        return new SdpWriter().write(this);
    }
}
