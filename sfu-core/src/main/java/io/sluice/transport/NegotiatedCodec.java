package io.sluice.transport;

import io.sluice.codec.CodecFormat;

/**
 * One codec of one section, with the payload numbers of that section.
 *
 * @param payloadType 0 to 127
 * @param rtxPayloadType of its retransmissions (RFC 4588), or {@link #NO_RTX}
 * @param redPayloadType of Opus with redundancy (RFC 2198), or {@link #NO_RED}
 * @param nack whether generic NACK is in use (RFC 4585)
 * @param pictureLoss whether picture loss indication is in use
 * @param transportWide whether transport-wide feedback is in use
 * @param reportsByStream whether the client reports on packets as RFC 8888 has it, instead
 */
public record NegotiatedCodec(
        CodecFormat format,
        int payloadType,
        int rtxPayloadType,
        int redPayloadType,
        boolean nack,
        boolean pictureLoss,
        boolean transportWide,
        boolean reportsByStream) {
    public static final int NO_RTX = -1;
    public static final int NO_RED = -1;

    /** Whether packets of a payload number carry media for the first time. */
    boolean isMedia(int number) {
        return number == payloadType || number == redPayloadType;
    }

    /** Without redundancy and RFC 8888. */
    public NegotiatedCodec(
            CodecFormat format,
            int payloadType,
            int rtxPayloadType,
            boolean nack,
            boolean pictureLoss,
            boolean transportWide) {
        this(format, payloadType, rtxPayloadType, NO_RED, nack, pictureLoss, transportWide, false);
    }
}
