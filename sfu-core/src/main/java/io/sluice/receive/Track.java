package io.sluice.receive;

import io.sluice.codec.MediaKind;
import io.sluice.codec.PayloadFormat;
import io.sluice.codec.PayloadInfo;
import io.sluice.forward.Fanout;
import io.sluice.forward.SenderClock;
import io.sluice.loop.Departures;
import io.sluice.loop.KeptPackets;
import io.sluice.loop.LoopHandoff;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a participant publishes in one section: read once per packet, then handed to every viewer.
 *
 * <p>Owned by the publisher's loop; viewers on other loops are reached through {@link LoopHandoff}.
 */
public final class Track {
    private static final long ROUND_MASK = 0xffff;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Asked for again in one turn at most; the rest is due in the next. */
    private static final int NACKS_PER_TURN = 128;

    /** Before the picture of an H.264 keyframe: delimiter, parameter sets, messages. */
    private static final int PARAMETER_SET_PACKETS_MAX = 8;

    /** Index of the one encoding. */
    private static final int ONLY = 0;

    private static final Hop[] NO_HOPS = {};

    /** The way to the viewers of one other loop. */
    private static final class Hop {
        private final LoopHandoff handoff;
        private final Fanout fanout;

        /** Packets were refused: nothing goes this way before the next place to begin. */
        private boolean gap;

        /** The highest number that was refused: a keyframe before it has lost what follows it. */
        private long refused;

        private Hop(LoopHandoff handoff, Fanout fanout) {
            this.handoff = handoff;
            this.fanout = fanout;
        }
    }

    private final String trackId;
    private final boolean isVideo;
    private final PayloadFormat payloadFormat;
    private final PayloadInfo info = new PayloadInfo();
    private final DropCounters drops;
    private final MediaCounters counters;
    private final Fanout fanout;
    private final KeyframeRequester keyframes =
            new KeyframeRequester(KeyframeRequester.DEFAULT_INTERVAL_NANOS);

    /** What is asked for in one turn; most tracks lose nothing. */
    private long[] lost = {};

    private final AudioLevel audioLevel = new AudioLevel();
    private TrackFormat format;
    private int audioLevelId;
    private Hop[] hops = NO_HOPS;
    private @Nullable Encoding encoding;
    private @Nullable SenderClock senderClock;

    /** Of the encoding's numbers within the track's, which never repeat: whole rounds, for the low bits. */
    private long sequenceBase;

    private long highestSequence;

    /** What comes late from before this one may be of the time when nobody was to see or hear it. */
    private long highestMuted;

    private boolean keyframeSeen;
    private int keyframeTimestamp;
    private boolean closed;
    private boolean muted;

    /** A track whose publisher lives on the loop of {@code kept}; from any thread. */
    public Track(
            String trackId,
            TrackFormat format,
            KeptPackets kept,
            DropCounters drops,
            MediaCounters counters,
            Departures departures) {
        this.trackId = trackId;
        this.format = format;
        isVideo = format.codec().kind() == MediaKind.VIDEO;
        payloadFormat = PayloadFormat.of(format.codec());
        this.drops = drops;
        this.counters = counters;
        fanout = new Fanout(kept, format.codec(), format.extensions(), drops, departures);
        readIds();
    }

    private void readIds() {
        audioLevelId = isVideo ? 0 : format.extensions().id(HeaderExtension.AUDIO_LEVEL);
    }

    public String trackId() {
        return trackId;
    }

    public TrackFormat format() {
        return format;
    }

    public ExtensionMap extensions() {
        return format.extensions();
    }

    /**
     * The publisher's numbers from now on, after a new description; on the publisher's loop.
     *
     * @param next has the same codec
     */
    public void update(TrackFormat next) {
        if (next.codec() != format.codec()) {
            throw new IllegalArgumentException(
                    "%s is %s: another codec is another track"
                            .formatted(trackId, format.codec().sdpName()));
        }
        if (next.equals(format)) {
            return;
        }
        boolean otherIds = !next.extensions().equals(format.extensions());
        format = next;
        if (otherIds) {
            readIds();
            fanout.sourceExtensions(next.extensions());
            for (Hop hop : hops) {
                hop.fanout.sourceExtensions(next.extensions());
            }
        }
    }

    /** What feeds the viewers on the publisher's own loop. */
    public Fanout fanout() {
        return fanout;
    }

    /** Feeds the viewers of another loop too; on the publisher's loop. */
    public void fanOutTo(LoopHandoff handoff, Fanout remote) {
        if (closed) {
            return;
        }
        hops = Arrays.copyOf(hops, hops.length + 1);
        hops[hops.length - 1] = new Hop(handoff, remote);
        remote.sourceExtensions(format.extensions());
        if (senderClock != null) {
            remote.senderClock(ONLY, senderClock);
        }
    }

