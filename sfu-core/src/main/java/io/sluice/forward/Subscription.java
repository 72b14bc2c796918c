package io.sluice.forward;

import io.sluice.codec.PayloadInfo;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.NtpTime;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import java.util.random.RandomGenerator;

/**
 * One viewer of one track: its stream of the track, under its own SSRC, numbers and payload types.
 *
 * <p>Owned by the viewer's loop. Per packet: {@link LayerSelector}, then {@link ViewerStream};
 * nothing is allocated.
 */
public final class Subscription {
    /** A sender report and the source description behind it, without the name's letters. */
    public static final int REPORT_BYTES = 28 + 16;

    /** Until the round trip is known, a packet is not sent again within this time. */
    private static final long DEFAULT_ROUND_TRIP_NANOS = 50_000_000;

    /** The round trip is the viewer's word: it may not talk us into sending without a pause. */
    private static final long RESEND_INTERVAL_MIN_NANOS = 20_000_000;

    private final Fanout fanout;
    private final Egress egress;
    private final DropCounters drops;
    private final MediaCounters counters;
    private final LayerSelector selector = new LayerSelector();
    private final ViewerStream stream;
    private final RtpPacket kept;
    private final PayloadInfo keptInfo;

    private ViewerWish wish = ViewerWish.EVERYTHING;
    private TrackLayers layers = TrackLayers.UNKNOWN;
    private int lastReportMiddle;
    private long lastReportNanos;
    private long roundTripNanos = DEFAULT_ROUND_TRIP_NANOS;

    /** Begins nothing yet: {@link Fanout#add} does. */
    public Subscription(
            SubscriptionFormat format, Fanout fanout, Egress egress, RandomGenerator random) {
        this.fanout = fanout;
        this.egress = egress;
        drops = egress.drops();
        counters = egress.counters();
        kept = egress.scratch().resent();
        keptInfo = egress.scratch().resentInfo();
        stream = new ViewerStream(format, fanout, egress, random);
    }

    /**
     * The viewer's numbers from now on, after a new description; on the viewer's loop. What was sent
     * is not sent again: under the old index it would have other bytes.
     *
     * @param next has the same SSRC
     */
    public void update(SubscriptionFormat next) {
        if (next.ssrc() != stream.format().ssrc()) {
            throw new IllegalArgumentException("another SSRC is another subscription");
        }
        if (!next.equals(stream.format())) {
            stream.update(next);
            aim();
        }
    }

    /** The ids of header extensions have changed at the publisher. */
    void onSourceExtensions() {
        stream.onExtensions();
        aim();
    }

    public int ssrc() {
        return stream.format().ssrc();
    }

    public int rtxSsrc() {
        return stream.format().rtxSsrc();
    }

    /** Starts receiving; on the viewer's loop. */
    public void begin() {
        counters.count(MediaCount.SUBSCRIPTIONS_BEGUN);
        fanout.add(this);
        requestAwaited();
    }

    /** Stops receiving, for this viewer only; on the viewer's loop. */
    public void end() {
        counters.count(MediaCount.SUBSCRIPTIONS_ENDED);
        fanout.remove(this);
    }

    /** Whether it could be sent something and never was. */
    boolean isNew() {
        return stream.packetCount() == 0 && egress.ready();
    }

    /** What the viewer asks of this track from now on; on the viewer's loop. */
    public void want(ViewerWish next) {
        wish = next;
        aim();
    }

    /** What the publisher sends from now on. */
    void onLayers(TrackLayers sent) {
        layers = sent;
        aim();
    }

    /** Chooses what to get to, and goes on with what is sent until that is. */
    private void aim() {
        LayerTarget before = selector.target();
        if (wish.paused()) {
            selector.target(LayerTarget.NOTHING, LayerTarget.NO_ENCODING);
            stream.closeHoles();
            return;
        }
        int best = LayerChoice.encoding(layers, wish, true);
        if (best == LayerTarget.NO_ENCODING) {
            selector.target(capped(LayerTarget.ANYTHING), 0);
        } else {
            int sent = LayerChoice.encoding(layers, wish, false);
            selector.target(
                    capped(LayerChoice.within(wish, best, layers)),
                    sent == LayerTarget.NO_ENCODING ? best : sent);
        }
        int current = selector.encoding();
        if (current < layers.encodings().size() && !layers.encodings().get(current).active()) {
            selector.interrupt(current);
        }
        if (!selector.isThere() && !selector.target().equals(before)) {
            requestAwaited();
        }
    }

    private LayerTarget capped(LayerTarget wanted) {
        return stream.takesSpatialLayers()
                ? wanted
                : new LayerTarget(wanted.encoding(), 0, wanted.temporal());
    }

