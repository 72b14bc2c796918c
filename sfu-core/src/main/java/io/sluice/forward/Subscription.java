package io.sluice.forward;

import io.sluice.bandwidth.Ladder;
import io.sluice.bandwidth.Picture;
import io.sluice.bandwidth.Prominence;
import io.sluice.bandwidth.Rung;
import io.sluice.codec.MediaKind;
import io.sluice.codec.PayloadInfo;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One viewer of one track: its stream of the track, under its own SSRC, numbers and payload types.
 *
 * <p>Owned by the viewer's loop. Per packet: {@link LayerSelector}, then {@link ViewerStream};
 * nothing is allocated.
 */
public final class Subscription {
    /** A sender report and the source description behind it, without the name's letters. */
    public static final int REPORT_BYTES = 28 + 16;

    /** The round trip is the viewer's word: it may not talk us into sending without a pause. */
    private static final long RESEND_INTERVAL_MIN_NANOS = 20_000_000;

    /** Of a packet, around what its publisher sent as payload. */
    private static final int PACKET_BYTES = 28 + 12 + 16 + 10;

    private final Fanout fanout;
    private final Egress egress;
    private final DropCounters drops;
    private final MediaCounters counters;
    private final LayerSelector selector = new LayerSelector();
    private final ViewerStream stream;
    private final CatchUp catchUp;
    private final StreamReports reports;

    /** Null for what is heard, which is never bounded. */
    private final @Nullable Picture picture;

    private @Nullable Allocation allocation;

    /** As the allocation's listener was told. */
    private int allocated = LayerTarget.ANY_ENCODING;

    private ViewerWish wish = ViewerWish.EVERYTHING;
    private TrackLayers layers = TrackLayers.UNKNOWN;

    /** Of another track; sent under the same SSRC until this one can begin, and ended with it then. */
    private @Nullable Subscription predecessor;

    /** What was sent before this one began. */
    private long inheritedBytes;

    /** Begins nothing yet: {@link Fanout#add} does. */
    public Subscription(
            SubscriptionFormat format, Fanout fanout, Egress egress, RandomGenerator random) {
        this(format, fanout, egress, random, new StreamReports());
    }

    private Subscription(
            SubscriptionFormat format,
            Fanout fanout,
            Egress egress,
            RandomGenerator random,
            StreamReports reports) {
        this.fanout = fanout;
        this.egress = egress;
        this.reports = reports;
        drops = egress.drops();
        counters = egress.counters();
        stream = new ViewerStream(format, fanout, egress, random);
        catchUp = new CatchUp(fanout, egress, selector, stream);
        picture =
                fanout.codec().kind() == MediaKind.VIDEO
                        ? new Picture(ladder(), this::onGranted)
                        : null;
    }

    /**
     * Another track under the same SSRC, in place of this one: what the viewer gets of this one goes on until
     * something of the other can be shown, and is followed by it without a break in its numbers.
     *
     * @param format has the same SSRCs
     * @param next of the same kind of media
     */
    public Subscription goOver(SubscriptionFormat format, Fanout next, RandomGenerator random) {
        if (format.ssrc() != ssrc() || next.codec().kind() != fanout.codec().kind()) {
            throw new IllegalArgumentException("another SSRC or kind is another subscription");
        }
        Subscription successor = new Subscription(format, next, egress, random, reports);
        successor.predecessor = this;
        if (predecessor != null) {
            // Nothing of this one was ever sent.
            successor.predecessor = predecessor;
            predecessor = null;
            end();
        }
        return successor;
    }

    /** Whether it is of the track that a fan-out belongs to. */
    public boolean isOf(Fanout other) {
        return fanout == other;
    }