    /** Ends {@link #fanOutTo}; on the publisher's loop. */
    public void endFanOutTo(Fanout remote) {
        hops = Arrays.stream(hops).filter(hop -> hop.fanout != remote).toArray(Hop[]::new);
    }

    /**
     * Stops or resumes forwarding; on the publisher's loop. What is received meanwhile still counts, so
     * that the publisher's congestion control goes on. Viewers go on with the number after the last they
     * got, video with a keyframe.
     */
    public void mute(boolean wanted) {
        if (muted && !wanted) {
            fanout.interrupt();
            fanout.requestKeyframe(ONLY);
            for (Hop hop : hops) {
                hop.gap = true;
            }
        }
        muted = wanted;
    }

    /** How loud it is, for any thread. */
    public AudioLevel audioLevel() {
        return audioLevel;
    }

    /** The SSRC that the publisher sends under from now on. */
    public void source(int ssrc) {
        if (encoding == null || encoding.ssrc() != ssrc) {
            sequenceBase = (highestSequence | ROUND_MASK) + 1;
            encoding = new Encoding(ssrc, format.codec().clockRateHz(), counters);
        }
    }

    /** The SSRC of the media, or 0 before it is known. */
    public int ssrc() {
        return encoding == null ? 0 : encoding.ssrc();
    }

    /**
     * Takes one media packet and forwards it.
     *
     * @param slot the slot that {@code packet} lies in; held further by whoever may need it again
     */
    public void onRtp(RtpPacket packet, int slot, long nowNanos) {
        receive(packet, slot, false, nowNanos);
    }

    /** Takes a retransmission (RFC 4588): unwrapped in place, then as if it had come in time. */
    public void onRetransmission(RtpPacket packet, int slot, long nowNanos) {
        if (packet.payloadType() != format.rtxPayloadType()) {
            drops.count(DropReason.WRONG_PAYLOAD_TYPE);
            return;
        }
        counters.count(MediaCount.RETRANSMISSIONS_RECEIVED);
        if (packet.payloadBytes() == 0) {
            drops.count(DropReason.PADDING_ONLY);
            return;
        }
        if (encoding == null
                || !RtxUnwrapper.unwrap(packet, encoding.ssrc(), format.payloadType())) {
            drops.count(DropReason.BAD_RETRANSMISSION);
            return;
        }
        receive(packet, slot, true, nowNanos);
    }

    private void receive(RtpPacket packet, int slot, boolean retransmitted, long nowNanos) {
        Encoding current = encoding;
        if (current == null || packet.ssrc() != current.ssrc()) {
            drops.count(DropReason.NOT_NEGOTIATED);
            return;
        }
        if (packet.payloadType() != format.payloadType()) {
            drops.count(DropReason.WRONG_PAYLOAD_TYPE);
            return;
        }
        long sequence =
                retransmitted
                        ? current.stream().onRecovered(packet.sequence())
                        : current.stream().onRtp(packet.sequence(), packet.timestamp(), nowNanos);
        if (sequence < 0) {
            drops.count(
                    sequence == ReceiveStream.DUPLICATE
                            ? DropReason.DUPLICATE
                            : DropReason.OUT_OF_RANGE);
            return;
        }
        if (format.nack()) {
            current.nacks().onPacket(sequence, nowNanos);
        }
        payloadFormat.read(
                packet.memory(),
                packet.payloadOffset(),
                packet.payloadBytes(),
                packet.marker(),
                info);
        if (!info.valid() && packet.payloadBytes() != 0) {
            drops.count(DropReason.MALFORMED_PAYLOAD);
            return;
        }
        noteKeyframe(current, sequence, packet.timestamp());
        noteLevel(packet, nowNanos);
        highestSequence = Math.max(highestSequence, sequenceBase + sequence);
        if (muted || sequenceBase + sequence <= highestMuted) {
            highestMuted = muted ? highestSequence : highestMuted;
            drops.count(DropReason.MUTED);
            return;
        }
        forward(packet, slot, TrackSequence.of(ONLY, sequenceBase + sequence), nowNanos);
    }

    private void noteKeyframe(Encoding current, long sequence, int timestamp) {
        if (!isVideo || !info.keyframe()) {
            return;
        }
        keyframes.onKeyframe();
        // H.264 says keyframe with its parameter sets and again with its picture: the first counts,
        // or a set lost between them would not be asked for. If the picture is first, all of them
        // may have been lost.
        if (!keyframeSeen || timestamp != keyframeTimestamp) {
            keyframeSeen = true;
            keyframeTimestamp = timestamp;
            counters.count(MediaCount.KEYFRAMES_RECEIVED);
            current.nacks()
                    .onKeyframe(
                            info.needsParameterSets()
                                    ? sequence - PARAMETER_SET_PACKETS_MAX
                                    : sequence);
        }
    }

