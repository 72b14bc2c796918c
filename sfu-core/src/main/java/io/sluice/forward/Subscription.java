package io.sluice.forward;

import io.sluice.codec.PayloadInfo;
import io.sluice.ice.UdpPort;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.NtpTime;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import io.sluice.rtp.Wire;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One viewer of one track: its stream of the track, under its own SSRC, numbers and payload types.
 *
 * <p>Owned by the viewer's loop. Per packet: {@link LayerSelector}, {@link RtpRewriter}, {@link
 * SendHistory}, {@link Egress}; nothing is allocated.
 */
public final class Subscription {
    /** RTX carries the original sequence number before the payload (RFC 4588 4). */
    private static final int OSN_BYTES = 2;

    /** A sender report and the source description behind it, without the name's letters. */
    public static final int REPORT_BYTES = 28 + 16;

    /** Until the round trip is known, a packet is not sent again within this time. */
    private static final long DEFAULT_ROUND_TRIP_NANOS = 50_000_000;

    /** The round trip is the viewer's word: it may not talk us into sending without a pause. */
    private static final long RESEND_INTERVAL_MIN_NANOS = 20_000_000;

    private SubscriptionFormat format;
    private final Fanout fanout;
    private final Egress egress;
    private final DropCounters drops;
    private final MediaCounters counters;
    private final LayerSelector selector;
    private final RtpRewriter rewriter;
    private final @Nullable SendHistory sent;
    private final RtpPacket resent;
    private SubscriptionHeader header;

    private long rtxSequence;
    private int packetCount;
    private int octetCount;
    private int lastReportMiddle;
    private long lastReportNanos;
    private long roundTripNanos = DEFAULT_ROUND_TRIP_NANOS;

    /** Begins nothing yet: {@link Fanout#add} does. */
    public Subscription(
            SubscriptionFormat format, Fanout fanout, Egress egress, RandomGenerator random) {
        this.format = format;
        this.fanout = fanout;
        this.egress = egress;
        drops = egress.drops();
        counters = egress.counters();
        resent = egress.scratch().resent();
        selector = new LayerSelector();
        rewriter =
                new RtpRewriter(
                        fanout.codec().clockRateHz(), random.nextInt(1, 1 << 15), random.nextInt());
        TrackHistory history = fanout.history();
        sent = history == null ? null : new SendHistory(history.capacity());
        rtxSequence = random.nextInt(1, 1 << 15);
        header = header();
    }

    private SubscriptionHeader header() {
        return new SubscriptionHeader(format, fanout.sourceExtensions(), egress.scratch().header());
    }

    /**
     * The viewer's numbers from now on, after a new description; on the viewer's loop. What was sent
     * is not sent again: under the old index it would have other bytes.
     *
     * @param next has the same SSRC
     */
    public void update(SubscriptionFormat next) {
        if (next.ssrc() != format.ssrc()) {
            throw new IllegalArgumentException("another SSRC is another subscription");
        }
        if (!next.equals(format)) {
            format = next;
            onSourceExtensions();
        }
    }

    /** The ids of header extensions have changed, here or at the publisher. */
    void onSourceExtensions() {
        header = header();
        if (sent != null) {
            sent.clear();
        }
    }

    public int ssrc() {
        return format.ssrc();
    }

    public int rtxSsrc() {
        return format.rtxSsrc();
    }

    /** Starts receiving; on the viewer's loop. */
    public void begin() {
        counters.count(MediaCount.SUBSCRIPTIONS_BEGUN);
        fanout.add(this);
        fanout.requestKeyframe(selector.encoding());
    }

    /** Stops receiving, for this viewer only; on the viewer's loop. */
    public void end() {
        counters.count(MediaCount.SUBSCRIPTIONS_ENDED);
        fanout.remove(this);
    }

    /** Whether it could be sent something and never was. */
    boolean isNew() {
        return packetCount == 0 && egress.ready();
    }

    /** Whether anything of an encoding is of use now. */
    boolean wants(int encoding) {
        return selector.wants(encoding);
    }

    /** What the publisher sends from now on. */
    void onLayers(TrackLayers layers) {
        selector.onLayers(layers);
    }

    /** Packets of an encoding were lost on our side. */
    void interrupt(int encoding) {
        selector.interrupt(encoding);
    }

