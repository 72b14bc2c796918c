package io.sluice.transport;

import io.sluice.forward.SubscriptionFormat;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import java.util.Map;

/**
 * A section of the session description in which we send: one subscription.
 *
 * @param mid identifies the section within its transport
 * @param trackId the track that is forwarded in it
 * @param codec the viewer's payload numbers for the track's codec
 * @param extensions id on the wire of each answered header extension
 * @param ssrc of the media, new for each subscription: under one key an SSRC never starts again
 * @param rtxSsrc of the retransmissions, or 0 where RTX was not negotiated
 */
public record SendSection(
        String mid,
        String trackId,
        NegotiatedCodec codec,
        Map<HeaderExtension, Integer> extensions,
        int ssrc,
        int rtxSsrc) {
    public SendSection {
        extensions = Map.copyOf(extensions);
    }

    SubscriptionFormat format() {
        return new SubscriptionFormat(
                mid,
                codec.payloadType(),
                codec.rtxPayloadType(),
                codec.redPayloadType(),
                ssrc,
                rtxSsrc,
                codec.reportsByStream(),
                ExtensionMap.of(extensions));
    }
}