    private void noteLevel(RtpPacket packet, long nowNanos) {
        if (audioLevelId == 0) {
            return;
        }
        int level = packet.audioLevel(audioLevelId);
        if (level != RtpPacket.ABSENT) {
            audioLevel.onPacket(level, nowNanos);
        }
    }

    private void forward(RtpPacket packet, int slot, long sequence, long nowNanos) {
        // What the publisher padded with is its own affair, and nothing to keep or to send again.
        packet.stripPadding();
        fanout.forward(packet, info, sequence, slot, nowNanos);
        for (Hop hop : hops) {
            handOver(hop, packet, slot, sequence, nowNanos);
        }
    }

    /**
     * After a packet was refused, video goes on with a keyframe and audio with any packet. A keyframe that comes
     * late, repaired, does not do where packets behind it were refused: there another one is asked for.
     */
    private void handOver(Hop hop, RtpPacket packet, int slot, long sequence, long nowNanos) {
        boolean begins = !isVideo || (info.keyframe() && sequence > hop.refused);
        boolean taken =
                (!hop.gap || begins)
                        && hop.handoff.offer(
                                hop.fanout,
                                slot,
                                packet.offset(),
                                packet.lengthBytes(),
                                sequence,
                                hop.gap,
                                nowNanos);
        if (taken) {
            hop.gap = false;
        } else {
            drops.count(
                    hop.gap && !begins ? DropReason.AWAITING_KEYFRAME : DropReason.HANDOFF_FULL);
            hop.gap = true;
            hop.refused = Math.max(hop.refused, sequence);
            hop.fanout.requestKeyframe(ONLY);
        }
    }

    /**
     * The publisher's clock (RFC 3550 6.4.1).
     *
     * @param ntp a moment, and {@code rtpTimestamp} the same in the clock of the media
     */
    public void onSenderReport(int ssrc, long ntp, int rtpTimestamp, long nowNanos) {
        if (encoding == null || encoding.ssrc() != ssrc) {
            return;
        }
        encoding.stream().onSenderReport(ntp, nowNanos);
        SenderClock clock = new SenderClock(ssrc, ntp, rtpTimestamp, nowNanos);
        senderClock = clock;
        fanout.senderClock(ONLY, clock);
        for (Hop hop : hops) {
            hop.fanout.senderClock(ONLY, clock);
        }
    }

    /**
     * Writes what the publisher should do: send again, or send a keyframe. What does not fit stays due.
     */
    public void writeFeedback(
            RtcpWriter writer, int senderSsrc, long roundTripNanos, long nowNanos) {
        Encoding current = encoding;
        if (current == null) {
            return;
        }
        fanout.expire(nowNanos);
        boolean wished = fanout.takeKeyframeWish(ONLY);
        for (Hop hop : hops) {
            wished |= hop.fanout.takeKeyframeWish(ONLY);
        }
        if (isVideo && format.pictureLoss() && !muted) {
            if (wished || current.nacks().takeKeyframeNeeded()) {
                keyframes.request();
            }
            boolean repairing = format.nack() && current.nacks().isRepairing();
            if (writer.roomBytes() >= RtcpWriter.PICTURE_LOSS_BYTES
                    && keyframes.poll(nowNanos, repairing)) {
                writer.pictureLoss(senderSsrc, current.ssrc());
                counters.count(MediaCount.PICTURE_LOSSES_SENT);
            }
        }
        if (format.nack() && nowNanos >= current.nacks().nextTimeoutNanos()) {
            if (lost.length == 0) {
                lost = new long[NACKS_PER_TURN];
            }
            int max = Math.min(lost.length, writer.nackRoom());
            int count = current.nacks().poll(nowNanos, roundTripNanos, lost, max);
            if (writer.nack(senderSsrc, current.ssrc(), lost, 0, count) > 0) {
                counters.count(MediaCount.NACKS_SENT);
            }
        }
    }

    /** Packets that should have come since the stream began or began anew. */
    public long expectedPackets() {
        return encoding == null ? 0 : encoding.stream().expected();
    }

    /** Packets that came of {@link #expectedPackets}. */
    public long receivedPackets() {
        return encoding == null ? 0 : encoding.stream().received();
    }

    /** Mean deviation of the packets' spacing (RFC 3550 A.8). */
    public long jitterNanos() {
        return encoding == null
                ? 0
                : encoding.stream().jitter() * NANOS_PER_SECOND / format.codec().clockRateHz();
    }

    /** Adds what was received since the last report, if anything ever was. */
    public boolean writeReport(RtcpWriter writer, long nowNanos) {
        return encoding != null
                && encoding.stream().packets() > 0
                && writer.reportBlock(encoding.stream().reportBlock(nowNanos));
    }

    /** The track is gone: its viewers end; on the publisher's loop. */
    public void close() {
        closed = true;
        hops = NO_HOPS;
        fanout.close();
    }
}
