package io.sluice.srtp;

import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

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
     * An RTP packet may come up to 1,023 packets late.
     *
     * @return the length without the tag, or a negative {@link SrtpError#code()}
     */
    int unprotectRtp(MemorySegment memory, long offset, int length);

    /** The same for a compound RTCP packet. */
    int unprotectRtcp(MemorySegment memory, long offset, int length);

    /**
     * Frees what is held for received SSRCs that are not wanted any more, RTP and RTCP. It is remembered
     * how far each had come: one that comes back goes on from there, and what it sent before is a replay
     * as ever. Where no more can be remembered nothing is freed.
     */
    void retainReceived(IntPredicate wanted);

    /**
     * Protects one RTP packet straight into {@code out}.
     *
     * <p>At {@code outOffset} stand already {@code headerBytes} of RTP header with its extensions
     * (authenticated, sent in clear) and then {@code prefixBytes} of payload that differ per viewer (a
     * payload descriptor, an RTX sequence number). The rest of the payload is read from {@code
     * payload}, which is left as it is: it is shared by all viewers. The packet index follows the
     * sequence number in the header (RFC 3711 3.3.1): one a little behind the highest is taken
     * as a plain resend, which repeats its bytes; one far behind is refused as {@link
     * SrtpError#TOO_OLD}, for under its index other bytes may have been sent. So is a jump of more than
     * 32,768 forward, which cannot be told from that. The protected packet has at most 2,048 bytes,
     * the size of a slot.
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