    /** The viewer gets nothing more of the track before, and goes on under its numbers. */
    private void takeOver(Subscription before) {
        predecessor = null;
        egress.giveUp(before.stream);
        before.stream.closeHoles();
        before.end();
        stream.takeOver(before.stream);
        inheritedBytes = sentBytes();
        if (picture != null) {
            egress.add(stream);
        }
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
            if (predecessor != null) {
                takeOver(predecessor);
            }
            stream.update(next);
            offer();
            aim();
        }
    }

    /** The ids of header extensions have changed at the publisher. */
    void onSourceExtensions() {
        stream.onExtensions();
        offer();
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
        if (picture != null && predecessor == null) {
            egress.add(stream);
        }
        fanout.add(this);
        request();
    }

    /** Stops receiving, for this viewer only; on the viewer's loop. */
    public void end() {
        counters.count(MediaCount.SUBSCRIPTIONS_ENDED);
        fanout.remove(this);
        egress.forget(stream);
        if (predecessor != null) {
            predecessor.end();
        }
    }

    /** Whether it could be sent something and never was. */
    boolean isNew() {
        return stream.packetCount() == 0 && egress.ready();
    }

    /** What the viewer asks of this track from now on; on the viewer's loop. */
    public void want(ViewerWish next) {
        wish = next;
        offer();
        if (picture != null) {
            picture.ask(!next.paused(), next.priority());
        }
        aim();
    }

    /** What the publisher sends from now on. */
    void onLayers(TrackLayers sent) {
        layers = sent;
        offer();
        aim();
    }

    /** What shares out bandwidth, before it begins; none bounds nothing. */
    void allocation(Allocation sharing) {
        allocation = sharing;
    }

    /** What is to be shown of the track; null if it is heard. */
    @Nullable Picture picture() {
        return picture;
    }

    /** All that was sent, roughly: with headers, extensions and authentication. */
    long sentBytes() {
        return Integer.toUnsignedLong(stream.octetCount())
                + Integer.toUnsignedLong(stream.packetCount()) * PACKET_BYTES
                - inheritedBytes;
    }

    /** Looks at who speaks now. */
    void followProminence() {
        if (picture != null) {
            picture.prominence(fanout.news().prominence());
        }
    }

    private Ladder ladder() {
        boolean still = fanout.news().prominence() == Prominence.SCREEN;
        return LayerLadder.of(layers, wish, stream.takesSpatialLayers(), still);
    }

    private void offer() {
        if (picture != null) {
            picture.offer(ladder());
            if (allocation != null) {
                allocation.change();
            }
        }
    }

    private void onGranted() {
        aim();
        if (picture != null && picture.fellFar() && (picture.isPaused() || !selector.isThere())) {
            // A keyframe of what fits would stand behind it, and come too late.
            egress.giveUp(stream);
            selector.interrupt(selector.encoding());
            stream.leaveBehind();
        }
        // It may have been decided for the first time, and nothing be asked for yet.
        request();
    }

    /** Says what is granted, if that is another encoding than was said. */
    void reportAllocated(Allocation.Listener listener) {
        int encoding = grantedEncoding();
        if (encoding != allocated) {
            allocated = encoding;
            boolean paused = encoding == LayerTarget.NO_ENCODING;
            counters.count(paused ? MediaCount.STREAMS_PAUSED : MediaCount.ALLOCATIONS_CHANGED);
            listener.onAllocated(ssrc(), encoding);
        }
    }

    private int grantedEncoding() {
        if (picture == null || wish.paused()) {
            return LayerTarget.ANY_ENCODING;
        }
        Rung bound = picture.bound();
        if (picture.isPaused()) {
            return LayerTarget.NO_ENCODING;
        }
        return bound == null ? LayerTarget.ANY_ENCODING : bound.encoding();
    }

    /** Chooses what to get to, and goes on with what is sent until that is. */
    private void aim() {
        LayerTarget before = selector.target();
        if (wish.paused() || (picture != null && picture.isPaused())) {
            selector.target(LayerTarget.NOTHING, LayerTarget.NO_ENCODING);
            if (predecessor != null && (picture == null || !picture.isUndecided())) {
                takeOver(predecessor);
            }
            egress.giveUp(stream);
            stream.closeHoles();
            return;
        }
        selector.aim(
                layers,
                wish,
                picture == null ? null : picture.bound(),
                stream.takesSpatialLayers());
        int current = selector.encoding();
        if (current < layers.encodings().size() && !layers.encodings().get(current).active()) {
            selector.interrupt(current);
        }
        if (!selector.isThere() && !selector.target().equals(before)) {
            request();
        }
    }

    private void request() {
        if (picture == null || !picture.isUndecided()) {
            requestAwaited();
        }
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
        if (stream.pollAbandoned()) {
            selector.interrupt(before);
        }
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
            case SKIP -> {
                drops.count(DropReason.UNWANTED_LAYER);
                stream.skip(packet, info, trackSequence);
            }
            case FORWARD -> stream.forward(packet, info, selector, padded, trackSequence, nowNanos);
            case RESUME -> {
                stream.resume(beginning, info);
                catchUp.run(packet, info, trackSequence, beginning, newest, nowNanos);
            }
            case BEGIN -> {
                SenderClock clockBefore = fanout.news().senderClock(before);
                if (predecessor != null) {
                    takeOver(predecessor);
                    clockBefore = null;
                }
                SenderClock clock = fanout.news().senderClock(encoding);
                stream.begin(beginning, packet, info, clockBefore, clock, nowNanos);
                catchUp.run(packet, info, trackSequence, beginning, newest, nowNanos);
            }
        }
        if (selector.pollKeyframeNeeded()) {
            fanout.requestKeyframe(encoding);
        }
    }

    /** The viewer asks for packets again (RFC 4585 6.2.1). */
    public void onNack(int first, int bitmap, long nowNanos) {
        if (predecessor != null) {
            predecessor.onNack(first, bitmap, nowNanos);
            return;
        }
        counters.count(MediaCount.NACKS_RECEIVED);
        int asked = 1 + Integer.bitCount(bitmap & 0xffff);
        counters.add(MediaCount.PACKETS_ASKED_FOR_BY_VIEWERS, asked);
        if (!egress.mayLookFor(asked, nowNanos)) {
            drops.count(DropReason.RESEND_LIMIT);
            return;
        }
        long intervalNanos = Math.max(roundTripNanos(), RESEND_INTERVAL_MIN_NANOS);
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
        return reports.onReport(lastSenderReport, delayUnits, nowNanos);
    }

    /** How many packets were sent since this was asked last: what a report of the viewer is about. */
    public int takeUnreported() {
        ViewerStream sending = predecessor == null ? stream : predecessor.stream;
        return reports.takeUnreported(sending.packetCount());
    }

    /** Lets go of what is kept and too old to be asked for; on the viewer's loop, now and then. */
    public void expire(long nowNanos) {
        fanout.expire(nowNanos);
    }

    /** What comes next is another viewer's. */
    void endRun() {
        egress.endRun();
    }

    /** An invariant is broken here: the viewer's transport ends. */
    void fail(Throwable defect) {
        egress.fail(defect);
    }

    /** Round trip to the viewer, a default before it is measured. */
    public long roundTripNanos() {
        return reports.roundTripNanos();
    }

    /**
     * Writes this stream's sender report.
     *
     * @return false if there is nothing to say yet, or no room
     */
    public boolean writeSenderReport(RtcpWriter writer, long nowNanos) {
        if (predecessor != null) {
            return predecessor.writeSenderReport(writer, nowNanos);
        }
        SenderClock clock = fanout.news().senderClock(selector.encoding());
        if (stream.packetCount() == 0 || clock == null || !selector.follows(clock.ssrc())) {
            return false;
        }
        return reports.write(writer, stream, clock, fanout.codec().clockRateHz(), nowNanos);
    }
}
