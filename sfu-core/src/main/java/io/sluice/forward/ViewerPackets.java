package io.sluice.forward;

import io.sluice.codec.PayloadInfo;
import io.sluice.codec.Red;
import io.sluice.ice.UdpPort;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.Wire;

/**
 * Writes the packets of one viewer's stream of one track, those of its retransmissions too, and sends them.
 *
 * <p>Owned by the viewer's loop. Which packet gets which number is decided elsewhere.
 */
final class ViewerPackets {
    /** RTX carries the original sequence number before the payload (RFC 4588 4). */
    private static final int OSN_BYTES = 2;

    /** RFC 3550 5.1: padding of one byte is its own length. */
    private static final int PADDING_BYTES = 1;

    /** What a packet that only probes is padded with: whole words, and its length is in one byte. */
    private static final int PROBE_PADDING_BYTES = 252;

    private final Fanout fanout;
    private final Egress egress;
    private SubscriptionFormat format;
    private SubscriptionHeader header;
    private long rtxSequence;

    ViewerPackets(SubscriptionFormat format, Fanout fanout, Egress egress, long firstRtxSequence) {
        this.format = format;
        this.fanout = fanout;
        this.egress = egress;
        rtxSequence = firstRtxSequence;
        header = header();
    }

    private SubscriptionHeader header() {
        return new SubscriptionHeader(format, fanout.sourceExtensions(), egress.scratch().header());
    }

    /** Goes on with the numbers of another stream's retransmissions; their SSRC is the same. */
    void takeOver(ViewerPackets before) {
        rtxSequence = before.rtxSequence;
    }

    void update(SubscriptionFormat next) {
        format = next;
        header = header();
    }

    /** The publisher's ids of header extensions have changed. */
    void onExtensions() {
        header = header();
    }

    SubscriptionFormat format() {
        return format;
    }

    /** Whether the viewer gets dependency descriptors. */
    boolean describes() {
        return header.describes();
    }

    /** Whether lost packets are sent again on an SSRC of their own. */
    boolean hasRtx() {
        return format.rtxSsrc() != 0;
    }

    /** Whether the viewer says of each packet whether and when it came. */
    boolean isReportedOn() {
        return header.numbersTransport() || format.reportsByStream();
    }

    /** What the next packet says of its departure; a number of the transport's is used when it is sent. */
    int nextDeparture(long nowNanos) {
        if (header.numbersTransport()) {
            return egress.nextTransportSequence();
        }
        if (format.reportsByStream()) {
            egress.numberSilently();
        }
        return header.timesDepartures()
                ? SubscriptionHeader.departureTime(nowNanos)
                : SubscriptionHeader.NO_DEPARTURE;
    }

    /** Sends a packet of the track's; see {@link SubscriptionHeader#writeMedia}. */
    boolean sendMedia(
            RtpPacket packet,
            PayloadInfo info,
            long rewrite,
            boolean padded,
            long sequence,
            int timestamp,
            int departure,
            long nowNanos) {
        long at = egress.reserve();
        if (at == UdpPort.NO_ROOM) {
            return false;
        }
        int headerBytes =
                header.writeMedia(
                        egress.memory(),
                        at,
                        packet,
                        info,
                        rewrite,
                        padded,
                        sequence,
                        timestamp,
                        departure);
        int paddingBytes = padded ? PADDING_BYTES : 0;
        return finish(at, headerBytes, 0, packet, info, rewrite, paddingBytes, nowNanos);
    }

    /** Sends a packet of the track's as a retransmission (RFC 4588). */
    boolean sendRtx(
            RtpPacket packet,
            PayloadInfo info,
            long rewrite,
            int originalSequence,
            int timestamp,
            long nowNanos) {
        long at = egress.reserve();
        if (at == UdpPort.NO_ROOM) {
            return false;
        }
        int headerBytes =
                header.writeRetransmission(
                        egress.memory(),
                        at,
                        packet,
                        info,
                        rewrite,
                        rtxSequence++,
                        timestamp,
                        nextDeparture(nowNanos));
        if (headerBytes != RtpHeaderWriter.NO_ROOM) {
            Wire.put16(egress.memory(), at + headerBytes, originalSequence);
        }
        return finish(at, headerBytes, OSN_BYTES, packet, info, rewrite, 0, nowNanos);
    }

