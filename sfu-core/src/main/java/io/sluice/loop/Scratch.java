package io.sluice.loop;

import io.sluice.codec.PayloadInfo;
import io.sluice.rtp.RtcpReader;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.sctp.SctpAssociation;
import io.sluice.srtp.SrtpScratch;

/**
 * Views and writers that a call on the loop may use and must not keep: one set a loop instead of one a
 * participant.
 *
 * @param packet the packet that came in
 * @param resent a packet that goes out again
 * @param resentInfo what is in it
 * @param sctp room for one packet that is written
 */
public record Scratch(
        RtpPacket packet,
        RtpPacket resent,
        PayloadInfo resentInfo,
        RtpHeaderWriter header,
        RtcpReader rtcpReader,
        RtcpWriter rtcpWriter,
        SrtpScratch srtp,
        byte[] sctp) {
    public Scratch() {
        this(
                new RtpPacket(),
                new RtpPacket(),
                new PayloadInfo(),
                new RtpHeaderWriter(),
                new RtcpReader(),
                new RtcpWriter(),
                new SrtpScratch(),
                new byte[SctpAssociation.MAX_PACKET_BYTES]);
    }
}
