package io.sluice.server.client;

import io.sluice.server.client.ClientSection.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives one SSRC: checks every packet, finds holes and asks for them, wants keyframes.
 *
 * <p>Owned by the client's loop.
 */
final class TrackReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(TrackReceiver.class);

    /** What goes wrong goes wrong with all that follows. */
    private static final int WRONG_TOLD = 3;

    private static final long FIRST_NACK_NANOS = 10_000_000;
    private static final long NACK_INTERVAL_NANOS = 60_000_000;
    private static final int MAX_NACKS = 60;
    private static final int MAX_HOLES = 2_000;
    private static final long KEYFRAME_INTERVAL_NANOS = 500_000_000;
    private static final int RING = 2_048;
    private static final int MAX_OPEN_FRAMES = 512;
    private static final long SANE_CLOCK_NANOS = 1_000_000_000;
    private static final long NEVER = Long.MIN_VALUE;

    /** One number that is missing. */
    private static final class Hole {
        private long nextNackNanos;
        private int nacks;

        /** Whether a whole keyframe stands behind it: no decoder needs it, and the server need not have it. */
        private boolean passed;

        Hole(long nextNackNanos) {
            this.nextNackNanos = nextNackNanos;
        }
    }

    /** A packet that came, for the check of its neighbours. */
    private record Seen(long sequence, int timestamp, int pictureId, MediaPattern pattern) {}

    private final ClientSection section;
    private final int ssrc;
    private final boolean rtx;
    private final AnswerTrack track;
    private final TreeMap<Long, Hole> holes = new TreeMap<>();
    private final @Nullable Seen[] ring = new Seen[RING];
    private final TreeMap<Integer, Integer> openFrames = new TreeMap<>();
    private final ReceptionReport report = new ReceptionReport();

    private long highest = NEVER;
    private long packets;
    private long recoveredByRtx;
    private long recoveredPlainly;
    private long duplicates;
    private long nacksSent;
    private long pictureLossesSent;
    private long frames;
    private long keyframes;
    private long wrongContent;
    private long frameJumps;
    private long senderReports;
    private long saneSenderReports;
    private long expectedNanos;
    private long firstNanos = NEVER;
    private long firstKeyframeNanos = NEVER;
    private boolean keyframeBegun;
    private long packetsBeforeKeyframe;
    private long lastNanos = NEVER;
    private long longestGapNanos;
    private long greatestDelayNanos;
    private long nextPictureLossNanos;
    private int publisher;
    private @Nullable Seen newest;
    private int encodings;
    private boolean ended;

    /** Whose track it is, as the answer said. */
    record AnswerTrack(@Nullable String participantId, @Nullable String trackId) {
        static final AnswerTrack UNKNOWN = new AnswerTrack(null, null);
    }

    TrackReceiver(ClientSection section, int ssrc, boolean rtx, AnswerTrack track) {
        this.section = section;
        this.ssrc = ssrc;
        this.rtx = rtx;
        this.track = track;
    }

    /** From when on the client is connected and the track was answered. */
    void expectedFrom(long nanos) {
        expectedNanos = nanos;
    }

    int ssrc() {
        return ssrc;
    }

    ClientSection section() {
        return section;
    }

    boolean ended() {
        return ended;
    }

    void end() {
        ended = true;
    }

    void onRtp(RtpBytes.Header header, byte[] packet, long nowNanos, long wallNanos) {
        boolean wrongHeader =
                header.payloadType() != section.numbers().payloadType() || !midMatches(header);
        if (wrongHeader) {
            wrongContent++;
        }
        long sequence = unwrap(header.sequence());
        report.onPacket(sequence, header.timestamp(), nowNanos, section.kind().clockHz());
        gap(nowNanos);
        take(
                sequence,
                header,
                packet,
                header.payloadOffset(),
                header.payloadBytes(),
                false,
                nowNanos,
                wallNanos);
    }

    /** A packet on the RTX SSRC; its payload begins with the original number. */
    void onRtx(RtpBytes.Header header, byte[] packet, long nowNanos, long wallNanos) {
        if (header.payloadBytes() <= 2) {
            return; // padding, to probe the path
        }
        if (header.payloadType() != section.numbers().rtxPayloadType()) {
            wrongContent++;
        }
        long sequence = unwrap(RtpBytes.int16(packet, header.payloadOffset()));
        take(
                sequence,
                header,
                packet,
                header.payloadOffset() + 2,
                header.payloadBytes() - 2,
                true,
                nowNanos,
                wallNanos);
    }

    private boolean midMatches(RtpBytes.Header header) {
        Integer id = section.numbers().extensions().get(ClientSection.MID);
        byte[] value = id == null ? null : header.extensions().get(id);
        return value == null
                || Arrays.equals(value, section.mid().getBytes(StandardCharsets.UTF_8));
    }

    private long unwrap(int sequence) {
        if (highest == NEVER) {
            return sequence + 0x10000L;
        }
        return highest + (short) (sequence - (int) highest);
    }

    private void gap(long nowNanos) {
        if (lastNanos != NEVER) {
            longestGapNanos = Math.max(longestGapNanos, nowNanos - lastNanos);
        }
        lastNanos = nowNanos;
    }

    private void take(
            long sequence,
            RtpBytes.Header header,
            byte[] packet,
            int offset,
            int length,
            boolean byRtx,
            long nowNanos,
            long wallNanos) {
        if (highest == NEVER) {
            highest = sequence;
        } else if (sequence > highest) {
            openHoles(sequence, nowNanos);
            highest = sequence;
        } else {
            Hole hole = holes.remove(sequence);
            if (hole == null) {
                duplicates++;
                return;
            }
            if (byRtx) {
                recoveredByRtx++;
            } else if (hole.nacks > 0) {
                recoveredPlainly++;
            }
        }
        packets++;
        if (length == 0) {
            return; // padding, in the place of what will not come
        }
        check(sequence, header, packet, offset, length, nowNanos, wallNanos);
    }

    private void openHoles(long sequence, long nowNanos) {
        for (long lost = highest + 1; lost < sequence && holes.size() < MAX_HOLES; lost++) {
            holes.put(lost, new Hole(nowNanos + FIRST_NACK_NANOS));
        }
    }

    private void check(
            long sequence,
            RtpBytes.Header header,
            byte[] packet,
            int offset,
            int length,
            long nowNanos,
            long wallNanos) {
        int contentOffset = offset;
        int pictureId = -1;
        boolean startsFrame = true;
        boolean startsKeyframe = false;
        if (section.kind() == Kind.VIDEO) {
            Vp8Payload payload = Vp8Payload.read(packet, offset, length);
            if (payload == null) {
                wrongContent++;
                return;
            }
            contentOffset = payload.contentOffset();
            pictureId = payload.pictureId();
            startsFrame = payload.startsFrame();
            startsKeyframe = payload.startsKeyframe();
        }
        MediaPattern pattern =
                MediaPattern.read(packet, contentOffset, offset + length - contentOffset);
        if (pattern == null
                || startsFrame != (pattern.index() == 0)
                || (startsFrame && startsKeyframe != pattern.keyframe())
                || (section.kind() == Kind.VIDEO
                        && header.marker() != (pattern.index() == pattern.packets() - 1))) {
            wrongContent++;
            return;
        }
        place(new Seen(sequence, header.timestamp(), pictureId, pattern));
        frame(sequence, pattern, nowNanos);
        greatestDelayNanos = Math.max(greatestDelayNanos, wallNanos - pattern.sentWallNanos());
    }

    /** Compares with the packets right before and after it, whenever those came. */
    private void place(Seen seen) {
        publisher = seen.pattern.publisher();
        encodings |= 1 << seen.pattern.encoding();
        ring[(int) (seen.sequence % RING)] = seen;
        Seen before = ring[(int) ((seen.sequence - 1) % RING)];
        Seen after = ring[(int) ((seen.sequence + 1) % RING)];
        if (before != null && before.sequence == seen.sequence - 1) {
            follow(before, seen);
        }
        if (after != null && after.sequence == seen.sequence + 1) {
            follow(seen, after);
        }
        if (newest == null || seen.sequence > newest.sequence) {
            newest = seen;
        }
    }

    /** Another track goes on under the numbers of the one before, video with a keyframe. */
    private void goOver(Seen before, Seen after) {
        boolean begins =
                section.kind() == Kind.AUDIO
                        || (after.pattern.keyframe() && after.pattern.index() == 0);
        boolean pictureRight =
                before.pictureId < 0 || (after.pictureId - before.pictureId & 0x7FFF) > 0;
        if (after.timestamp - before.timestamp <= 0 || !pictureRight || !begins) {
            wrongContent++;
        }
    }

    private void follow(Seen before, Seen after) {
        // Where no track was named, there may be one after another.
        if (track == AnswerTrack.UNKNOWN
                && before.pattern.publisher() != after.pattern.publisher()) {
            goOver(before, after);
            return;
        }
        int advanced = after.pattern.frame() - before.pattern.frame();
        int pictures = after.pictureId - before.pictureId & 0x7FFF;
        int ticks = after.timestamp - before.timestamp;
        boolean inOrder = before.pattern.precedes(after.pattern);
        boolean sameEncoding = before.pattern.encoding() == after.pattern.encoding();
        boolean sameFrame = advanced == 0 && sameEncoding;
        boolean clockRight = sameFrame ? ticks == 0 : ticks > 0;
        boolean pictureRight = before.pictureId < 0 || (sameFrame ? pictures == 0 : pictures > 0);
        if (!inOrder || !clockRight || !pictureRight) {
            wrongContent++;
            if (wrongContent <= WRONG_TOLD) {
                LOG.warn("wrong: {} before {}", before, after);
            }
        } else if (advanced > 1) {
            frameJumps++;
        }
    }

    private void frame(long sequence, MediaPattern pattern, long nowNanos) {
        if (firstNanos == NEVER) {
            firstNanos = nowNanos;
        }
        if (section.kind() == Kind.VIDEO && !keyframeBegun) {
            keyframeBegun = pattern.keyframe();
            packetsBeforeKeyframe += keyframeBegun ? 0 : 1;
        }
        int key = pattern.frame() << 2 | pattern.encoding();
        int have = openFrames.merge(key, 1, Integer::sum);
        if (openFrames.size() > MAX_OPEN_FRAMES) {
            openFrames.pollFirstEntry();
        }
        if (have == pattern.packets()) {
            openFrames.remove(key);
            frames++;
            if (pattern.keyframe()) {
                keyframes++;
                holes.headMap(sequence - pattern.index())
                        .values()
                        .forEach(hole -> hole.passed = true);
                if (firstKeyframeNanos == NEVER) {
                    firstKeyframeNanos = nowNanos;
                }
            }
        }
    }

    /** As in browsers, audio is offered without NACK. */
    private boolean asksAgain() {
        return section.kind() == Kind.VIDEO;
    }

    /** Numbers to ask for now, of 16 bits. */
    List<Long> nacks(long nowNanos) {
        List<Long> due = new ArrayList<>();
        if (!asksAgain()) {
            return due;
        }
        for (Iterator<Map.Entry<Long, Hole>> all = holes.entrySet().iterator();
                all.hasNext() && due.size() < 200; ) {
            Map.Entry<Long, Hole> entry = all.next();
            Hole hole = entry.getValue();
            if (hole.nextNackNanos - nowNanos <= 0 && hole.nacks < MAX_NACKS) {
                hole.nacks++;
                hole.nextNackNanos = nowNanos + NACK_INTERVAL_NANOS;
                due.add(entry.getKey() & 0xFFFF);
            }
        }
        nacksSent += due.isEmpty() ? 0 : 1;
        return due;
    }

    /** Whether to ask for a keyframe now. */
    boolean wantsKeyframe(long nowNanos) {
        boolean wanted =
                section.kind() == Kind.VIDEO
                        && !ended
                        && firstNanos != NEVER
                        && firstKeyframeNanos == NEVER
                        && nowNanos - firstNanos > KEYFRAME_INTERVAL_NANOS;
        if (!wanted || (nextPictureLossNanos - nowNanos > 0 && pictureLossesSent > 0)) {
            return false;
        }
        nextPictureLossNanos = nowNanos + KEYFRAME_INTERVAL_NANOS;
        pictureLossesSent++;
        return true;
    }

    void onSenderReport(RtcpIn.SenderReport sr, long nowNanos) {
        report.onSenderReport(sr.ntp(), nowNanos);
        Seen last = newest;
        if (last == null) {
            // It overtook the first packet: there is nothing to hold it against.
            return;
        }
        senderReports++;
        int ticks = last.timestamp - sr.rtpTimestamp();
        long mediaNanos =
                RtcpOut.wallNanos(sr.ntp()) + ticks * 1_000_000_000L / section.kind().clockHz();
        if (Math.abs(mediaNanos - last.pattern.sentWallNanos()) < SANE_CLOCK_NANOS) {
            saneSenderReports++;
        }
    }

    RtcpOut.@Nullable Block block(long nowNanos) {
        return ended ? null : report.block(ssrc, nowNanos);
    }

    void forgetGaps() {
        longestGapNanos = 0;
        lastNanos = NEVER;
    }

    ClientStatistics.Received statistics() {
        return new ClientStatistics.Received(
                section.mid(),
                section.kind().name(),
                track.participantId,
                track.trackId,
                publisher,
                packets,
                recoveredByRtx,
                recoveredPlainly,
                duplicates,
                asksAgain()
                        ? (int) holes.values().stream().filter(hole -> !hole.passed).count()
                        : 0,
                holes.size(),
                nacksSent,
                pictureLossesSent,
                frames,
                keyframes,
                wrongContent,
                frameJumps,
                senderReports,
                saneSenderReports,
                sinceExpected(firstNanos),
                sinceExpected(firstKeyframeNanos),
                packetsBeforeKeyframe,
                longestGapNanos / 1_000_000,
                greatestDelayNanos / 1_000_000,
                rtx,
                newest == null ? -1 : newest.pattern.encoding(),
                encodings,
                ended);
    }

    private long sinceExpected(long nanos) {
        return nanos == NEVER ? -1 : Math.max(0, nanos - expectedNanos) / 1_000_000;
    }
}
