package io.sluice.receive;

import io.sluice.bandwidth.RateBudget;
import io.sluice.codec.PayloadInfo;
import io.sluice.forward.SenderClock;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.TrackSequence;
import org.jspecify.annotations.Nullable;

/**
 * One encoding of a track as it comes in. Its SSRC may change; its index, and its numbers within the
 * track, go on.
 *
 * <p>Owned by the publisher's loop.
 */
final class Encoding {
    /** Of a packet that is not forwarded. */
    static final long MUTED = -1;

    private static final long ROUND_MASK = 0xffff;

    /** Before the picture of an H.264 keyframe: delimiter, parameter sets, messages. */
    private static final int PARAMETER_SET_PACKETS_MAX = 8;

    /** What Opus takes at its most (RFC 7587 3.1.1), with some redundancy and headers. */
    private static final long AUDIO_BITS_PER_SECOND = 640_000;

    private static final long AUDIO_BURST_NANOS = 1_000_000_000;

    private final int index;
    private final int clockRateHz;
    private final MediaCounters counters;
    private final KeyframeRequester keyframes =
            new KeyframeRequester(KeyframeRequester.DEFAULT_INTERVAL_NANOS);

    /** Audio is not paced to its viewers, so that it must not be more than audio is. */
    private final @Nullable RateBudget audioBudget;

    private @Nullable EncodingSource source;
    private int repairSsrc;
    private @Nullable SenderClock senderClock;

    /** Of the source's numbers within the encoding's, which never repeat: whole rounds, for the low bits. */
    private long sequenceBase;

    private long highestSequence;

    /** What comes late from before this one may be of the time when nobody was to see or hear it. */
    private long highestMuted;

    private boolean keyframeSeen;
    private int keyframeTimestamp;

    Encoding(int index, int clockRateHz, boolean isVideo, MediaCounters counters) {
        this.index = index;
        this.clockRateHz = clockRateHz;
        this.counters = counters;
        audioBudget = isVideo ? null : new RateBudget(AUDIO_BURST_NANOS, AUDIO_BURST_NANOS * 2);
        if (audioBudget != null) {
            audioBudget.rate(AUDIO_BITS_PER_SECOND);
        }
    }

    int index() {
        return index;
    }

    /** The SSRC that the publisher sends it under from now on. */
    void source(int ssrc) {
        if (source == null || source.ssrc() != ssrc) {
            sequenceBase = (highestSequence | ROUND_MASK) + 1;
            source = new EncodingSource(ssrc, clockRateHz, counters);
            senderClock = null;
        }
    }

    /** Null before the first packet, or the first description that names it. */
    @Nullable EncodingSource source() {
        return source;
    }

    /** The SSRC of its media, or 0 before it is known. */
    int ssrc() {
        return source == null ? 0 : source.ssrc();
    }

    /** The SSRC of its retransmissions from now on. */
    void repairSsrc(int ssrc) {
        repairSsrc = ssrc;
    }

    /** The SSRC of its retransmissions, or 0 before it is known. */
    int repairSsrc() {
        return repairSsrc;
    }

    /** Whether no keyframe comes for the asking. */
    boolean ignoresRequests() {
        return keyframes.isIgnored();
    }

    /** Its last sender report, if it is of the present source. */
    @Nullable SenderClock senderClock() {
        return senderClock;
    }

    SenderClock onSenderReport(EncodingSource of, long ntp, int rtpTimestamp, long nowNanos) {
        of.stream().onSenderReport(ntp, nowNanos);
        SenderClock clock = new SenderClock(of.ssrc(), ntp, rtpTimestamp, nowNanos);
        senderClock = clock;
        return clock;
    }

    /** A packet shows whether a keyframe begins with it. */
    void noteKeyframe(
            EncodingSource of, PayloadInfo info, long sequence, int timestamp, long nowNanos) {
        if (!info.keyframe()) {
            return;
        }
        keyframes.onKeyframe(nowNanos);
        // H.264 says keyframe with its parameter sets and again with its picture: the first counts,
        // or a set lost between them would not be asked for. If the picture is first, all of them
        // may have been lost.
        if (!keyframeSeen || timestamp != keyframeTimestamp) {
            keyframeSeen = true;
            keyframeTimestamp = timestamp;
            counters.count(MediaCount.KEYFRAMES_RECEIVED);
            of.nacks()
                    .onKeyframe(
                            info.needsParameterSets()
                                    ? sequence - PARAMETER_SET_PACKETS_MAX
                                    : sequence);
        }
    }

    /**
     * The {@link TrackSequence} of a packet of the present source, or {@link #MUTED}.
     *
     * @param sequence extended
     */
    long trackSequence(long sequence, boolean muted) {
        long within = sequenceBase + sequence;
        highestSequence = Math.max(highestSequence, within);
        if (muted || within <= highestMuted) {
            highestMuted = muted ? highestSequence : highestMuted;
            return MUTED;
        }
        return TrackSequence.of(index, within);
    }

    /** Whether a packet may be forwarded, if it is audio; it counts then. */
    boolean admits(int lengthBytes, long nowNanos) {
        if (audioBudget == null) {
            return true;
        }
        if (!audioBudget.isOpen(nowNanos)) {
            return false;
        }
        audioBudget.take(lengthBytes, nowNanos);
        return true;
    }

    /** A keyframe is needed if a viewer wishes for one, or if something was lost for good. */
    void noteKeyframeWish(EncodingSource of, boolean wished) {
        if (wished || of.nacks().takeKeyframeNeeded()) {
            keyframes.request();
        }
    }

    /** Asks for a keyframe if one is due; what does not fit stays due. */
    void writeKeyframeRequest(
            RtcpWriter writer,
            int senderSsrc,
            EncodingSource of,
            boolean repairs,
            long roundTripNanos,
            long nowNanos) {
        boolean repairing = repairs && of.nacks().isRepairing();
        if (writer.roomBytes() >= RtcpWriter.PICTURE_LOSS_BYTES
                && keyframes.poll(nowNanos, repairing, roundTripNanos)) {
            writer.pictureLoss(senderSsrc, of.ssrc());
            counters.count(MediaCount.PICTURE_LOSSES_SENT);
        }
    }
}