    /** Writes the descriptor behind the header, if it changes, and sends it all with the payload. */
    private boolean finish(
            long at,
            int headerBytes,
            int prefixBytes,
            RtpPacket packet,
            PayloadInfo info,
            long rewrite,
            int paddingBytes,
            long nowNanos) {
        if (headerBytes == RtpHeaderWriter.NO_ROOM) {
            egress.tooLong();
            return false;
        }
        int descriptorBytes = 0;
        if (Rewrite.hasPicture(rewrite)) {
            descriptorBytes = info.descriptorBytes();
            fanout.payloads()
                    .format()
                    .writeDescriptor(
                            packet.memory(),
                            packet.payloadOffset(),
                            info,
                            Rewrite.pictureId(rewrite),
                            Rewrite.tl0PicIdx(rewrite),
                            Rewrite.keyIdx(rewrite),
                            egress.memory(),
                            at + headerBytes + prefixBytes);
        }
        int skippedBytes = descriptorBytes;
        if (packet.payloadType() == Red.PAYLOAD_TYPE) {
            if (format.takesRed()) {
                long blocks = at + headerBytes + prefixBytes;
                descriptorBytes = writeBlocks(packet, blocks);
                skippedBytes = descriptorBytes;
            } else {
                skippedBytes = redundantBytes(packet);
            }
        }
        return egress.sendRtp(
                at,
                headerBytes,
                prefixBytes + descriptorBytes,
                packet.memory(),
                packet.payloadOffset() + skippedBytes,
                packet.payloadBytes() - skippedBytes + paddingBytes,
                nowNanos);
    }

    /** The headers of redundant blocks, under this viewer's number. */
    private int writeBlocks(RtpPacket packet, long at) {
        return Red.writeHeaders(
                packet.memory(), packet.payloadOffset(), format.payloadType(), egress.memory(), at);
    }

    /** What this viewer does not take; its receiver checked what RFC 2198 says. */
    private static int redundantBytes(RtpPacket packet) {
        return Red.primaryOffset(packet.memory(), packet.payloadOffset(), packet.payloadBytes());
    }

    /** Sends a packet of nothing but padding in the place of one that is left out. */
    boolean sendPadding(long sequence, int timestamp, int departure, long nowNanos) {
        long at = egress.reserve();
        if (at == UdpPort.NO_ROOM) {
            return false;
        }
        int headerBytes = header.writePadding(egress.memory(), at, sequence, timestamp, departure);
        return pad(at, headerBytes, PADDING_BYTES, nowNanos);
    }

    /** Sends a packet of nothing but padding that only takes up room, among the retransmissions. */
    boolean sendProbe(int timestamp, long nowNanos) {
        long at = egress.reserve();
        if (at == UdpPort.NO_ROOM) {
            return false;
        }
        int headerBytes =
                header.writeProbe(
                        egress.memory(), at, rtxSequence++, timestamp, nextDeparture(nowNanos));
        return pad(at, headerBytes, PROBE_PADDING_BYTES, nowNanos);
    }

    /** RFC 3550 5.1: zeros, and in the last byte how many. */
    private boolean pad(long at, int headerBytes, int paddingBytes, long nowNanos) {
        if (headerBytes == RtpHeaderWriter.NO_ROOM) {
            egress.tooLong();
            return false;
        }
        long last = at + headerBytes + paddingBytes - 1;
        for (long zero = at + headerBytes; zero < last; zero++) {
            Wire.put8(egress.memory(), zero, 0);
        }
        Wire.put8(egress.memory(), last, paddingBytes);
        return egress.sendRtp(
                at, headerBytes, paddingBytes, egress.scratch().resent().memory(), 0, 0, nowNanos);
    }
}
