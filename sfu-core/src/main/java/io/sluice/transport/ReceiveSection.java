package io.sluice.transport;

import io.sluice.codec.MediaKind;
import io.sluice.receive.TrackFormat;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A section of the session description in which the client sends: one published track.
 *
 * @param mid identifies the section within its transport (RFC 9143)
 * @param codecs the answered ones, the preferred first; not empty
 * @param extensions id on the wire of each answered header extension
 * @param ssrcs media SSRC to the SSRC of its retransmissions, or to 0 where none was declared, in the
 *     order of their declaration: one for each of {@code rids}, and where there are none media is taken
 *     from the first; empty where the client declared none
 * @param rids names of the simulcast encodings, in the order of the offer, no more than {@link
 *     io.sluice.rtp.TrackSequence#ENCODINGS_MAX}; empty without simulcast
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
        // In the order of the declaration, which Map.copyOf loses.
        ssrcs = Collections.unmodifiableMap(new LinkedHashMap<>(ssrcs));
        rids = List.copyOf(rids);
    }

    TrackFormat format() {
        NegotiatedCodec codec = codecs.getFirst();
        return new TrackFormat(
                codec.format().codec(),
                codec.payloadType(),
                codec.rtxPayloadType(),
                codec.redPayloadType(),
                codec.nack(),
                codec.pictureLoss(),
                ExtensionMap.of(extensions),
                rids);
    }
}
