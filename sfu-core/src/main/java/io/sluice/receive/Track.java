package io.sluice.receive;

import io.sluice.codec.MediaKind;
import io.sluice.codec.PayloadInfo;
import io.sluice.codec.Red;
import io.sluice.forward.Fanout;
import io.sluice.forward.SenderClock;
import io.sluice.forward.TrackLayers;
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
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a participant publishes in one section: read once per packet, then handed to every viewer.
 *
 * <p>Owned by the publisher's loop; viewers on other loops are reached through {@link LoopHandoff}.
 */
public final class Track {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Asked for again in one turn at most; the rest is due in the next. */
    private static final int NACKS_PER_TURN = 128;

    private final String trackId;
    private final boolean isVideo;
    private final PayloadInfo info = new PayloadInfo();
    private final DropCounters drops;
    private final MediaCounters counters;
    private final Fanouts fanouts;

    /** What is asked for in one turn; most tracks lose nothing. */
    private long[] lost = {};

    private final AudioLevel audioLevel = new AudioLevel();
    private TrackFormat format;
    private int audioLevelId;
    private Encoding[] encodings;
    private final LayerWatch layerWatch = new LayerWatch();
    private volatile TrackLayers layers = TrackLayers.UNKNOWN;
    private boolean muted;
    private @Nullable LoudestGate loudest;

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
        this.drops = drops;
        this.counters = counters;
        Fanout own = new Fanout(kept, format.codec(), format.extensions(), drops, departures);
        fanouts = new Fanouts(own, isVideo, drops);
        encodings = new Encoding[] {encoding(0)};
        describe();
    }

    private Encoding encoding(int index) {
        return new Encoding(index, format.codec().clockRateHz(), isVideo, counters);
    }

    /** An encoding that is not described any more keeps its place, since its numbers may go on. */
    private void describe() {
        int known = encodings.length;
        if (format.encodings() > known) {
            encodings = Arrays.copyOf(encodings, format.encodings());
            for (int i = known; i < encodings.length; i++) {
                encodings[i] = encoding(i);
            }
        }
        ExtensionMap extensions = format.extensions();
        audioLevelId = isVideo ? 0 : extensions.id(HeaderExtension.AUDIO_LEVEL);
        layerWatch.describe(format.rids(), extensions.id(HeaderExtension.VIDEO_LAYERS_ALLOCATION));
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
        describe();
        if (otherIds) {
            fanouts.extensions(next.extensions());
        }
    }

    /** What feeds the viewers on the publisher's own loop. */
    public Fanout fanout() {
        return fanouts.own();
    }

    /** Feeds the viewers of another loop too; on the publisher's loop. */
    public void fanOutTo(LoopHandoff handoff, Fanout remote) {
        fanouts.add(handoff, remote, format.extensions(), layers, encodings);
    }

    /** Ends {@link #fanOutTo}; on the publisher's loop. */
    public void endFanOutTo(Fanout remote) {
        fanouts.remove(remote);
    }

    /**
     * Stops or resumes forwarding; on the publisher's loop. What is received meanwhile still counts, so
     * that the publisher's congestion control goes on. Viewers go on with the number after the last they
     * got, video with a keyframe.
     */
    public void mute(boolean wanted) {
        if (muted && !wanted) {
            fanouts.interrupt();
            for (Encoding encoding : encodings) {
                fanouts.own().requestKeyframe(encoding.index());
            }
        }
        muted = wanted;
    }

    /** What the publisher sends of it now, if it is video; for any thread. */
    public TrackLayers layers() {
        return layers;
    }

    /**
     * Forwards audio only while it is as loud as {@code threshold} says; on the publisher's loop. Without
     * levels in its packets all of it is forwarded.
     */
    public void onlyLoud(LoudestThreshold threshold, long nowNanos) {
        loudest = new LoudestGate(threshold, nowNanos);
    }

    /** How loud it is, for any thread. */
    public AudioLevel audioLevel() {
        return audioLevel;
    }

    /**
     * The SSRC that the publisher sends an encoding under from now on.
     *
     * @param encoding an index below {@link TrackFormat#encodings}, here and below
     */
    public void source(int encoding, int ssrc) {
        encodings[encoding].source(ssrc);
    }

    /** The SSRC of an encoding's retransmissions from now on. */
    public void repairSource(int encoding, int ssrc) {
        encodings[encoding].repairSsrc(ssrc);
    }

    /** An SSRC of the media, or 0 before one is known. */
    public int ssrc() {
        for (Encoding encoding : encodings) {
            if (encoding.ssrc() != 0) {
                return encoding.ssrc();
            }
        }
        return 0;
    }

    /** Whether it is known under which SSRC an encoding comes. */
    public boolean hasSource(int encoding) {
        return encodings[encoding].ssrc() != 0;
    }

    /** Whether an encoding, or its retransmissions, came under an SSRC last. */
    public boolean isSource(int encoding, int ssrc) {
        return encoding < encodings.length
                && (encodings[encoding].ssrc() == ssrc || encodings[encoding].repairSsrc() == ssrc);
    }

    /**
     * Takes one media packet and forwards it.
     *
     * @param slot the slot that {@code packet} lies in; held further by whoever may need it again
     * @param policed whether it is too much: received and reported, as what is muted, but not forwarded
     */
    public void onRtp(int encoding, RtpPacket packet, int slot, boolean policed, long nowNanos) {
        receive(encodings[encoding], packet, slot, false, policed, nowNanos);
    }

    /** Takes a retransmission (RFC 4588): unwrapped in place, then as if it had come in time. */
    public void onRetransmission(
            int encoding, RtpPacket packet, int slot, boolean policed, long nowNanos) {
        if (packet.payloadType() != format.rtxPayloadType()) {
            drops.count(DropReason.WRONG_PAYLOAD_TYPE);
            return;
        }
        counters.count(MediaCount.RETRANSMISSIONS_RECEIVED);
        if (packet.payloadBytes() == 0) {
            drops.count(DropReason.PADDING_ONLY);
            return;
        }
        EncodingSource source = encodings[encoding].source();
        if (source == null || !RtxUnwrapper.unwrap(packet, source.ssrc(), format.payloadType())) {
            drops.count(DropReason.BAD_RETRANSMISSION);
            return;
        }
        receive(encodings[encoding], packet, slot, true, policed, nowNanos);
    }

    private void receive(
            Encoding encoding,
            RtpPacket packet,
            int slot,
            boolean retransmitted,
            boolean policed,
            long nowNanos) {
        EncodingSource source = encoding.source();
        if (source == null || packet.ssrc() != source.ssrc()) {
            drops.count(DropReason.NOT_NEGOTIATED);
            return;
        }
        boolean redundant = packet.payloadType() == format.redPayloadType();
        if (packet.payloadType() != format.payloadType() && !redundant) {
            drops.count(DropReason.WRONG_PAYLOAD_TYPE);
            return;
        }
        long sequence = source.onPacket(packet, retransmitted, nowNanos);
        if (sequence < 0) {
            drops.count(
                    sequence == ReceiveStream.DUPLICATE
                            ? DropReason.DUPLICATE
                            : DropReason.OUT_OF_RANGE);
            return;
        }
        if (format.nack()) {
            source.nacks().onPacket(sequence, nowNanos);
        }
        fanouts.own().payloads().read(packet, encoding.index(), info);
        boolean malformed = redundant ? !markRedundant(packet) : !info.valid();
        if (malformed && packet.payloadBytes() != 0) {
            drops.count(DropReason.MALFORMED_PAYLOAD);
            return;
        }
        if (isVideo) {
            encoding.noteKeyframe(source, info, sequence, packet.timestamp(), nowNanos);
            layerWatch.onPacket(encoding.index(), packet, info, nowNanos);
        }
        noteLevel(packet, nowNanos);
        boolean tooQuiet = !isLoudEnough(nowNanos);
        long trackSequence = encoding.trackSequence(sequence, muted || tooQuiet);
        if (trackSequence == Encoding.MUTED) {
            drops.count(tooQuiet ? DropReason.NOT_AMONG_LOUDEST : DropReason.MUTED);
            return;
        }
        if (policed || !encoding.admits(packet.lengthBytes(), nowNanos)) {
            drops.count(DropReason.OVER_MAX_BITRATE);
            return;
        }
        // What the publisher padded with is its own affair, and nothing to keep or to send again.
        packet.stripPadding();
        fanouts.forward(packet, info, slot, trackSequence, nowNanos);
    }

    /** Whether it is as RFC 2198 says; then the viewers' loops can tell it. */
    private static boolean markRedundant(RtpPacket packet) {
        int primary =
                Red.primaryOffset(packet.memory(), packet.payloadOffset(), packet.payloadBytes());
        packet.payloadType(Red.PAYLOAD_TYPE);
        return primary != Red.MALFORMED;
    }

    private void noteLevel(RtpPacket packet, long nowNanos) {
        int level = audioLevelId == 0 ? RtpPacket.ABSENT : packet.audioLevel(audioLevelId);
        if (level != RtpPacket.ABSENT) {
            audioLevel.onPacket(level, nowNanos);
        }
    }

    private boolean isLoudEnough(long nowNanos) {
        LoudestGate gate = loudest;
        if (gate == null || audioLevelId == 0) {
            return true;
        }
        boolean admitted = gate.admits(audioLevel.at(nowNanos), nowNanos);
        if (gate.reopened()) {
            fanouts.interrupt();
        }
        return admitted;
    }

    /**
     * The publisher's clock (RFC 3550 6.4.1).
     *
     * @param ntp a moment, and {@code rtpTimestamp} the same in the clock of the media
     */
    public void onSenderReport(int ssrc, long ntp, int rtpTimestamp, long nowNanos) {
        for (Encoding encoding : encodings) {
            EncodingSource source = encoding.source();
            if (source != null && source.ssrc() == ssrc) {
                SenderClock clock = encoding.onSenderReport(source, ntp, rtpTimestamp, nowNanos);
                fanouts.senderClock(encoding.index(), clock);
            }
        }
    }

    /**
     * Writes what the publisher should do: send again, or send a keyframe. What does not fit stays due.
     */
    public void writeFeedback(
            RtcpWriter writer, int senderSsrc, long roundTripNanos, long nowNanos) {
        if (!isVideo && !format.nack()) {
            // Nothing of it is kept or asked for, and this is called a hundred times a second.
            return;
        }
        fanouts.own().expire(nowNanos);
        if (isVideo) {
            tellLayers(nowNanos);
        }
        for (Encoding encoding : encodings) {
            boolean wished = fanouts.takeKeyframeWish(encoding.index(), nowNanos);
            EncodingSource source = encoding.source();
            if (source == null) {
                continue;
            }
            if (isVideo && format.pictureLoss() && !muted) {
                encoding.noteKeyframeWish(source, wished);
                // One that is paused begins with a keyframe when it goes on.
                if (encodings.length == 1 || layerWatch.isActive(encoding.index())) {
                    encoding.writeKeyframeRequest(
                            writer, senderSsrc, source, format.nack(), roundTripNanos, nowNanos);
                }
            }
            if (isVideo) {
                fanouts.keyframesUnanswered(
                        encoding.index(), !format.pictureLoss() || encoding.ignoresRequests());
            }
            if (format.nack() && nowNanos >= source.nacks().nextTimeoutNanos()) {
                writeNacks(writer, senderSsrc, source, roundTripNanos, nowNanos);
            }
        }
    }

    private void tellLayers(long nowNanos) {
        TrackLayers now = layerWatch.poll(nowNanos);
        if (now != null) {
            boolean others = !now.active().equals(layers.active());
            layers = now;
            fanouts.layers(now, others, nowNanos);
        }
    }

    private void writeNacks(
            RtcpWriter writer,
            int senderSsrc,
            EncodingSource source,
            long roundTripNanos,
            long nowNanos) {
        if (lost.length == 0) {
            lost = new long[NACKS_PER_TURN];
        }
        int max = Math.min(lost.length, writer.nackRoom());
        int count = source.nacks().poll(nowNanos, roundTripNanos, lost, max);
        if (writer.nack(senderSsrc, source.ssrc(), lost, 0, count) > 0) {
            counters.count(MediaCount.NACKS_SENT);
        }
    }

    /** Packets that should have come since the streams began or began anew. */
    public long expectedPackets() {
        long expected = 0;
        for (Encoding encoding : encodings) {
            EncodingSource source = encoding.source();
            expected += source == null ? 0 : source.stream().expected();
        }
        return expected;
    }

    /** Packets that came of {@link #expectedPackets}. */
    public long receivedPackets() {
        long received = 0;
        for (Encoding encoding : encodings) {
            EncodingSource source = encoding.source();
            received += source == null ? 0 : source.stream().received();
        }
        return received;
    }

    /** Mean deviation of the packets' spacing (RFC 3550 A.8), of the encoding where it is largest. */
    public long jitterNanos() {
        long jitter = 0;
        for (Encoding encoding : encodings) {
            EncodingSource source = encoding.source();
            jitter = Math.max(jitter, source == null ? 0 : source.stream().jitter());
        }
        return jitter * NANOS_PER_SECOND / format.codec().clockRateHz();
    }

    /** Adds what was received since the last report, of each encoding that ever came. */
    public void writeReport(RtcpWriter writer, long nowNanos) {
        for (Encoding encoding : encodings) {
            EncodingSource source = encoding.source();
            if (source != null && source.stream().packets() > 0) {
                writer.reportBlock(source.stream().reportBlock(nowNanos));
            }
        }
    }

    /** The track is gone: its viewers end; on the publisher's loop. */
    public void close() {
        fanouts.close();
    }
}