    /**
     * Forwards one packet of an encoding that it {@link #wants}, or drops it with a reason.
     *
     * @param info what was found in it; overwritten afterwards
     * @param padded whether a byte of padding stands behind the payload, to be sent if this viewer may
     *     be sent any
     * @param beginning with which packet a viewer who waits can begin now, or {@link Fanout#NOWHERE};
     *     of the same frame as this one
     * @param newest the highest number that was known when the packet came: what came after it will be
     *     forwarded after it
     */
    void forward(
            RtpPacket packet,
            PayloadInfo info,
            boolean padded,
            long trackSequence,
            long beginning,
            long newest,
            long nowNanos) {
        int encoding = TrackSequence.encoding(trackSequence);
        if (!egress.ready()) {
            drops.count(DropReason.VIEWER_NOT_CONNECTED);
            selector.interrupt(encoding);
            return;
        }
        boolean goesOn = encoding == selector.encoding();
        if (goesOn && rewriter.jumps(trackSequence)) {
            selector.interrupt(encoding);
        }
        // After an interruption a keyframe may be repaired whose rest was sent already.
        boolean passed = goesOn && rewriter.passed(beginning);
        boolean canBegin = beginning != Fanout.NOWHERE && !passed;
        switch (selector.select(encoding, packet.ssrc(), canBegin)) {
            case DROP -> {
                drops.count(DropReason.AWAITING_KEYFRAME);
                fanout.requestKeyframe(encoding);
            }
            case BEGIN -> {
                rewriter.begin(beginning, packet.timestamp(), nowNanos);
                catchUp(packet, trackSequence, beginning, newest, nowNanos);
            }
            case RESUME -> {
                rewriter.resume(beginning);
                catchUp(packet, trackSequence, beginning, newest, nowNanos);
            }
            case FORWARD -> forwardOne(packet, padded, trackSequence, nowNanos);
        }
    }

    /**
     * Begins a run with what there is of it, in order. What is kept behind its first packet was dropped
     * for this viewer when it came, so that nothing is sent twice.
     */
    private void catchUp(
            RtpPacket packet, long trackSequence, long beginning, long newest, long nowNanos) {
        for (long sequence = beginning; sequence <= newest; sequence++) {
            if (sequence == trackSequence) {
                forwardOne(packet, false, trackSequence, nowNanos);
            } else if (fanout.find(sequence, resent) && resent.ssrc() == packet.ssrc()) {
                forwardOne(resent, false, sequence, nowNanos);
            }
        }
    }

    private void forwardOne(RtpPacket packet, boolean padded, long trackSequence, long nowNanos) {
        long sequence = rewriter.sequence(trackSequence);
        if (sequence == RtpRewriter.BEFORE_RUN) {
            drops.count(DropReason.BEFORE_SWITCH);
            return;
        }
        int timestamp = rewriter.timestamp(packet.timestamp());
        int transportSequence = nextTransportSequence();
        // A plain resend has to repeat these bytes, and it knows of no padding.
        boolean pads = padded && format.rtxSsrc() != 0 && egress.mayPad();
        if (!send(packet, pads, sequence, timestamp, transportSequence)) {
            return;
        }
        egress.forwarded(nowNanos);
        rewriter.sent(sequence, timestamp, nowNanos);
        if (sent != null) {
            sent.keep(sequence, trackSequence, timestamp, transportSequence);
        }
        packetCount++;
        octetCount += packet.payloadBytes();
    }

    private boolean send(
            RtpPacket packet, boolean padded, long sequence, int timestamp, int transportSequence) {
        long at = egress.reserve();
        if (at == UdpPort.NO_ROOM) {
            return false;
        }
        int headerBytes =
                header.writeMedia(
                        egress.memory(),
                        at,
                        packet,
                        padded,
                        sequence,
                        timestamp,
                        transportSequence);
        if (headerBytes == RtpHeaderWriter.NO_ROOM) {
            drops.count(DropReason.HEADER_TOO_LONG);
            return false;
        }
        int payloadBytes = padded ? packet.payloadBytes() + 1 : packet.payloadBytes();
        return egress.sendRtp(
                at, headerBytes, 0, packet.memory(), packet.payloadOffset(), payloadBytes);
    }

    private int nextTransportSequence() {
        return header.numbersTransport()
                ? egress.nextTransportSequence()
                : SubscriptionHeader.NO_TRANSPORT_SEQUENCE;
    }

    /** The viewer asks for packets again (RFC 4585 6.2.1). */
    public void onNack(int first, int bitmap, long nowNanos) {
        counters.count(MediaCount.NACKS_RECEIVED);
        int asked = 1 + Integer.bitCount(bitmap & 0xffff);
        counters.add(MediaCount.PACKETS_ASKED_FOR_BY_VIEWERS, asked);
        if (!egress.mayLookFor(asked, nowNanos)) {
            drops.count(DropReason.RESEND_LIMIT);
            return;
        }
        resend(first, nowNanos);
        for (int i = 0; i < 16; i++) {
            if ((bitmap >>> i & 1) != 0) {
                resend(first + i + 1, nowNanos);
            }
        }
    }

