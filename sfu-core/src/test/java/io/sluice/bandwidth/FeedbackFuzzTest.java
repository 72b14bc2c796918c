package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.rtp.RtcpKind;
import io.sluice.rtp.RtcpReader;
import io.sluice.rtp.RtcpWriter;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a viewer reports of what it was sent, the estimate stays within its bounds. */
final class FeedbackFuzzTest {
    private static final int ROOM_BYTES = 2_048;
    private static final int SENT = 600;
    private static final int SENT_AT_ONCE = 20;
    private static final long FIRST = 65_400;
    private static final long MILLIS = 1_000_000;
    private static final BandwidthConfig CONFIG = BandwidthConfig.defaults();

    static List<byte[]> compounds() {
        long[] ticks = new long[40];
        for (int i = 0; i < ticks.length; i++) {
            ticks[i] = i % 9 == 0 ? RtcpWriter.NOT_RECEIVED : 100 + 5L * i;
        }
        long[] lost = new long[500];
        Arrays.fill(lost, RtcpWriter.NOT_RECEIVED);
        lost[499] = 70;
        PacketReportWriter byStreams = new PacketReportWriter();
        for (long number = FIRST; number < FIRST + 60; number++) {
            if (number % 7 != 0) {
                byStreams.onArrival(number, number * MILLIS);
            }
        }
        return List.of(
                written(FIRST, ticks),
                written(FIRST + 20, lost),
                written(3, ticks),
                byStreams.report((FIRST + 60) * MILLIS));
    }

    private static byte[] written(long base, long[] ticks) {
        byte[] bytes = new byte[ROOM_BYTES];
        RtcpWriter writer = new RtcpWriter();
        MemorySegment room = MemorySegment.ofArray(bytes);
        writer.begin(room, 0, ROOM_BYTES);
        writer.transportWide(1, 2, 3, base, ticks, ticks.length);
        return Arrays.copyOf(bytes, writer.lengthBytes());
    }

    /** Said again and again while packets leave: an estimate must not creep out of its bounds either. */
    @MethodSource("compounds")
    @FuzzTest
    void feedback(byte[] bytes) {
        long now = 77_000 * MILLIS;
        SendSideEstimator estimator = new SendSideEstimator(CONFIG, now);
        estimator.demand(Long.MAX_VALUE);
        RtcpReader reader = new RtcpReader();
        for (long sequence = FIRST; sequence < FIRST + SENT; sequence++) {
            now += MILLIS;
            ProbePlan plan = estimator.poll(now);
            estimator.onStreamSent(
                    PacketReportWriter.ssrc(sequence),
                    (int) PacketReportWriter.sequence(sequence) & 0xffff,
                    sequence);
            estimator.onSent(sequence, 1_100, plan == null ? 0 : plan.id(), now);
            if (sequence % SENT_AT_ONCE == 0) {
                hear(estimator, reader, bytes, now);
                estimator.onTick(now);
            }
            assertThat(estimator.estimateBitsPerSecond())
                    .isBetween(CONFIG.floor(), CONFIG.ceiling());
            assertThat(estimator.targetBitsPerSecond())
                    .isBetween(CONFIG.floor(), estimator.estimateBitsPerSecond());
        }
    }

    private static void hear(
            SendSideEstimator estimator, RtcpReader reader, byte[] bytes, long now) {
        reader.wrap(MemorySegment.ofArray(bytes), 0, bytes.length);
        while (reader.advance()) {
            if (reader.kind() == RtcpKind.TRANSPORT_WIDE
                    || reader.kind() == RtcpKind.PACKET_REPORTS) {
                estimator.onFeedback(reader, now);
            } else if (reader.kind() == RtcpKind.REMB) {
                estimator.onRemb(reader.rembBitsPerSecond(), now);
            }
        }
    }
}
