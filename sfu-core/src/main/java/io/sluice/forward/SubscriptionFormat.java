package io.sluice.forward;

import io.sluice.rtp.ExtensionMap;

/**
 * How one viewer wants one track.
 *
 * @param payloadType the viewer's number for the track's codec
 * @param rtxPayloadType of retransmissions; meaningless without {@code rtxSsrc}
 * @param redPayloadType the viewer's number for Opus with redundancy (RFC 2198); negative if it takes none
 * @param ssrc of the stream, never used before under the viewer's key
 * @param rtxSsrc of the retransmissions, or 0: then a packet is sent again as it was
 * @param reportsByStream whether the viewer reports on packets by their streams' numbers (RFC 8888)
 * @param extensions the viewer's header extension ids
 */
public record SubscriptionFormat(
        String mid,
        int payloadType,
        int rtxPayloadType,
        int redPayloadType,
        int ssrc,
        int rtxSsrc,
        boolean reportsByStream,
        ExtensionMap extensions) {

    /** Without redundancy and RFC 8888. */
    public SubscriptionFormat(
            String mid,
            int payloadType,
            int rtxPayloadType,
            int ssrc,
            int rtxSsrc,
            ExtensionMap extensions) {
        this(mid, payloadType, rtxPayloadType, -1, ssrc, rtxSsrc, false, extensions);
    }

    /** Whether redundancy may be sent. */
    boolean takesRed() {
        return redPayloadType >= 0;
    }
}
