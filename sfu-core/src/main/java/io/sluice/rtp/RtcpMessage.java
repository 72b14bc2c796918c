package io.sluice.rtp;

import java.util.List;

/** One message of a compound RTCP packet, after {@link RtcpReader} has checked its bounds. */
public sealed interface RtcpMessage {

    /**
     * RFC 3550 6.4.1: what a sender has sent, and what it has received.
     *
     * @param ntp when the report left, 64-bit NTP ({@link NtpTime})
     * @param rtpTimestamp the same moment in the clock of the media
     * @param packets sent since the beginning, unsigned
     * @param octets of payload sent since the beginning, unsigned
     */
    record SenderReport(
            int ssrc, long ntp, int rtpTimestamp, int packets, int octets, List<ReportBlock> blocks)
            implements RtcpMessage {}

    /** RFC 3550 6.4.2. */
    record ReceiverReport(int ssrc, List<ReportBlock> blocks) implements RtcpMessage {}

    /** RFC 3550 6.5, of one source: the CNAME is empty if the chunk had none. */
    record SourceDescription(int ssrc, String cname) implements RtcpMessage {}

    /** RFC 3550 6.6: sources that leave. */
    record Bye(List<Integer> ssrcs) implements RtcpMessage {}

    /**
     * RFC 4585 6.2.1, one of the pairs of a message: the first lost sequence number and a bitmap of
     * the sixteen after it, the lowest bit next.
     */
    record Nack(int senderSsrc, int mediaSsrc, int first, int bitmap) implements RtcpMessage {}

    /** RFC 4585 6.3.1: the decoder wants a keyframe. */
    record PictureLoss(int senderSsrc, int mediaSsrc) implements RtcpMessage {}

    /** RFC 5104 4.3.1, one entry: a keyframe is wanted, the same number is the same request. */
    record FullIntraRequest(int senderSsrc, int mediaSsrc, int commandSequence)
            implements RtcpMessage {}

    /** draft-alvestrand-rmcat-remb-03 2.2: the receiver's estimate for all {@code ssrcs} together. */
    record Remb(int senderSsrc, long bitsPerSecond, List<Integer> ssrcs) implements RtcpMessage {}

    /**
     * draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1.
     *
     * @param feedbackCount 8-bit number of the message, to notice lost ones
     * @param baseSequence the first transport-wide number that is reported on
     * @param statuses how many numbers are reported on; those without an arrival were not received
     */
    record TransportWide(
            int senderSsrc,
            int mediaSsrc,
            int feedbackCount,
            int baseSequence,
            int statuses,
            Arrivals arrivals)
            implements RtcpMessage {}

    /** RFC 8888 3.1: which packets of which streams were received, and when. */
    record CongestionFeedback(int senderSsrc, PacketReports reports) implements RtcpMessage {}
}
