package io.sluice.srtp;

import java.lang.foreign.MemorySegment;

/**
 * The SRTP and SRTCP keys of one transport, both directions (RFC 3711, RFC 7714).
 *
 * <p>Owned by the transport's loop. Packets are (offset, length) in off-heap memory; nothing is thrown
 * for a bad packet: a negative {@link SrtpError} code comes back instead of a length.
 */
public interface SrtpContext extends AutoCloseable {

    /** What {@link #protectRtp} and {@link #protectRtcp} may add to a packet at most. */
    int MAX_OVERHEAD_BYTES = 32;

    SrtpProfile profile();

    /**
     * Authenticates and decrypts an RTP packet in place; replays are refused before decryption.
     *
     * @return the length without the tag, or a negative {@link SrtpError#code()}
     */
    int unprotectRtp(MemorySegment memory, long offset, int length);

    /** The same for a compound RTCP packet. */
    int unprotectRtcp(MemorySegment memory, long offset, int length);

    /**
     * Protects one RTP packet straight into {@code out}.
     *
     * <p>At {@code outOffset} stand already {@code headerBytes} of RTP header with its extensions
     * (authenticated, sent in clear) and then {@code prefixBytes} of payload that differ per viewer (a
     * payload descriptor, an RTX sequence number). The rest of the payload is read from {@code
     * payload}, which is left as it is: it is shared by all viewers. The packet index follows the
     * sequence number in the header (RFC 3711 3.3.1): a sequence number far behind the highest one is
     * taken as an old packet of the same roll-over, so that a plain resend repeats its bytes.
     *
     * @return the length of the protected packet, or a negative {@link SrtpError#code()}
     */
    int protectRtp(
            MemorySegment out,
            long outOffset,
            int headerBytes,
            int prefixBytes,
            MemorySegment payload,
            long payloadOffset,
            int payloadBytes);

    /**
     * Protects a compound RTCP packet in place; there must be room for {@link #MAX_OVERHEAD_BYTES}
     * behind it.
     *
     * @return the length of the protected packet, or a negative {@link SrtpError#code()}
     */
    int protectRtcp(MemorySegment memory, long offset, int length);

    @Override
    void close();
}
