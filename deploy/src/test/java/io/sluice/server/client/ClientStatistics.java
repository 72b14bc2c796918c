package io.sluice.server.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client has seen, all at one moment.
 *
 * @param srtpProfile name of the protection profile, once there is one
 * @param srtpRefused packets that did not pass integrity
 * @param srtpReplayed packets that were received before
 * @param strays packets of no known SSRC, or before the keys
 * @param malformed RTP or RTCP packets that could not be read
 * @param byes SSRCs the server said goodbye to
 * @param maxBitrate what it may publish in bits per second, as it was told last (REMB); 0 for nothing
 */
public record ClientStatistics(
        String identity,
        @Nullable String participantId,
        @Nullable String srtpProfile,
        @Nullable String leftReason,
        boolean connected,
        long srtpRefused,
        long srtpReplayed,
        long strays,
        long malformed,
        long byes,
        long transportFeedbacks,
        long transportPacketsReported,
        long transportPacketsReportedLost,
        long maxBitrate,
        List<Sent> sent,
        List<Received> received) {

    /**
     * A track that is published, or an encoding of one.
     *
     * @param askedFor packets that NACKs named
     * @param resent of them, by RTX or plainly
     * @param forgotten of them, no longer kept
     * @param reportBlocks about the media SSRC
     */
    public record Sent(
            String mid,
            String kind,
            int encoding,
            long packets,
            long frames,
            long keyframes,
            long nacks,
            long askedFor,
            long resent,
            long forgotten,
            long pictureLosses,
            long reportBlocks,
            int lastCumulativeLost,
            boolean rtx) {}

    /**
     * A track that is received.
     *
     * @param packets each counted once, recovered ones too
     * @param recoveredByRtx of them
     * @param recoveredPlainly of them, by a resend on the same SSRC after a NACK
     * @param holesOutstanding sequence numbers of video that never came, and no whole keyframe after them
     * @param lost sequence numbers that never came
     * @param wrongContent packets whose content, header or place is not what was published
     * @param frameJumps frames that the server left out
     * @param senderReports those of this SSRC
     * @param saneSenderReports of them, whose clock mapping agrees with the media
     * @param firstPacketMillis after the client was connected; -1 without
     * @param firstKeyframeMillis until a keyframe was whole; -1 without
     * @param packetsBeforeKeyframe received before the first packet of a keyframe
     * @param longestGapMillis between two packets
     * @param encoding of the newest packet
     * @param encodings mask of those that any packet was of
     * @param ended by BYE or by an answer
     */
    public record Received(
            String mid,
            String kind,
            @Nullable String participantId,
            @Nullable String trackId,
            int publisher,
            long packets,
            long recoveredByRtx,
            long recoveredPlainly,
            long duplicates,
            long holesOutstanding,
            long lost,
            long nacksSent,
            long pictureLossesSent,
            long frames,
            long keyframes,
            long wrongContent,
            long frameJumps,
            long senderReports,
            long saneSenderReports,
            long firstPacketMillis,
            long firstKeyframeMillis,
            long packetsBeforeKeyframe,
            long longestGapMillis,
            long greatestDelayMillis,
            boolean rtx,
            int encoding,
            int encodings,
            boolean ended) {}

    /** Tracks that have not ended. */
    public List<Received> live() {
        return received.stream().filter(track -> !track.ended()).toList();
    }

    /** Packets, over all tracks, whose content was not what was published. */
    public long wrongContent() {
        return received.stream().mapToLong(Received::wrongContent).sum();
    }

    public long holesOutstanding() {
        return received.stream().mapToLong(Received::holesOutstanding).sum();
    }
}
