package io.sluice.forward;

import io.sluice.codec.Codec;
import io.sluice.codec.PayloadInfo;
import io.sluice.codec.Red;
import io.sluice.ice.UdpPort;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import io.sluice.rtp.Wire;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What one viewer is sent of one track: one stream of RTP, whatever it is put together of, and what of it
 * is sent again.
 *
 * <p>Owned by the viewer's loop. Per packet: {@link RtpRewriter}, {@link Rewrite}, {@link
 * SubscriptionHeader}, {@link Egress}, {@link SendHistory}; nothing is allocated.
 */
final class ViewerStream {
    /** RTX carries the original sequence number before the payload (RFC 4588 4). */
    private static final int OSN_BYTES = 2;

    /** RFC 3550 5.1: padding of one byte is its own length. */
    private static final int PADDING_BYTES = 1;

    /** So far back a run that ends is looked through for holes: what comes later is not waited for. */
    private static final int ENDING_PACKETS = 256;

    private static final long NONE = -1;

    private final Fanout fanout;
    private final Egress egress;
    private final DropCounters drops;
    private final MediaCounters counters;
    private final RtpRewriter rewriter;

    /** Of codecs that number pictures. */
    private final @Nullable PictureNumbers pictures;

    private final @Nullable SendHistory sent;
    private final RtpPacket resent;
    private final PayloadInfo resentInfo;
    private SubscriptionFormat format;
    private SubscriptionHeader header;

    private long rtxSequence;

    /** When a packet left last. */
    private long lastNanos;

    private int packetCount;
    private int octetCount;

    /** From a frame's number at the publisher to the viewer's. */
    private long frameShift;

    private long highestFrame;
    private boolean describedBefore;

    /** Whether the viewer was told of fewer decode targets than are sent. */
    private boolean announces;

    /** The viewer's first number of this run. */
    private long runFirst = Long.MAX_VALUE;

    private long skippedSequence = NONE;
    private int skippedTimestamp;
    private int skippedSpatial;

    ViewerStream(SubscriptionFormat format, Fanout fanout, Egress egress, RandomGenerator random) {
        this.format = format;
        this.fanout = fanout;
        this.egress = egress;
        drops = egress.drops();
        counters = egress.counters();
        resent = egress.scratch().resent();
        resentInfo = egress.scratch().resentInfo();
        Codec codec = fanout.codec();
        rewriter =
                new RtpRewriter(codec.clockRateHz(), random.nextInt(1, 1 << 15), random.nextInt());
        pictures =
                codec == Codec.VP8 || codec == Codec.VP9
                        ? new PictureNumbers(codec == Codec.VP8)
                        : null;
        TrackHistory history = fanout.history();
        sent = history == null ? null : new SendHistory(history.capacity());
        rtxSequence = random.nextInt(1, 1 << 15);
        header = header();
    }

    private SubscriptionHeader header() {
        return new SubscriptionHeader(format, fanout.sourceExtensions(), egress.scratch().header());
    }

    /** The viewer's numbers from now on. */
    void update(SubscriptionFormat next) {
        format = next;
        onExtensions();
    }

    /**
     * The ids of header extensions have changed, here or at the publisher. What was sent is not sent
     * again: under the old index it would have other bytes.
     */
    void onExtensions() {
        header = header();
        if (sent != null) {
            sent.clear();
            // It is not known any more which numbers were used.
            runFirst = Long.MAX_VALUE;
        }
    }

    /**
     * Whether the viewer can take several spatial layers. Without dependency descriptors browsers cannot
     * tell where a frame of AV1 ends within a picture.
     */
    boolean takesSpatialLayers() {
        return fanout.codec() != Codec.AV1 || header.describes();
    }

    SubscriptionFormat format() {
        return format;
    }

    int packetCount() {
        return packetCount;
    }

    int octetCount() {
        return octetCount;
    }

    /** The viewer's timestamp of the track's, in the current run. */
    int timestamp(int trackTimestamp) {
        return rewriter.timestamp(trackTimestamp);
    }

    /** See {@link RtpRewriter#jumps}. */
    boolean jumps(long trackSequence) {
        return rewriter.jumps(trackSequence);
    }

    /** See {@link RtpRewriter#passed}. */
    boolean passed(long trackSequence) {
        return rewriter.passed(trackSequence);
    }

    /**
     * Begins a run of another source.
     *
     * @param trackSequence of its first packet
     * @param packet of the same frame
     */
    void begin(
            long trackSequence,
            RtpPacket packet,
            PayloadInfo info,
            @Nullable SenderClock before,
            @Nullable SenderClock now,
            long nowNanos) {
        closeHoles();
        rewriter.begin(trackSequence, packet.timestamp(), before, now, nowNanos);
        skippedSequence = NONE;
        announces = false;
        if (pictures != null) {
            pictures.begin(info);
        }
        if (info.structure() != null) {
            frameShift = describedBefore ? highestFrame + 1 - info.frameNumber() : 0;
            highestFrame = info.frameNumber() + frameShift;
            describedBefore = true;
        }
    }

