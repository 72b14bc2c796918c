package io.sluice.transport;

import io.sluice.forward.CongestionControl;
import io.sluice.forward.Egress;
import io.sluice.forward.Subscription;
import io.sluice.ice.Slab;
import io.sluice.ice.UdpPort;
import io.sluice.loop.Scratch;
import io.sluice.receive.Track;
import io.sluice.receive.TransportFeedback;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtcpReader;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.TrackSequence;
import io.sluice.rtp.Wire;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpError;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * RTCP of one transport, ended on both sides (RFC 7667 3.7): what the client reports stays here, what
 * it is told is our own.
 *
 * <p>Owned by the transport's loop.
 */
final class Rtcp {
    /** RFC 5761 4: what an RTCP packet type looks like where RTP has marker and payload type. */
    private static final int TYPE_MIN = 192;

    private static final int TYPE_MAX = 223;

    /** What fits any path that carries our media. */
    private static final int MAX_COMPOUND_BYTES = 1_200;

    /** A compound of nothing but the receiver report that every compound begins with. */
    private static final int EMPTY_COMPOUND_BYTES = 8;

    /** Fewer packets of a stream say nothing of loss. */
    private static final int REPORTED_PACKETS_MIN = 10;

    /** RFC 3550 6.4.1: a fraction lost is in so manieths. */
    private static final int FRACTION_ONE = 256;

    /**
     * Who reports.
     *
     * @param ssrc of the reports and feedback that belong to no stream of ours
     */
    record Settings(int ssrc, String cname, long reportIntervalNanos) {}

    private final Slab slab;
    private final DropCounters drops;
    private final MediaCounters counters;
    private final Egress egress;
    private final Ingress ingress;
    private final SsrcTable<Subscription> subscriptions;
    private final TransportFeedback feedback;
    private final PathMeter meter;
    private final Settings settings;
    private final RtcpReader reader;
    private final RtcpWriter writer;
    private long at;
    private long nextReportNanos;

    /** To the client; 0 before it is measured. */
    private long roundTripNanos;

    Rtcp(
            Slab slab,
            Scratch scratch,
            DropCounters drops,
            MediaCounters counters,
            Egress egress,
            Ingress ingress,
            SsrcTable<Subscription> subscriptions,
            TransportFeedback feedback,
            PathMeter meter,
            Settings settings) {
        this.slab = slab;
        this.drops = drops;
        this.counters = counters;
        this.egress = egress;
        this.ingress = ingress;
        this.subscriptions = subscriptions;
        this.feedback = feedback;
        this.meter = meter;
        this.settings = settings;
        reader = scratch.rtcpReader();
        writer = scratch.rtcpWriter();
    }

    /** Whether what comes as media is RTCP; it need not be whole. */
    static boolean isRtcp(MemorySegment memory, long offset, int length) {
        if (length < 2) {
            return false;
        }
        int type = Wire.u8(memory, offset + 1);
        return type >= TYPE_MIN && type <= TYPE_MAX;
    }

    /** Takes one protected compound packet. */
    void onPacket(SrtpContext srtp, int slot, int length, long nowNanos) {
        long offset = Slab.offset(slot);
        int plain = srtp.unprotectRtcp(slab.memory(), offset, length);
        if (plain < 0) {
            drops.count(Ingress.reason(SrtpError.of(plain)));
            return;
        }
        counters.count(MediaCount.RTCP_PACKETS_RECEIVED);
        counters.add(MediaCount.RTCP_BYTES_RECEIVED, plain);
        reader.wrap(slab.memory(), offset, plain);
        while (reader.advance()) {
            onMessage(nowNanos);
        }
        if (reader.malformed()) {
            drops.count(DropReason.MALFORMED_RTCP);
        }
    }

    /** Takes the message that the reader stands on. */
    private void onMessage(long nowNanos) {
        switch (reader.kind()) {
            case SENDER_REPORT -> {
                Track track = ingress.trackOf(reader.senderSsrc());
                if (track != null) {
                    track.onSenderReport(
                            reader.senderSsrc(), reader.ntp(), reader.rtpTimestamp(), nowNanos);
                }
                onReportBlocks(nowNanos);
            }
            case RECEIVER_REPORT -> onReportBlocks(nowNanos);
            case NACK -> {
                Subscription subscription = subscriptions.find(reader.mediaSsrc());
                if (subscription != null) {
                    subscription.onNack(reader.nackFirst(), reader.nackBitmap(), nowNanos);
                }
            }
            case PICTURE_LOSS -> {
                counters.count(MediaCount.PICTURE_LOSSES_RECEIVED);
                onPictureLoss(reader.mediaSsrc());
            }
            case FULL_INTRA_REQUEST -> {
                counters.count(MediaCount.FULL_INTRA_REQUESTS_RECEIVED);
                onPictureLoss(reader.mediaSsrc());
            }
            case REMB -> {
                counters.count(MediaCount.BANDWIDTH_ESTIMATES_RECEIVED);
                CongestionControl congestion = egress.congestion(nowNanos);
                if (congestion != null) {
                    congestion.onRemb(reader.rembBitsPerSecond(), nowNanos);
                }
            }
            case TRANSPORT_WIDE, PACKET_REPORTS -> {
                counters.count(MediaCount.TRANSPORT_FEEDBACK_RECEIVED);
                // Before anything was sent there is nothing to hear of it.
                CongestionControl congestion = egress.congestion();
                if (congestion != null) {
                    congestion.onFeedback(reader, nowNanos);
                }
            }
            // Names and ends of streams are the session description's business.
            case SOURCE_DESCRIPTION, BYE -> {}
        }
    }

