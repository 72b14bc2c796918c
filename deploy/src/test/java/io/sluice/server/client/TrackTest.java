package io.sluice.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.server.client.ClientSection.Direction;
import io.sluice.server.client.ClientSection.Kind;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sender and a receiver, with a path between them that the test holds. */
final class TrackTest {
    private static final int PUBLISHER = 77;
    private static final long FRAME_NANOS = 50_000_000;

    private final Queue<byte[]> path = new ArrayDeque<>();
    private final ClientSection section =
            new ClientSection(
                    "1",
                    Kind.VIDEO,
                    Direction.SENDONLY,
                    ClientSection.Numbers.of(Kind.VIDEO, true, 2),
                    1_000,
                    2_000);
    private final TrackReceiver receiver =
            new TrackReceiver(section, section.ssrc(), true, TrackReceiver.AnswerTrack.UNKNOWN);
    private long nowNanos = 1_000_000_000;

    /** Protects nothing: what is sent again is what was sent. */
    private final class PathOut implements TrackSender.Out {
        private int sequence;

        @Override
        public int nextTransportSequence() {
            return sequence++ & 0xFFFF;
        }

        @Override
        public byte[] send(byte[] packet, int length) {
            byte[] sent = Arrays.copyOf(packet, length);
            path.add(sent);
            return sent;
        }

        @Override
        public void again(byte[] protectedPacket) {
            path.add(protectedPacket);
        }
    }

    private TrackSender sender(boolean rtx) {
        return new TrackSender(
                section,
                section.encodings().getFirst(),
                new ClientSection.Sender(20, 4, 300),
                PUBLISHER,
                rtx,
                new PathOut(),
                new SplittableRandom(5));
    }

    private void receive(byte[] packet) {
        RtpBytes.Header header = RtpBytes.read(packet);
        assertThat(header).isNotNull();
        if (header == null) {
            return;
        }
        if (header.ssrc() == section.ssrc()) {
            receiver.onRtp(header, packet, nowNanos, nowNanos);
        } else {
            receiver.onRtx(header, packet, nowNanos, nowNanos);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHealALossyPathOverWraps(boolean rtx) {
        TrackSender sender = sender(rtx);
        Loss loss = Loss.random(0.1, 3);
        for (int frame = 0; frame < 20_000; frame++) {
            long unused = sender.sendFrame(nowNanos, nowNanos);
            if (frame == 200) {
                sender.onPictureLoss();
            }
            deliver(loss);
            nowNanos += FRAME_NANOS;
            repair(sender);
            deliver(loss);
        }
        Loss none = Loss.random(0, 0);
        for (int i = 0; i < 100; i++) {
            nowNanos += FRAME_NANOS;
            repair(sender);
            deliver(none);
        }
        ClientStatistics.Received seen = receiver.statistics();
        assertThat(seen.holesOutstanding()).isZero();
        assertThat(seen.wrongContent()).isZero();
        assertThat(seen.frameJumps()).isZero();
        assertThat(seen.keyframes()).isEqualTo(2);
        assertThat(seen.publisher()).isEqualTo(PUBLISHER);
        assertThat(seen.packets()).isGreaterThan(79_990);
        assertThat(rtx ? seen.recoveredByRtx() : seen.recoveredPlainly()).isGreaterThan(6_000);
    }

    private void deliver(Loss loss) {
        for (byte[] packet = path.poll(); packet != null; packet = path.poll()) {
            if (!loss.drops()) {
                receive(packet);
            }
        }
    }

    private void repair(TrackSender sender) {
        List<Long> lost = receiver.nacks(nowNanos);
        if (!lost.isEmpty()) {
            sender.onNack(lost.stream().map(Math::toIntExact).toList());
        }
    }

    @Test
    void shouldTakePacketsInAnyOrderAndEachOnce() {
        TrackSender sender = sender(true);
        for (int i = 0; i < 3; i++) {
            long unused = sender.sendFrame(nowNanos, nowNanos);
        }
        List<byte[]> packets = List.copyOf(path);
        receive(packets.getFirst());
        for (int i = packets.size() - 1; i > 0; i--) {
            receive(packets.get(i));
            receive(packets.get(i));
        }
        ClientStatistics.Received seen = receiver.statistics();
        assertThat(seen.packets()).isEqualTo(packets.size());
        assertThat(seen.duplicates()).isEqualTo(packets.size() - 1);
        assertThat(seen.frames()).isEqualTo(3);
        assertThat(seen.holesOutstanding()).isZero();
        assertThat(seen.wrongContent()).isZero();
    }

    /** As a decoder, which goes on with it. */
    @Test
    void shouldNotBeHeldUpByWhatIsMissingBeforeAWholeKeyframe() {
        TrackSender sender = sender(true);
        long unused = sender.sendFrame(nowNanos, nowNanos);
        unused = sender.sendFrame(nowNanos, nowNanos);
        List<byte[]> lossy = List.copyOf(path);
        path.clear();
        lossy.stream().filter(packet -> packet != lossy.get(9)).forEach(this::receive);
        nowNanos += FRAME_NANOS;
        assertThat(receiver.nacks(nowNanos)).hasSize(1);

        sender.onPictureLoss();
        unused = sender.sendFrame(nowNanos, nowNanos);
        path.forEach(this::receive);
        nowNanos += 10 * FRAME_NANOS;

        assertThat(receiver.nacks(nowNanos)).hasSize(1);
        ClientStatistics.Received seen = receiver.statistics();
        assertThat(seen.keyframes()).isEqualTo(2);
        assertThat(seen.holesOutstanding()).isZero();
        assertThat(seen.lost()).isEqualTo(1);
    }

    @Test
    void shouldCountContentThatIsNotWhatWasPublished() {
        TrackSender sender = sender(true);
        long unused = sender.sendFrame(nowNanos, nowNanos);
        List<byte[]> packets = List.copyOf(path);
        packets.get(1)[100] ^= 1;
        packets.get(2)[1] ^= 0x03; // another payload number
        RtpBytes.putInt16(packets.get(4), 2, RtpBytes.int16(packets.get(4), 2) + 1 & 0xFFFF);
        packets.subList(0, 5).forEach(this::receive);
        assertThat(receiver.statistics().wrongContent()).isEqualTo(2);
        receive(packets.get(5));
        receive(packets.get(6));
        assertThat(receiver.statistics().wrongContent()).as("in a wrong place").isGreaterThan(2);
    }

    @Test
    void shouldAskForAKeyframeUntilOneIsWhole() {
        TrackSender sender = sender(true);
        for (int i = 0; i < 2; i++) {
            path.clear();
            long unused = sender.sendFrame(nowNanos, nowNanos);
        }
        deliver(Loss.random(0, 0));
        assertThat(receiver.wantsKeyframe(nowNanos)).as("at once").isFalse();
        nowNanos += 600_000_000;
        assertThat(receiver.wantsKeyframe(nowNanos)).isTrue();
        assertThat(receiver.wantsKeyframe(nowNanos)).as("again so soon").isFalse();
        sender.onPictureLoss();
        long unused = sender.sendFrame(nowNanos, nowNanos);
        deliver(Loss.random(0, 0));
        nowNanos += 600_000_000;
        assertThat(receiver.wantsKeyframe(nowNanos)).isFalse();
        assertThat(receiver.statistics().packetsBeforeKeyframe()).isEqualTo(4);
    }
}