    /**
     * Begins a run of the same source.
     *
     * @param info of a packet of its first frame
     */
    void resume(long trackSequence, PayloadInfo info) {
        closeHoles();
        rewriter.resume(trackSequence);
        skippedSequence = NONE;
        if (pictures != null) {
            pictures.begin(info);
        }
    }

    /**
     * Leaves a packet out of the current run. If there is a hole for it already, padding closes it:
     * nobody is to ask for it for ever.
     */
    void skip(RtpPacket packet, PayloadInfo info, long trackSequence) {
        boolean goesOn =
                skippedSequence == rewriter.newest()
                        && packet.timestamp() == skippedTimestamp
                        && info.spatialLayer() == skippedSpatial;
        boolean isNewest = trackSequence > rewriter.newest();
        long hole = rewriter.skip(trackSequence, goesOn);
        if (pictures != null && info.valid()) {
            pictures.skip(info);
        }
        if (isNewest) {
            skippedSequence = trackSequence;
            skippedTimestamp = packet.timestamp();
            skippedSpatial = info.spatialLayer();
        }
        if (hole != RtpRewriter.NO_HOLE) {
            close(hole);
        }
    }

    /** A run ends: what of it has not come yet comes too late. */
    void closeHoles() {
        long highest = rewriter.highestSequence();
        for (long at = Math.max(runFirst, highest - ENDING_PACKETS); at < highest; at++) {
            if (sent != null && !sent.has(at)) {
                close(at);
            }
        }
        runFirst = highest + 1;
    }

    private void close(long hole) {
        if (!egress.ready()) {
            return;
        }
        int timestamp = rewriter.highestTimestamp();
        int departure = nextDeparture();
        if (sendPadding(hole, timestamp, departure)) {
            counters.count(MediaCount.HOLES_CLOSED);
            keep(hole, SendHistory.PADDING, timestamp, departure, Rewrite.NOTHING);
        }
    }

    /** Forwards a packet of the current run. */
    void forward(
            RtpPacket packet,
            PayloadInfo info,
            LayerSelector selector,
            boolean padded,
            long trackSequence,
            long nowNanos) {
        long sequence = rewriter.sequence(trackSequence);
        if (sequence == RtpRewriter.BEFORE_RUN) {
            drops.count(DropReason.BEFORE_SWITCH);
            return;
        }
        if (sent != null && sequence <= rewriter.highestSequence() && sent.has(sequence)) {
            drops.count(DropReason.DUPLICATE);
            return;
        }
        int timestamp = rewriter.timestamp(packet.timestamp());
        lastNanos = nowNanos;
        int departure = nextDeparture();
        long rewrite = rewrite(packet, info, selector);
        // A plain resend has to repeat these bytes, and it knows of no padding.
        boolean pads = padded && format.rtxSsrc() != 0 && egress.mayPad();
        if (!send(packet, info, rewrite, pads, sequence, timestamp, departure)) {
            return;
        }
        egress.forwarded(nowNanos);
        rewriter.sent(sequence, timestamp, nowNanos);
        keep(sequence, trackSequence, timestamp, departure, rewrite);
        packetCount++;
        octetCount += packet.payloadBytes();
    }

    private void keep(
            long sequence, long trackSequence, int timestamp, int departure, long rewrite) {
        if (sent != null) {
            sent.keep(sequence, trackSequence, timestamp, departure, rewrite);
        }
    }

    private long rewrite(RtpPacket packet, PayloadInfo info, LayerSelector selector) {
        long rewrite = pictures == null ? Rewrite.NOTHING : pictures.rewrite(info);
        if (!packet.marker() && selector.endsPicture(info)) {
            rewrite |= Rewrite.marker();
        }
        if (info.structure() != null && describedBefore) {
            long frame = info.frameNumber() + frameShift;
            highestFrame = Math.max(highestFrame, frame);
            int targets = selector.targets(info);
            announces |= targets != info.activeTargets() && Rewrite.canAnnounce(info.structure());
            int announced = announces && info.frameStart() ? targets : 0;
            if (header.describes() && (frameShift != 0 || announced != 0)) {
                rewrite |= Rewrite.frame((int) frame, announced);
            }
        }
        return rewrite;
    }

    private boolean send(
            RtpPacket packet,
            PayloadInfo info,
            long rewrite,
            boolean padded,
            long sequence,
            int timestamp,
            int departure) {
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
        return finish(at, headerBytes, 0, packet, info, rewrite, padded ? PADDING_BYTES : 0);
    }

