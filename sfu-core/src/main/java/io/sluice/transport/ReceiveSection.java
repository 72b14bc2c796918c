package io.sluice.transport;

import io.sluice.codec.MediaKind;
import io.sluice.rtp.HeaderExtension;
import java.util.List;
import java.util.Map;

/**
 * A section of the session description in which the client sends: one published track.
 *
 * @param mid identifies the section within its transport (RFC 9143)
 * @param codecs the answered ones, the preferred first; not empty
 * @param extensions id on the wire of each answered header extension
 * @param ssrcs media SSRC to the SSRC of its retransmissions, or to 0 where none was declared; empty
 *     where the client declared no SSRC
 * @param rids of simulcast encodings, as offered; empty without simulcast
 */
public record ReceiveSection(
        String mid,
        String trackId,
        MediaKind kind,
        TrackSource source,
        List<NegotiatedCodec> codecs,
        Map<HeaderExtension, Integer> extensions,
        Map<Integer, Integer> ssrcs,
        List<String> rids) {
    public ReceiveSection {
        codecs = List.copyOf(codecs);
        extensions = Map.copyOf(extensions);
        ssrcs = Map.copyOf(ssrcs);
        rids = List.copyOf(rids);
    }
}
