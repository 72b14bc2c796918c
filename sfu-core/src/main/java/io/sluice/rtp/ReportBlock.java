package io.sluice.rtp;

/**
 * What a receiver says of one source (RFC 3550 6.4.1).
 *
 * @param ssrc the source
 * @param fractionLost of the packets expected since the last report, in 1/256
 * @param cumulativeLost packets lost since the beginning, signed 24 bits: duplicates make it negative
 * @param highestSequence the highest sequence number with its count of wraps above, unsigned
 * @param jitter in units of the source's clock, unsigned
 * @param lastSenderReport middle 32 bits of the NTP time of the last sender report, or 0
 * @param delayUnits since that report arrived, in 1/65536 s, unsigned
 */
public record ReportBlock(
        int ssrc,
        int fractionLost,
        int cumulativeLost,
        int highestSequence,
        int jitter,
        int lastSenderReport,
        int delayUnits) {}
