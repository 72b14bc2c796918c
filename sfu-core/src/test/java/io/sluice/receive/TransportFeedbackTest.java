package io.sluice.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.rtp.Arrivals;
import io.sluice.rtp.Hex;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtcpMessage;
import io.sluice.rtp.RtcpReader;
import io.sluice.rtp.RtcpWriter;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransportFeedbackTest {
    private static final long MS_NANOS = 1_000_000L;

    private final MediaCounters counters = new MediaCounters();
    private final TransportFeedback feedback = new TransportFeedback(counters);
    private final RtcpWriter writer = new RtcpWriter();
    private final RtcpReader reader = new RtcpReader();

    private RtcpMessage.TransportWide write(int roomBytes, long nowNanos) {
        MemorySegment memory = Hex.room(roomBytes);
        writer.begin(memory, 0, roomBytes);
        assertThat(feedback.write(writer, 1, 2, nowNanos)).isTrue();
        reader.wrap(memory, 0, writer.lengthBytes());
        var message = Objects.requireNonNull((RtcpMessage.TransportWide) reader.next());
        assertThat(reader.next()).isNull();
        assertThat(reader.malformed()).isFalse();
        return message;
    }

    private void receive(int from, int to, long nowNanos) {
        for (int sequence = from; sequence <= to; sequence++) {
            feedback.onPacket(sequence & 0xffff, nowNanos);
        }
    }

    @Test
    void shouldHaveNothingToSayBeforeTheFirstPacket() {
        assertThat(feedback.due(Long.MAX_VALUE - 1)).isFalse();
        writer.begin(Hex.room(100), 0, 100);
        assertThat(feedback.write(writer, 1, 2, 0)).isFalse();
    }

    @Test
    void shouldReportEveryTenthOfASecond() {
        feedback.onPacket(7, 0);
        assertThat(feedback.due(99 * MS_NANOS)).isFalse();
        assertThat(feedback.due(100 * MS_NANOS)).isTrue();
        assertThat(write(100, 100 * MS_NANOS).feedbackCount()).isZero();
        assertThat(feedback.nextTimeoutNanos()).isEqualTo(TransportFeedback.NEVER);
        feedback.onPacket(8, 110 * MS_NANOS);
        assertThat(feedback.nextTimeoutNanos()).isEqualTo(200 * MS_NANOS);
        RtcpMessage.TransportWide second = write(100, 200 * MS_NANOS);
        assertThat(second.feedbackCount()).isEqualTo(1);
        assertThat(second.baseSequence()).isEqualTo(8);
        assertThat(second.statuses()).isEqualTo(1);
        assertThat(second.senderSsrc()).isEqualTo(1);
        assertThat(second.mediaSsrc()).isEqualTo(2);
    }

    @Test
    void shouldReportSoonerWhenManyWait() {
        receive(0, TransportFeedback.BUSY_PACKETS - 2, 0);
        assertThat(feedback.due(50 * MS_NANOS)).isFalse();
        feedback.onPacket(TransportFeedback.BUSY_PACKETS - 1, 0);
        assertThat(feedback.due(49 * MS_NANOS)).isFalse();
        assertThat(feedback.due(50 * MS_NANOS)).isTrue();
    }

    @Test
    void shouldReportLossSoonest() {
        feedback.onPacket(0, 0);
        feedback.onPacket(2, 0);
        assertThat(feedback.due(19 * MS_NANOS)).isFalse();
        assertThat(feedback.due(20 * MS_NANOS)).isTrue();
        assertThat(write(100, 20 * MS_NANOS).arrivals().size()).isEqualTo(2);
        feedback.onPacket(3, 30 * MS_NANOS);
        assertThat(feedback.nextTimeoutNanos()).isEqualTo(120 * MS_NANOS);
    }

    @Test
    void shouldCountFeedbackInEightBits() {
        for (int i = 0; i < 300; i++) {
            feedback.onPacket(i, i * 100L * MS_NANOS);
            assertThat(write(100, i * 100L * MS_NANOS).feedbackCount()).isEqualTo(i & 0xff);
        }
    }

    @Test
    void shouldReportALateOneAgainWithAllThatFollows() {
        feedback.onPacket(0, 0);
        feedback.onPacket(2, 0);
        write(100, 20 * MS_NANOS);
        feedback.onPacket(1, 30 * MS_NANOS);
        feedback.onPacket(2, 30 * MS_NANOS);
        RtcpMessage.TransportWide message = write(100, 120 * MS_NANOS);
        assertThat(message.baseSequence()).isEqualTo(1);
        assertThat(message.arrivals().size()).isEqualTo(2);
        // Earlier than the packet before it in number: a negative delta.
        assertThat(message.arrivals().arrivalNanos(0) - message.arrivals().arrivalNanos(1))
                .isEqualTo(30 * MS_NANOS);
    }

    @Test
    void shouldKeepABoundedWindow() {
        feedback.onPacket(0, 0);
        feedback.onPacket(5000, MS_NANOS);
        RtcpMessage.TransportWide message = write(1200, 100 * MS_NANOS);
        assertThat(message.baseSequence()).isEqualTo(5000 - TransportFeedback.WINDOW + 1);
        assertThat(message.statuses()).isEqualTo(TransportFeedback.WINDOW);
        assertThat(message.arrivals().size()).isEqualTo(1);
        assertThat(counters.of(MediaCount.TRANSPORT_FEEDBACK_MISSED)).isPositive();
        long before = counters.of(MediaCount.TRANSPORT_FEEDBACK_MISSED);
        feedback.onPacket(5000 - TransportFeedback.WINDOW, 2 * MS_NANOS);
        assertThat(counters.of(MediaCount.TRANSPORT_FEEDBACK_MISSED)).isEqualTo(before + 1);
        assertThat(feedback.nextTimeoutNanos()).isEqualTo(TransportFeedback.NEVER);
    }

    @Test
    void shouldGoOnInAnotherPacketWhereOneIsFull() {
        receive(65_000, 65_900, 0);
        int reported = 0;
        int messages = 0;
        while (feedback.due(100 * MS_NANOS)) {
            RtcpMessage.TransportWide message = write(200, 100 * MS_NANOS);
            assertThat(message.baseSequence()).isEqualTo((65_000 + reported) & 0xffff);
            reported += message.statuses();
            messages++;
        }
        assertThat(reported).isEqualTo(901);
        assertThat(messages).isEqualTo(6);
    }

    @Test
    void shouldGoOnInAnotherMessageAfterALongPause() {
        feedback.onPacket(0, 0);
        feedback.onPacket(1, 60_000 * MS_NANOS);
        assertThat(write(100, 60_000 * MS_NANOS).arrivals().size()).isEqualTo(1);
        assertThat(feedback.due(60_000 * MS_NANOS)).isTrue();
        assertThat(write(100, 60_000 * MS_NANOS).arrivals().arrivalNanos(0))
                .isEqualTo(60_000 * MS_NANOS);
        assertThat(feedback.due(Long.MAX_VALUE - 1)).isFalse();
    }

    /** What the sender learns is what arrived, to a quarter of a millisecond, and nothing else. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldTellTheSenderWhatArrivedAndWhen(long seed) {
        Random random = new Random(seed);
        long origin = random.nextLong(1L << 50);
        long now = origin;
        int next = random.nextInt(65_536);
        int first = next;
        Map<Integer, Long> arrived = new HashMap<>();
        Map<Integer, Long> told = new HashMap<>();
        for (int i = 0; i < 30_000; i++) {
            int skipped = random.nextInt(50) == 0 ? random.nextInt(30) : 0;
            int sequence = random.nextInt(20) == 0 ? Math.max(first, next - 5) : next + skipped;
            next = Math.max(next, sequence + 1);
            feedback.onPacket(sequence & 0xffff, now);
            arrived.putIfAbsent(sequence, now - origin);
            while (feedback.due(now)) {
                tell(write(100 + random.nextInt(400), now), next, told);
            }
            boolean pause = random.nextInt(1000) == 0;
            now += random.nextLong((pause ? 20_000 : 2) * MS_NANOS);
        }
        now += 100 * MS_NANOS;
        while (feedback.due(now)) {
            tell(write(1200, now), next, told);
        }
        assertThat(told.keySet()).isEqualTo(arrived.keySet());
        told.forEach((sequence, nanos) ->
                assertThat(arrived.getOrDefault(sequence, -1L) - nanos)
                        .isBetween(0L, Arrivals.TICK_NANOS - 1));
        assertThat(counters.of(MediaCount.TRANSPORT_FEEDBACK_MISSED)).isZero();
    }

    private static void tell(RtcpMessage.TransportWide message, int next, Map<Integer, Long> told) {
        Arrivals arrivals = message.arrivals();
        for (int i = 0; i < arrivals.size(); i++) {
            int sequence = next + (short) (arrivals.sequence(i) - next);
            told.put(sequence, arrivals.arrivalNanos(i));
        }
    }
}