    private void onReportBlocks(long nowNanos) {
        CongestionControl congestion = egress.congestion();
        int leastLost = FRACTION_ONE;
        int expected = 0;
        for (int i = 0; i < reader.blocks(); i++) {
            Subscription subscription = subscriptions.find(reader.blockSsrc(i));
            if (subscription != null) {
                int fractionLost = reader.blockFractionLost(i);
                meter.onReport(fractionLost);
                int sent = subscription.takeUnreported();
                expected += sent;
                if (sent >= REPORTED_PACKETS_MIN) {
                    leastLost = Math.min(leastLost, fractionLost);
                }
                if (subscription.onReport(
                        reader.blockLastSenderReport(i), reader.blockDelayUnits(i), nowNanos)) {
                    roundTripNanos = subscription.roundTripNanos();
                    if (congestion != null) {
                        congestion.onRoundTrip(roundTripNanos);
                    }
                }
            }
        }
        if (congestion != null && leastLost < FRACTION_ONE) {
            // What is lost between a publisher and us is missing from its stream alone; what the
            // viewer's path loses, it loses of all.
            int lost = (int) ((long) expected * leastLost / FRACTION_ONE);
            congestion.onLossReport(lost, expected, nowNanos);
        }
    }

    private void onPictureLoss(int mediaSsrc) {
        Subscription subscription = subscriptions.find(mediaSsrc);
        if (subscription != null) {
            subscription.onPictureLoss();
        }
    }

    /** The round trip to the client, 0 before it is measured. */
    long roundTripNanos() {
        return roundTripNanos;
    }

    /**
     * Sends what is due: feedback to the publisher, and now and then reports. By indexes, for an iterator
     * would be garbage a hundred times a second.
     */
    void onTick(long nowNanos) {
        boolean reportDue = nowNanos - nextReportNanos >= 0;
        // Most of many clients only watch: between two reports nothing of theirs is touched.
        if (!reportDue && ingress.routes().isEmpty() && !feedback.due(nowNanos)) {
            return;
        }
        if (!begin()) {
            return;
        }
        List<ReceiveRoute> routes = ingress.routes();
        for (int i = 0; i < routes.size(); i++) {
            routes.get(i).track().writeFeedback(writer, settings.ssrc(), roundTripNanos, nowNanos);
        }
        while (feedback.due(nowNanos)
                && feedback.write(writer, settings.ssrc(), ingress.mediaSsrc(), nowNanos)) {
            // One message at most reports a whole window; a jump in time ends it early.
        }
        if (reportDue) {
            nextReportNanos = nowNanos + settings.reportIntervalNanos();
            report(nowNanos);
        }
        flush();
    }

    private void report(long nowNanos) {
        if (!restart()) {
            return;
        }
        List<ReceiveRoute> routes = ingress.routes();
        long expected = 0;
        long received = 0;
        for (int i = 0; i < routes.size(); i++) {
            expected += routes.get(i).track().expectedPackets();
            received += routes.get(i).track().receivedPackets();
            if (writer.reportBlocksLeft() < TrackSequence.ENCODINGS_MAX) {
                writer.cname(settings.ssrc(), settings.cname());
                if (!restart()) {
                    return;
                }
            }
            routes.get(i).track().writeReport(writer, nowNanos);
        }
        writer.cname(settings.ssrc(), settings.cname());
        long limit = ingress.limit().measure(expected, received, nowNanos);
        if (limit != ReceiveLimit.NONE
                && !routes.isEmpty()
                && writer.remb(settings.ssrc(), limit, ingress.mediaSsrc())) {
            counters.count(MediaCount.BANDWIDTH_ESTIMATES_SENT);
        }
        for (int i = 0; i < subscriptions.places(); i++) {
            Subscription subscription = subscriptions.at(i);
            if (subscription != null) {
                report(subscription, nowNanos);
            }
        }
    }

    private void report(Subscription subscription, long nowNanos) {
        subscription.expire(nowNanos);
        if (writer.roomBytes() < Subscription.REPORT_BYTES + settings.cname().length()
                && !restart()) {
            return;
        }
        if (subscription.writeSenderReport(writer, nowNanos)) {
            writer.cname(subscription.ssrc(), settings.cname());
        }
    }

    /** Says that a stream of ours ends (RFC 3550 6.6). */
    void bye(Subscription subscription) {
        if (egress.ready() && begin()) {
            writer.bye(subscription.ssrc());
            flush();
        }
    }

    private boolean restart() {
        flush();
        return begin();
    }

    private boolean begin() {
        if (!egress.ready()) {
            return false;
        }
        at = egress.reserve();
        if (at == UdpPort.NO_ROOM) {
            return false;
        }
        writer.begin(egress.memory(), at, MAX_COMPOUND_BYTES);
        // RFC 3550 6.1: a compound begins with a report, and so is right with or without RFC 5506.
        return writer.receiverReport(settings.ssrc());
    }

    private void flush() {
        if (writer.lengthBytes() > EMPTY_COMPOUND_BYTES) {
            egress.sendRtcp(at, writer.lengthBytes());
        }
    }
}