    private void resend(int sequence16, long nowNanos) {
        int index = sent == null ? SendHistory.NONE : sent.find(sequence16);
        if (sent == null
                || index == SendHistory.NONE
                || !fanout.find(sent.trackSequence(index), resent)) {
            drops.count(DropReason.RESEND_UNAVAILABLE);
            return;
        }
        if (!sent.mayResend(index, nowNanos, Math.max(roundTripNanos, RESEND_INTERVAL_MIN_NANOS))) {
            drops.count(DropReason.RESEND_TOO_SOON);
            return;
        }
        if (!egress.mayResend(nowNanos)) {
            drops.count(DropReason.RESEND_LIMIT);
            return;
        }
        boolean isSent;
        if (format.rtxSsrc() == 0) {
            // Under one key the same index must protect the same bytes: number and extensions as
            // sent before.
            isSent =
                    send(
                            resent,
                            false,
                            sent.sequence(index),
                            sent.timestamp(index),
                            sent.transportSequence(index));
        } else {
            isSent = sendRtx(resent, sequence16, sent.timestamp(index));
        }
        if (isSent) {
            sent.resent(index, nowNanos);
            counters.count(MediaCount.RETRANSMISSIONS_SENT);
        }
    }

    private boolean sendRtx(RtpPacket packet, int originalSequence, int timestamp) {
        long at = egress.reserve();
        if (at == UdpPort.NO_ROOM) {
            return false;
        }
        int headerBytes =
                header.writeRetransmission(
                        egress.memory(),
                        at,
                        packet,
                        rtxSequence++,
                        timestamp,
                        nextTransportSequence());
        if (headerBytes == RtpHeaderWriter.NO_ROOM) {
            drops.count(DropReason.HEADER_TOO_LONG);
            return false;
        }
        Wire.put16(egress.memory(), at + headerBytes, originalSequence);
        return egress.sendRtp(
                at,
                headerBytes,
                OSN_BYTES,
                packet.memory(),
                packet.payloadOffset(),
                packet.payloadBytes());
    }

    /** The viewer's decoder lost the picture. */
    public void onPictureLoss() {
        fanout.requestKeyframe(selector.encoding());
    }

    /**
     * What the viewer says of this stream (RFC 3550 6.4.1).
     *
     * @param lastSenderReport middle 32 bits of the NTP time of our last report, or 0
     * @param delayUnits since that report arrived there, in 1/65536 s, unsigned
     * @return whether {@link #roundTripNanos} was measured with it
     */
    public boolean onReport(int lastSenderReport, int delayUnits, long nowNanos) {
        if (lastReportMiddle == 0 || lastSenderReport != lastReportMiddle) {
            return false;
        }
        long elapsed = nowNanos - lastReportNanos - NtpTime.unitsToNanos(delayUnits);
        roundTripNanos = Math.max(1, elapsed);
        return true;
    }

    /** Lets go of what is kept and too old to be asked for; on the viewer's loop, now and then. */
    public void expire(long nowNanos) {
        fanout.expire(nowNanos);
    }

    /** An invariant is broken here: the viewer's transport ends. */
    void fail(RuntimeException defect) {
        egress.fail(defect);
    }

    /** Round trip to the viewer, a default before it is measured. */
    public long roundTripNanos() {
        return roundTripNanos;
    }

    /**
     * Writes this stream's sender report, on the publisher's own clock line, so that its audio and
     * video stay in step whatever each viewer's numbers are.
     *
     * @return false if there is nothing to say yet, or no room
     */
    public boolean writeSenderReport(RtcpWriter writer, long nowNanos) {
        SenderClock clock = fanout.senderClock(selector.encoding());
        if (packetCount == 0 || clock == null || !selector.follows(clock.ssrc())) {
            return false;
        }
        long elapsedNanos = nowNanos - clock.arrivalNanos();
        long ntp = clock.ntpTimestamp() + ntpOf(elapsedNanos);
        int elapsedTicks = (int) (elapsedNanos * fanout.codec().clockRateHz() / 1_000_000_000);
        int timestamp = rewriter.timestamp(clock.rtpTimestamp() + elapsedTicks);
        if (!writer.senderReport(format.ssrc(), ntp, timestamp, packetCount, octetCount)) {
            return false;
        }
        lastReportMiddle = NtpTime.middle(ntp);
        lastReportNanos = nowNanos;
        return true;
    }

    /** A duration in NTP's 32.32 fixed point. */
    private static long ntpOf(long nanos) {
        return NtpTime.ofUnixNanos(nanos) - NtpTime.ofUnixNanos(0);
    }
}