    /** Writes the descriptor behind the header, if it changes, and sends it all with the payload. */
    private boolean finish(
            long at,
            int headerBytes,
            int prefixBytes,
            RtpPacket packet,
            PayloadInfo info,
            long rewrite,
            int paddingBytes) {
        if (headerBytes == RtpHeaderWriter.NO_ROOM) {
            drops.count(DropReason.HEADER_TOO_LONG);
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
        int skippedBytes = descriptorBytes + redundantBytes(packet);
        return egress.sendRtp(
                at,
                headerBytes,
                prefixBytes + descriptorBytes,
                packet.memory(),
                packet.payloadOffset() + skippedBytes,
                packet.payloadBytes() - skippedBytes + paddingBytes);
    }

    /** What this viewer takes no redundancy for; its receiver checked what RFC 2198 says. */
    private int redundantBytes(RtpPacket packet) {
        if (packet.payloadType() != Red.PAYLOAD_TYPE || format.takesRed()) {
            return 0;
        }
        return Red.primaryOffset(packet.memory(), packet.payloadOffset(), packet.payloadBytes());
    }

    private boolean sendPadding(long sequence, int timestamp, int departure) {
        long at = egress.reserve();
        if (at == UdpPort.NO_ROOM) {
            return false;
        }
        int headerBytes = header.writePadding(egress.memory(), at, sequence, timestamp, departure);
        if (headerBytes == RtpHeaderWriter.NO_ROOM) {
            drops.count(DropReason.HEADER_TOO_LONG);
            return false;
        }
        Wire.put8(egress.memory(), at + headerBytes, PADDING_BYTES);
        return egress.sendRtp(at, headerBytes, PADDING_BYTES, resent.memory(), 0, 0);
    }

    /** What the next packet says of its departure. */
    private int nextDeparture() {
        if (header.numbersTransport()) {
            return egress.nextTransportSequence();
        }
        return header.timesDepartures()
                ? SubscriptionHeader.departureTime(lastNanos)
                : SubscriptionHeader.NO_DEPARTURE;
    }

    /** Sends a packet again that the viewer misses, or counts why not. */
    void resend(int sequence16, long nowNanos, long intervalNanos) {
        SendHistory history = sent;
        int entry = history == null ? SendHistory.NONE : history.find(sequence16);
        if (history == null || entry == SendHistory.NONE || !findAgain(history, entry)) {
            drops.count(DropReason.RESEND_UNAVAILABLE);
            return;
        }
        if (!history.mayResend(entry, nowNanos, intervalNanos)) {
            drops.count(DropReason.RESEND_TOO_SOON);
            return;
        }
        lastNanos = nowNanos;
        if (!egress.mayResend(nowNanos)) {
            drops.count(DropReason.RESEND_LIMIT);
            return;
        }
        if (sendAgain(history, entry, sequence16)) {
            history.resent(entry, nowNanos);
            counters.count(MediaCount.RETRANSMISSIONS_SENT);
        }
    }

    /** Reads a packet again; one whose changes cannot be made again is not there any more. */
    private boolean findAgain(SendHistory history, int entry) {
        long trackSequence = history.trackSequence(entry);
        if (trackSequence == SendHistory.PADDING) {
            // SRTP takes what is further back for a packet to come.
            return rewriter.highestSequence() - history.sequence(entry) < Renumbering.WINDOW;
        }
        if (!fanout.find(trackSequence, resent)) {
            return false;
        }
        long rewrite = history.rewrite(entry);
        if (rewrite != Rewrite.NOTHING) {
            fanout.payloads().readAgain(resent, TrackSequence.encoding(trackSequence), resentInfo);
        }
        return !Rewrite.hasFrame(rewrite) || resentInfo.structure() != null;
    }

    private boolean sendAgain(SendHistory history, int entry, int sequence16) {
        long rewrite = history.rewrite(entry);
        int timestamp = history.timestamp(entry);
        if (history.trackSequence(entry) == SendHistory.PADDING) {
            return sendPadding(history.sequence(entry), timestamp, history.departure(entry));
        }
        if (format.rtxSsrc() == 0) {
            // Under one key the same index must protect the same bytes: number and extensions as
            // sent before.
            return send(
                    resent,
                    resentInfo,
                    rewrite,
                    false,
                    history.sequence(entry),
                    timestamp,
                    history.departure(entry));
        }
        return sendRtx(sequence16, timestamp, rewrite);
    }

    private boolean sendRtx(int originalSequence, int timestamp, long rewrite) {
        long at = egress.reserve();
        if (at == UdpPort.NO_ROOM) {
            return false;
        }
        int headerBytes =
                header.writeRetransmission(
                        egress.memory(),
                        at,
                        resent,
                        resentInfo,
                        rewrite,
                        rtxSequence++,
                        timestamp,
                        nextDeparture());
        if (headerBytes != RtpHeaderWriter.NO_ROOM) {
            Wire.put16(egress.memory(), at + headerBytes, originalSequence);
        }
        return finish(at, headerBytes, OSN_BYTES, resent, resentInfo, rewrite, 0);
    }
}
