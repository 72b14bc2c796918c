package io.sluice.forward;

import io.sluice.codec.Codec;
import io.sluice.codec.PayloadInfo;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
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
    /** So far back a run that ends is looked through for holes: what comes later is not waited for. */
    private static final int ENDING_PACKETS = 256;

    /** A small keyframe is asked for, comes and is there; who still asks then is not to ask for ever. */
    private static final long LEFT_NANOS = 500_000_000;

    private static final long NONE = -1;

    /** Instead of the length of what was sent again: it can be read no more. */
    static final int GONE = -1;

    private final Fanout fanout;
    private final Egress egress;
    private final DropCounters drops;
    private final MediaCounters counters;
    private final RtpRewriter rewriter;

    /** Of codecs that number pictures. */
    private final @Nullable PictureNumbers pictures;

    private final FrameNumbers frames = new FrameNumbers();

    private final @Nullable SendHistory sent;
    private final RtpPacket resent;
    private final PayloadInfo resentInfo;
    private final ViewerPackets packets;

    /** When a packet left last. */
    private long lastNanos;

    private int packetCount;
    private int octetCount;

    private boolean abandoned;

    /** The viewer's first number that is sent again at once: those before it only {@link #LEFT_NANOS} later. */
    private long resentFrom;

    /** When the last packet before {@link #resentFrom} was sent. */
    private long leftNanos;

    /** The viewer's first number that may be a hole: of this run, or of one before of which packets were given up. */
    private long openFirst = Long.MAX_VALUE;

    private long skippedSequence = NONE;
    private int skippedTimestamp;
    private int skippedSpatial;

    ViewerStream(SubscriptionFormat format, Fanout fanout, Egress egress, RandomGenerator random) {
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
        packets = new ViewerPackets(format, fanout, egress, random.nextInt(1, 1 << 15));
    }

    /**
     * Goes on where another stream under the same SSRCs has ended; before anything of this one is sent. What
     * that one sent is not sent again.
     */
    void takeOver(ViewerStream before) {
        rewriter.takeOver(before.rewriter);
        if (pictures != null && before.pictures != null) {
            pictures.takeOver(before.pictures);
        }
        packets.takeOver(before.packets);
        packetCount = before.packetCount;
        octetCount = before.octetCount;
        frames.takeOver(before.frames);
        lastNanos = before.lastNanos;
        openFirst = Long.MAX_VALUE;
    }

    /** The viewer's numbers from now on. */
    void update(SubscriptionFormat next) {
        packets.update(next);
        forgetSent();
    }

    /**
     * The ids of header extensions have changed, here or at the publisher. What was sent is not sent
     * again: under the old index it would have other bytes.
     */
    void onExtensions() {
        packets.onExtensions();
        forgetSent();
    }

    private void forgetSent() {
        if (sent != null) {
            // What waits could not be found any more; it is given up and counted.
            egress.giveUp(this);
            sent.clear();
            // It is not known any more which numbers were used.
            openFirst = Long.MAX_VALUE;
        }
    }

    /**
     * Whether the viewer can take several spatial layers. Without dependency descriptors browsers cannot
     * tell where a frame of AV1 ends within a picture.
     */
    boolean takesSpatialLayers() {
        return fanout.codec() != Codec.AV1 || packets.describes();
    }

    SubscriptionFormat format() {
        return packets.format();
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
        frames.begin(info);
        if (pictures != null) {
            pictures.begin(info);
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
        for (long at = Math.max(openFirst, highest - ENDING_PACKETS); at <= highest; at++) {
            if (sent != null && !sent.has(at)) {
                close(at);
            }
        }
        openFirst = highest + 1;
    }

    private void close(long hole) {
        if (!egress.ready()) {
            return;
        }
        int timestamp = rewriter.highestTimestamp();
        int departure = packets.nextDeparture(lastNanos);
        if (packets.sendPadding(hole, timestamp, departure, lastNanos)) {
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
        long rewrite = rewrite(packet, info, selector);
        if (sent != null && egress.mustWait(this, nowNanos)) {
            if (egress.await(this, sequence, nowNanos)) {
                rewriter.sent(sequence, timestamp, nowNanos);
                keep(sequence, trackSequence, timestamp, SendHistory.WAITING, rewrite);
            }
            return;
        }
        int departure = packets.nextDeparture(nowNanos);
        // A plain resend has to repeat these bytes, and it knows of no padding.
        boolean pads = padded && packets.hasRtx() && egress.mayPad();
        if (!packets.sendMedia(
                packet, info, rewrite, pads, sequence, timestamp, departure, nowNanos)) {
            return;
        }
        egress.forwarded(nowNanos);
        rewriter.sent(sequence, timestamp, nowNanos);
        keep(sequence, trackSequence, timestamp, departure, rewrite);
        count(packet);
    }

    private void count(RtpPacket packet) {
        packetCount++;
        octetCount += packet.payloadBytes();
    }

    /**
     * Sends a packet that waited for its turn, unless it cannot be read again.
     *
     * @param sequence the viewer's
     * @param sinceNanos when its turn should have been
     */
    void sendWaiting(long sequence, long sinceNanos, long nowNanos) {
        SendHistory history = sent;
        int entry = history == null ? SendHistory.NONE : history.find((int) sequence & 0xffff);
        if (history == null || entry == SendHistory.NONE) {
            abandon(sequence);
            return;
        }
        if (!history.isWaiting(entry)) {
            return;
        }
        if (!findAgain(history, entry)) {
            abandon(sequence);
            return;
        }
        lastNanos = nowNanos;
        int departure = packets.nextDeparture(nowNanos);
        if (packets.sendMedia(
                resent,
                resentInfo,
                history.rewrite(entry),
                false,
                sequence,
                history.timestamp(entry),
                departure,
                nowNanos)) {
            egress.waited(nowNanos - sinceNanos);
            history.departed(entry, departure);
            count(resent);
        } else {
            abandon(sequence);
        }
    }

    /** A packet that waits will not be sent: the stream is broken until it begins anew. */
    void abandon(long sequence) {
        drops.count(DropReason.PACER_FULL);
        abandoned = true;
        // It may be of a run that has ended already: nothing was missing of it then.
        openFirst = Math.min(openFirst, sequence);
        if (sent != null) {
            sent.forget(sequence);
        }
    }

    /** Nothing that was sent up to now is sent again for a while: what comes begins anew, and stands behind it. */
    void leaveBehind() {
        resentFrom = rewriter.highestSequence() + 1;
        leftNanos = lastNanos;
    }

    /** Whether packets that waited were given up since this was asked last. */
    boolean pollAbandoned() {
        boolean was = abandoned;
        abandoned = false;
        return was;
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
        long frame = frames.rewrite(info, selector);
        return packets.describes() ? rewrite | frame : rewrite;
    }

    /** Sends a packet again that the viewer misses, now or in its turn, or counts why not. */
    void resend(int sequence16, long nowNanos, long intervalNanos) {
        SendHistory history = sent;
        int entry = history == null ? SendHistory.NONE : history.find(sequence16);
        if (history == null || entry == SendHistory.NONE || !findAgain(history, entry)) {
            drops.count(DropReason.RESEND_UNAVAILABLE);
            return;
        }
        if (history.sequence(entry) < resentFrom && nowNanos - leftNanos < LEFT_NANOS) {
            drops.count(DropReason.RESEND_LEFT_BEHIND);
            return;
        }
        if (history.isWaiting(entry) || !history.mayResend(entry, nowNanos, intervalNanos)) {
            drops.count(DropReason.RESEND_TOO_SOON);
            return;
        }
        lastNanos = nowNanos;
        if (!egress.mayResend(nowNanos)) {
            drops.count(DropReason.RESEND_LIMIT);
            return;
        }
        // Lost twice, a packet holds the picture up: it must not be lost a third time.
        boolean inTwo = history.wasResent(entry) || egress.losesByItself();
        boolean taken =
                egress.resendMustWait(nowNanos)
                        ? egress.awaitAgain(this, history.sequence(entry), nowNanos)
                        : sendCounted(history, entry, nowNanos);
        if (taken) {
            egress.onResend(resent.lengthBytes(), nowNanos);
            history.resent(entry, nowNanos);
            if (inTwo && history.trackSequence(entry) != SendHistory.PADDING) {
                egress.awaitCopy(this, history.sequence(entry), nowNanos);
            }
        }
    }

    private boolean sendCounted(SendHistory history, int entry, long nowNanos) {
        boolean left = sendAgain(history, entry, nowNanos);
        if (left) {
            counters.count(MediaCount.RETRANSMISSIONS_SENT);
        }
        return left;
    }

    /**
     * Sends a packet again whose turn has come, or a copy of one; not counted.
     *
     * @return how many bytes of media its publisher sent, 1 if it is padding; 0 if it could not be sent, which is
     *     counted where it failed; {@link #GONE} if it can be read no more
     */
    int resendWaiting(long sequence, long nowNanos) {
        SendHistory history = sent;
        int entry = history == null ? SendHistory.NONE : history.find((int) sequence & 0xffff);
        if (history == null || entry == SendHistory.NONE || !findAgain(history, entry)) {
            return GONE;
        }
        lastNanos = nowNanos;
        boolean isPadding = history.trackSequence(entry) == SendHistory.PADDING;
        return !sendAgain(history, entry, nowNanos) ? 0 : isPadding ? 1 : resent.lengthBytes();
    }

    /** Whether packets may be sent to this viewer that it needs for nothing, and that it reports on. */
    boolean canProbe() {
        return sent != null && packets.hasRtx() && packets.isReportedOn();
    }

    /**
     * Sends a packet that only probes: one of the last again, if it can be, for it might repair something.
     *
     * @param back how many packets before the last one
     * @return whether something was sent
     */
    boolean sendProbe(int back, long nowNanos) {
        lastNanos = nowNanos;
        long sequence = rewriter.highestSequence() - back;
        SendHistory history = sent;
        if (history != null) {
            int entry = history.find((int) sequence & 0xffff);
            if (entry != SendHistory.NONE
                    && !history.isWaiting(entry)
                    && history.trackSequence(entry) != SendHistory.PADDING
                    && findAgain(history, entry)) {
                return sendAgain(history, entry, nowNanos);
            }
        }
        return packets.sendProbe(rewriter.highestTimestamp(), nowNanos);
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

    private boolean sendAgain(SendHistory history, int entry, long nowNanos) {
        long rewrite = history.rewrite(entry);
        int timestamp = history.timestamp(entry);
        long sequence = history.sequence(entry);
        int departure = history.departure(entry);
        if (history.trackSequence(entry) == SendHistory.PADDING) {
            egress.repeatsNumber();
            return packets.sendPadding(sequence, timestamp, departure, nowNanos);
        }
        if (!packets.hasRtx()) {
            // Under one key the same index must protect the same bytes: number and extensions as
            // sent before.
            egress.repeatsNumber();
            return packets.sendMedia(
                    resent, resentInfo, rewrite, false, sequence, timestamp, departure, nowNanos);
        }
        return packets.sendRtx(
                resent, resentInfo, rewrite, (int) sequence & 0xffff, timestamp, nowNanos);
    }
}
