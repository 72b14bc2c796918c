package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.codec.DependencyReader;
import io.sluice.codec.DependencyStructure;
import io.sluice.codec.PayloadFormat;
import io.sluice.codec.PayloadInfo;
import io.sluice.rtp.RtpPacket;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a viewer was sent apart and holds it against the tape: whole frames, in order, none without what it refers
 * to, and no number that does not fit.
 */
final class ViewerCheck {
    private static final int PADDING = -1;

    /** How far ahead of others a packet may come, and how long it may be gathered. */
    private static final int LATE_PACKETS = 10;

    /** What the timestamps of two encodings may differ from the times of their capture. */
    private static final int DRIFT_TICKS_MAX = 9_000;

    /** A packet that the viewer got. */
    private record Seen(long sequence, int timestamp, boolean marker, int packet, RtpPacket rtp) {}

    /** A frame as the viewer got it. */
    private static final class SeenFrame {
        private final int index;
        private final int timestamp;
        private final List<Integer> inFrame = new ArrayList<>();

        private SeenFrame(int index, int timestamp) {
            this.index = index;
            this.timestamp = timestamp;
        }
    }

    private final Tape tape;
    private final LayerStage.Played played;
    private final boolean lossless;
    private final boolean inOrder;
    private final List<Seen> seen = new ArrayList<>();
    private final List<SeenFrame> frames = new ArrayList<>();
    private final Set<Integer> cut = new HashSet<>();
    private final List<List<Integer>> packets = new ArrayList<>();
    private int paddings;

    ViewerCheck(Tape tape, LayerStage.Played played, LayerStage.Network network) {
        this.tape = tape;
        this.played = played;
        lossless = network.lostPerMille() == 0;
        inOrder = network.equals(LayerStage.Network.GOOD);
        tape.frames().forEach(_ -> packets.add(new ArrayList<>()));
        for (int i = 0; i < tape.packets().size(); i++) {
            packets.get(tape.packets().get(i).frame()).add(i);
        }
    }

    /** Checks all. */
    void check(boolean clocks) {
        checkPayloads();
        checkTimes(clocks);
        if (tape.packets().getFirst().descriptor().length > 0) {
            checkDescriptors();
        }
        if (LayerStage.numbersPictures(tape.codec())) {
            checkPictures();
        }
    }

    /** Checks all but times and descriptors. */
    void checkPayloads() {
        assertThat(played.defects()).isEmpty();
        parse();
        checkSequences();
        checkFrames();
        checkReferences();
        if (inOrder) {
            checkMarkers();
        }
    }

    /** Frames that the viewer got. */
    int frameCount() {
        return frames.size();
    }

    int paddings() {
        return paddings;
    }

    /** The frames of the tape that the viewer got of its end. */
    List<Tape.Frame> lastFrames(long nanos) {
        List<Tape.Frame> last = new ArrayList<>();
        for (SeenFrame frame : frames) {
            Tape.Frame truth = tape.frames().get(frame.index);
            if (truth.atNanos() > tape.frames().getLast().atNanos() - nanos) {
                last.add(truth);
            }
        }
        return last;
    }

    private void parse() {
        long highest = 0;
        for (byte[] datagram : played.sent()) {
            RtpPacket packet = new RtpPacket();
            assertThat(packet.wrap(MemorySegment.ofArray(datagram), 0, datagram.length)).isTrue();
            assertThat(packet.ssrc()).isEqualTo(LayerStage.SSRC);
            long sequence = highest + (short) (packet.sequence() - (int) highest);
            highest = seen.isEmpty() ? packet.sequence() : Math.max(highest, sequence);
            sequence = seen.isEmpty() ? packet.sequence() : sequence;
            int index = packet.payloadBytes() == 0 ? PADDING : index(packet);
            paddings += index == PADDING ? 1 : 0;
            seen.add(new Seen(sequence, packet.timestamp(), packet.marker(), index, packet));
        }
        seen.sort((a, b) -> Long.compare(a.sequence, b.sequence));
    }

