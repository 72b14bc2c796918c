package io.sluice.srtp;

/**
 * Limits of one {@link SrtpContext}.
 *
 * @param maxReceiveSsrcs SSRCs at once whose packets were accepted, RTP and RTCP counted apart: the
 *     sender chooses them. 64 are ten tracks of three encodings with RTX
 * @param maxSendSsrcs SSRCs we have sent; none is ever forgotten, for its index must not start again
 *     under the same key. 4 096 at 2 KB each are the most that one viewer may cost
 * @param maxRtcpPackets RTCP packets per SSRC under one key (RFC 3711 9.2): the index has 31 bits
 */
public record SrtpConfig(int maxReceiveSsrcs, int maxSendSsrcs, long maxRtcpPackets) {

    public SrtpConfig {
        if (maxReceiveSsrcs <= 0 || maxSendSsrcs <= 0 || maxRtcpPackets <= 0) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    /**
     * 64 SSRCs are ten tracks of three encodings with RTX. 4,096 sent at 2 KB each are the most that
     * one viewer may cost. The RTCP index has 31 bits.
     */
    public static SrtpConfig defaults() {
        return new SrtpConfig(64, 4096, 1L << 31);
    }
}
