package io.sluice.transport;

import io.sluice.codec.CodecFormat;

/**
 * One codec of one section, with the payload numbers of that section.
 *
 * @param payloadType 0 to 127
 * @param rtxPayloadType of its retransmissions (RFC 4588), or {@link #NO_RTX}
 * @param nack whether generic NACK is in use (RFC 4585)
 * @param pictureLoss whether picture loss indication is in use
 * @param transportWide whether transport-wide feedback is in use
 */
public record NegotiatedCodec(
        CodecFormat format,
        int payloadType,
        int rtxPayloadType,
        boolean nack,
        boolean pictureLoss,
        boolean transportWide) {
    public static final int NO_RTX = -1;
}