    /** What stands behind the payload tells which it is; the rest of it must not have changed either. */
    private int index(RtpPacket packet) {
        int end = packet.payloadBytes();
        MemorySegment memory = packet.memory();
        long at = packet.payloadOffset();
        int index = 0;
        for (int i = 0; i < Tape.INDEX_BYTES; i++) {
            byte each = memory.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at + end - 4 + i);
            index |= (each & 0xff) << (8 * i);
        }
        assertThat(index).isBetween(0, tape.packets().size() - 1);
        byte[] payload = tape.packets().get(index).payload();
        assertThat(end).isEqualTo(payload.length);
        int descriptorBytes = descriptorBytes(payload);
        MemorySegment original = MemorySegment.ofArray(payload);
        assertThat(
                        MemorySegment.mismatch(
                                original,
                                descriptorBytes,
                                payload.length,
                                memory,
                                at + descriptorBytes,
                                at + end))
                .isEqualTo(-1);
        return index;
    }

    private final PayloadInfo descriptor = new PayloadInfo();

    private int descriptorBytes(byte[] payload) {
        boolean numbers = tape.codec() == Codec.VP8 || tape.codec() == Codec.VP9;
        if (!numbers) {
            return 0;
        }
        PayloadFormat.of(tape.codec())
                .read(MemorySegment.ofArray(payload), 0, payload.length, false, descriptor);
        return descriptor.descriptorBytes();
    }

    private Tape.Packet original(Seen of) {
        return tape.packets().get(of.packet);
    }

    private void checkSequences() {
        @Nullable Seen before = null;
        long missing = 0;
        for (int i = 0; i < seen.size(); i++) {
            Seen now = seen.get(i);
            if (i > 0) {
                missing += now.sequence - seen.get(i - 1).sequence - 1;
                assertThat(now.sequence).isGreaterThan(seen.get(i - 1).sequence);
            }
            if (now.packet == PADDING) {
                continue;
            }
            if (before != null) {
                checkHole(before, now, missing);
            }
            missing = 0;
            before = now;
        }
    }

    private void checkHole(Seen before, Seen now, long missing) {
        Tape.Packet from = original(before);
        Tape.Packet to = original(now);
        if (missing == 0) {
            return;
        }
        assertThat(to.encoding()).as("hole between encodings").isEqualTo(from.encoding());
        int lost = 0;
        for (int i = before.packet; i < now.packet; i++) {
            boolean same = tape.packets().get(i).encoding() == to.encoding();
            lost += same && played.lost()[i] ? 1 : 0;
        }
        assertThat(missing)
                .as("holes between packets %d and %d", before.packet, now.packet)
                .isLessThanOrEqualTo(lost);
    }

    private void checkFrames() {
        SeenFrame current = null;
        Set<Integer> begun = new HashSet<>();
        int encoding = -1;
        for (Seen each : seen) {
            if (each.packet == PADDING) {
                continue;
            }
            Tape.Packet packet = original(each);
            if (current == null || current.index != packet.frame()) {
                if (packet.encoding() != encoding) {
                    assertThat(tape.frames().get(packet.frame()).key())
                            .as("packet %d begins a run with a keyframe", each.packet)
                            .isTrue();
                    if (current != null) {
                        cut.add(current.index);
                    }
                }
                encoding = packet.encoding();
                assertThat(begun.add(packet.frame()))
                        .as("frame %d stands in one piece", packet.frame())
                        .isTrue();
                current = new SeenFrame(packet.frame(), each.timestamp);
                frames.add(current);
            }
            assertThat(each.timestamp).isEqualTo(current.timestamp);
            if (!current.inFrame.isEmpty()) {
                assertThat(packet.inFrame()).isGreaterThan(current.inFrame.getLast());
            }
            current.inFrame.add(packet.inFrame());
        }
        checkWhole();
    }

    private int packet(int frame, int inFrame) {
        return packets.get(frame).get(inFrame);
    }

    private boolean isLost(int frame, int inFrame) {
        return played.lost()[packet(frame, inFrame)];
    }

    /** Whether it was late, and the viewer had paused or gone over to another run already. */
    private boolean cameAfterRun(int place, int frame, int inFrame) {
        int arrival = played.arrivals()[packet(frame, inFrame)];
        for (int pause : played.pauses()) {
            if (pause <= arrival + LATE_PACKETS && pause > packet(frame, 0) - LATE_PACKETS) {
                return true;
            }
        }
        for (int i = place + 1; i < frames.size(); i++) {
            SeenFrame next = frames.get(i);
            if (beginsAnew(i)
                    && played.arrivals()[packet(next.index, 0)] < arrival + LATE_PACKETS) {
                return true;
            }
        }
        return false;
    }

    /** All that came in of a frame was forwarded, but where a viewer left for another encoding. */
    private void checkWhole() {
        for (int i = 0; i < frames.size(); i++) {
            SeenFrame frame = frames.get(i);
            Tape.Frame truth = tape.frames().get(frame.index);
            if (frame.inFrame.size() == truth.packets() || i == frames.size() - 1) {
                continue;
            }
            boolean leaves = cut.contains(frame.index) || beginsAnew(i + 1);
            for (int k = 0; k < truth.packets() && !leaves; k++) {
                boolean missed = isLost(frame.index, k) || cameAfterRun(i, frame.index, k);
                assertThat(frame.inFrame.contains(k) || missed)
                        .as("packet %d of %d of frame %d", k, truth.packets(), frame.index)
                        .isTrue();
            }
        }
    }

    /** After a pause of the viewer's, which may have cut the frame before. */
    private boolean beginsAnew(int frame) {
        return tape.frames().get(frames.get(frame).index).key();
    }

    private void checkReferences() {
        Set<Integer> forwarded = new HashSet<>();
        for (int place = 0; place < frames.size(); place++) {
            SeenFrame frame = frames.get(place);
            for (int reference : tape.frames().get(frame.index).references()) {
                if (!forwarded.contains(reference)) {
                    assertThat(isDamaged(place, reference))
                            .as("frame %d refers to %d", frame.index, reference)
                            .isTrue();
                }
            }
            forwarded.add(frame.index);
        }
    }

    private boolean isDamaged(int place, int frame) {
        for (int k = 0; k < tape.frames().get(frame).packets(); k++) {
            if (isLost(frame, k) || cameAfterRun(place, frame, k)) {
                return true;
            }
        }
        return false;
    }

    private void checkTimes(boolean clocks) {
        for (int i = 1; i < frames.size(); i++) {
            Tape.Frame before = tape.frames().get(frames.get(i - 1).index);
            Tape.Frame now = tape.frames().get(frames.get(i).index);
            int elapsed = frames.get(i).timestamp - frames.get(i - 1).timestamp;
            boolean samePicture =
                    before.encoding() == now.encoding() && before.timestamp() == now.timestamp();
            if (samePicture) {
                assertThat(elapsed).isZero();
            } else {
                assertThat(elapsed).as("time up to frame %d", frames.get(i).index).isPositive();
            }
        }
        if (clocks && !frames.isEmpty()) {
            Tape.Frame first = tape.frames().get(frames.getFirst().index);
            for (SeenFrame frame : frames) {
                Tape.Frame truth = tape.frames().get(frame.index);
                int captured = LayerStage.ticks(truth.atNanos() - first.atNanos());
                int drift = frame.timestamp - frames.getFirst().timestamp - captured;
                assertThat(drift).isBetween(-DRIFT_TICKS_MAX, DRIFT_TICKS_MAX);
            }
        }
    }

    /** A picture has its marker at its end and nowhere else, whatever was left out above. */
    private void checkMarkers() {
        for (int i = 0; i < seen.size(); i++) {
            Seen now = seen.get(i);
            if (now.packet == PADDING) {
                assertThat(now.marker).isFalse();
                continue;
            }
            @Nullable Seen next = null;
            for (int k = i + 1; k < seen.size() && next == null; k++) {
                next = seen.get(k).packet == PADDING ? null : seen.get(k);
            }
            if (next == null || cut.contains(original(now).frame())) {
                continue;
            }
            boolean ends = next.timestamp != now.timestamp;
            boolean cutByPause =
                    ends && tape.frames().get(original(next).frame()).key() && !now.marker;
            if (!cutByPause) {
                assertThat(now.marker).as("marker of packet %d", now.packet).isEqualTo(ends);
            }
        }
    }

    private void checkDescriptors() {
        DependencyReader reader = new DependencyReader();
        PayloadInfo info = new PayloadInfo();
        Map<Integer, Long> numbers = new HashMap<>();
        long highest = Long.MIN_VALUE;
        int begun = -1;
        for (Seen each : seen) {
            if (each.packet == PADDING) {
                continue;
            }
            RtpPacket packet = each.rtp;
            int bytes = packet.find(LayerStage.DESCRIPTOR);
            reader.read(packet.memory(), packet.foundOffset(), bytes, info);
            DependencyStructure structure = info.structure();
            if (structure == null) {
                // The packet with the structure was lost.
                assertThat(lossless).isFalse();
                continue;
            }
            int frame = original(each).frame();
            long number = info.frameNumber();
            numbers.putIfAbsent(frame, number);
            assertThat(number).isEqualTo(numbers.get(frame));
            assertThat(number).isGreaterThanOrEqualTo(highest);
            highest = number;
            List<Integer> references = tape.frames().get(frame).references();
            for (int i = 0; i < info.diffCount() && info.diffCount() == references.size(); i++) {
                int reference = references.get(i);
                Long referred = numbers.get(reference);
                assertThat(referred == null || number - info.diff(i) == referred)
                        .as("frame %d refers to %d by its number", frame, reference)
                        .isTrue();
            }
            begun = original(each).inFrame() == 0 ? frame : begun;
            // A viewer is told with a frame's first packet.
            if (lossless && begun == frame) {
                checkActive(structure, info, frame);
            }
        }
    }

    /** A viewer is told of a decode target that this frame is for. */
    private void checkActive(DependencyStructure structure, PayloadInfo info, int frame) {
        boolean active = false;
        for (int target = 0; target < structure.targets(); target++) {
            boolean has =
                    DependencyStructure.indication(info.indications(), target)
                            != DependencyStructure.NOT_PRESENT;
            active |= has && (info.activeTargets() >>> target & 1) != 0;
        }
        assertThat(active).as("frame %d is for an active decode target", frame).isTrue();
    }

    private void checkPictures() {
        PayloadFormat format = PayloadFormat.of(tape.codec());
        PayloadInfo info = new PayloadInfo();
        int picture = -1;
        int tl0 = -1;
        int key = -1;
        int frame = -1;
        for (Seen each : seen) {
            if (each.packet == PADDING) {
                continue;
            }
            RtpPacket packet = each.rtp;
            format.read(
                    packet.memory(), packet.payloadOffset(), packet.payloadBytes(), false, info);
            Tape.Frame truth = tape.frames().get(original(each).frame());
            boolean opens = original(each).frame() != frame;
            frame = original(each).frame();
            if (picture >= 0 && opens && inOrder) {
                assertThat(info.pictureId()).isEqualTo(picture + 1 & 0x7fff);
                assertThat(info.tl0PicIdx())
                        .isEqualTo(truth.temporal() == 0 ? tl0 + 1 & 0xff : tl0);
                assertThat(info.keyIdx()).isEqualTo(truth.key() ? key + 1 & 0x1f : key);
            } else if (picture >= 0 && !opens) {
                assertThat(info.pictureId()).isEqualTo(picture);
            } else if (picture >= 0) {
                int ahead = (info.pictureId() - picture) << 17 >> 17;
                assertThat(ahead).isPositive();
            }
            picture = info.pictureId();
            tl0 = info.tl0PicIdx();
            key = info.keyIdx();
        }
    }
}