    private void requestAwaited() {
        int awaited = selector.awaited();
        if (awaited != LayerTarget.NO_ENCODING) {
            fanout.requestKeyframe(awaited);
        }
    }

    /** Whether anything of an encoding is of use now. */
    boolean wants(int encoding) {
        return selector.wants(encoding);
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
        int before = selector.encoding();
        boolean goesOn = encoding == before;
        if (packet.payloadBytes() == 0) {
            drops.count(DropReason.PADDING_ONLY);
            if (goesOn && selector.isRunning() && selector.follows(packet.ssrc())) {
                stream.skip(packet, info, trackSequence);
            }
            return;
        }
        if (goesOn && stream.jumps(trackSequence)) {
            selector.interrupt(encoding);
        }
        // After an interruption a keyframe may be repaired whose rest was sent already.
        boolean canBegin = beginning != Fanout.NOWHERE && !stream.passed(beginning);
        boolean isLate = stream.passed(trackSequence);
        switch (selector.select(
                encoding, packet.ssrc(), info, packet.timestamp(), isLate, canBegin)) {
            case AWAIT -> {
                drops.count(DropReason.AWAITING_KEYFRAME);
                if (selector.asksFor(encoding)) {
                    fanout.requestKeyframe(encoding);
                }
            }
            case IGNORE -> drops.count(DropReason.UNWANTED_LAYER);
            case SKIP -> skip(packet, info, trackSequence);
            case FORWARD -> stream.forward(packet, info, selector, padded, trackSequence, nowNanos);
            case RESUME -> {
                stream.resume(beginning, info);
                catchUp(packet, info, trackSequence, beginning, newest, nowNanos);
            }
            case BEGIN -> {
                SenderClock clockBefore = fanout.senderClock(before);
                SenderClock clock = fanout.senderClock(encoding);
                stream.begin(beginning, packet, info, clockBefore, clock, nowNanos);
                catchUp(packet, info, trackSequence, beginning, newest, nowNanos);
            }
        }
        if (selector.pollKeyframeNeeded()) {
            fanout.requestKeyframe(encoding);
        }
    }

    private void skip(RtpPacket packet, PayloadInfo info, long trackSequence) {
        drops.count(DropReason.UNWANTED_LAYER);
        stream.skip(packet, info, trackSequence);
    }

    /**
     * Begins a run with what there is of it, in order. What is kept behind its first packet was dropped
     * for this viewer when it came, so that nothing is sent twice.
     */
    private void catchUp(
            RtpPacket packet,
            PayloadInfo info,
            long trackSequence,
            long beginning,
            long newest,
            long nowNanos) {
        for (long sequence = beginning; sequence <= newest; sequence++) {
            if (sequence == trackSequence) {
                continueWith(packet, info, trackSequence, nowNanos);
            } else if (fanout.find(sequence, kept) && kept.ssrc() == packet.ssrc()) {
                fanout.payloads().readAgain(kept, TrackSequence.encoding(sequence), keptInfo);
                continueWith(kept, keptInfo, sequence, nowNanos);
            }
        }
    }

    private void continueWith(
            RtpPacket packet, PayloadInfo info, long trackSequence, long nowNanos) {
        int encoding = TrackSequence.encoding(trackSequence);
        boolean taken =
                packet.payloadBytes() != 0
                        && selector.select(
                                        encoding,
                                        packet.ssrc(),
                                        info,
                                        packet.timestamp(),
                                        true,
                                        false)
                                == LayerSelector.Choice.FORWARD;
        if (taken) {
            stream.forward(packet, info, selector, false, trackSequence, nowNanos);
        } else {
            skip(packet, info, trackSequence);
        }
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
        long intervalNanos = Math.max(roundTripNanos, RESEND_INTERVAL_MIN_NANOS);
        stream.resend(first, nowNanos, intervalNanos);
        for (int i = 0; i < 16; i++) {
            if ((bitmap >>> i & 1) != 0) {
                stream.resend(first + i + 1, nowNanos, intervalNanos);
            }
        }
    }

    /** The viewer's decoder lost the picture. */
    public void onPictureLoss() {
        if (selector.isRunning()) {
            fanout.requestKeyframe(selector.encoding());
        } else {
            requestAwaited();
        }
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
        if (stream.packetCount() == 0 || clock == null || !selector.follows(clock.ssrc())) {
            return false;
        }
        long elapsedNanos = nowNanos - clock.arrivalNanos();
        long ntp = clock.ntpTimestamp() + ntpOf(elapsedNanos);
        int elapsedTicks = (int) (elapsedNanos * fanout.codec().clockRateHz() / 1_000_000_000);
        int timestamp = stream.timestamp(clock.rtpTimestamp() + elapsedTicks);
        if (!writer.senderReport(
                ssrc(), ntp, timestamp, stream.packetCount(), stream.octetCount())) {
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
