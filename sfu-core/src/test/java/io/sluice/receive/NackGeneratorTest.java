package io.sluice.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NackGeneratorTest {
    private static final long MS_NANOS = 1_000_000L;
    private static final long ROUND_TRIP = 50 * MS_NANOS;

    private final MediaCounters counters = new MediaCounters();
    private final NackGenerator nacks = new NackGenerator(counters);
    private final long[] out = new long[64];

    private List<Long> poll(long nowNanos) {
        int count = nacks.poll(nowNanos, ROUND_TRIP, out, out.length);
        return Arrays.stream(out, 0, count).boxed().toList();
    }

    private void receive(long from, long to, long nowNanos) {
        for (long sequence = from; sequence <= to; sequence++) {
            nacks.onPacket(sequence, nowNanos);
        }
    }

    @Test
    void shouldAskForNothingWhileNothingIsMissing() {
        receive(1000, 2000, 0);
        assertThat(nacks.nextTimeoutNanos()).isEqualTo(NackGenerator.NEVER);
        assertThat(poll(1000 * MS_NANOS)).isEmpty();
    }

    @Test
    void shouldWaitForANeighbourThatSwapped() {
        nacks.onPacket(10, 0);
        nacks.onPacket(12, 0);
        assertThat(poll(4 * MS_NANOS)).isEmpty();
        assertThat(nacks.nextTimeoutNanos()).isEqualTo(5 * MS_NANOS);
        nacks.onPacket(11, 4 * MS_NANOS);
        assertThat(nacks.nextTimeoutNanos()).isEqualTo(NackGenerator.NEVER);
        assertThat(counters.of(MediaCount.MISSING_PACKETS_FOUND)).isEqualTo(1);
        assertThat(counters.of(MediaCount.PACKETS_ASKED_OF_PUBLISHERS)).isZero();
    }

    @Test
    void shouldAskOnceThePacketsBehindShowALoss() {
        nacks.onPacket(10, 0);
        nacks.onPacket(12, 0);
        nacks.onPacket(13, MS_NANOS);
        assertThat(poll(MS_NANOS)).isEmpty();
        nacks.onPacket(14, 2 * MS_NANOS);
        assertThat(nacks.nextTimeoutNanos()).isEqualTo(2 * MS_NANOS);
        assertThat(poll(2 * MS_NANOS)).containsExactly(11L);
    }

    @Test
    void shouldAskOnceTheTimeIsUp() {
        nacks.onPacket(10, 0);
        nacks.onPacket(12, 0);
        assertThat(poll(5 * MS_NANOS)).containsExactly(11L);
    }

    @Test
    void shouldAskAgainAfterEachRoundTripUntilItGivesUp() {
        nacks.onPacket(10, 0);
        nacks.onPacket(14, 0);
        long now = nacks.nextTimeoutNanos();
        for (int i = 0; i < NackGenerator.TRIES_MAX; i++) {
            assertThat(poll(now - 1)).isEmpty();
            assertThat(nacks.takeKeyframeNeeded()).isFalse();
            // The first is beyond the reordering already, its neighbours wait for the time.
            assertThat(poll(now)).contains(11L);
            poll(now + 5 * MS_NANOS);
            now += ROUND_TRIP;
        }
        assertThat(poll(now + 5 * MS_NANOS)).isEmpty();
        assertThat(nacks.takeKeyframeNeeded()).isTrue();
        assertThat(nacks.takeKeyframeNeeded()).isFalse();
        assertThat(nacks.outstanding()).isZero();
        assertThat(counters.of(MediaCount.MISSING_PACKETS_GIVEN_UP)).isEqualTo(3);
        assertThat(nacks.nextTimeoutNanos()).isEqualTo(NackGenerator.NEVER);
        assertThat(counters.of(MediaCount.PACKETS_ASKED_OF_PUBLISHERS))
                .isEqualTo(3L * NackGenerator.TRIES_MAX);
    }

    @Test
    void shouldKeepRetriesWithinBoundsWhateverTheRoundTrip() {
        nacks.onPacket(10, 0);
        nacks.onPacket(12, 0);
        nacks.poll(5 * MS_NANOS, 1, out, out.length);
        assertThat(nacks.nextTimeoutNanos())
                .isEqualTo(5 * MS_NANOS + NackGenerator.RETRY_MIN_NANOS);
        nacks.poll(100 * MS_NANOS, Long.MAX_VALUE, out, out.length);
        assertThat(nacks.nextTimeoutNanos())
                .isEqualTo(100 * MS_NANOS + NackGenerator.RETRY_MAX_NANOS);
        nacks.poll(2000 * MS_NANOS, 0, out, out.length);
        assertThat(nacks.nextTimeoutNanos())
                .isEqualTo(2000 * MS_NANOS + NackGenerator.DEFAULT_ROUND_TRIP_NANOS);
    }

    @Test
    void shouldForgetWhatIsOlderThanTheKeyframe() {
        receive(1, 10, 0);
        receive(13, 20, 0);
        receive(23, 30, 0);
        nacks.onKeyframe(15);
        assertThat(poll(10 * MS_NANOS)).containsExactly(21L, 22L);
        assertThat(nacks.takeKeyframeNeeded()).isFalse();
        nacks.onKeyframe(30);
        assertThat(nacks.nextTimeoutNanos()).isEqualTo(NackGenerator.NEVER);
    }

    @Test
    void shouldGiveUpWhatTheSenderHasForgotten() {
        nacks.onPacket(1, 0);
        nacks.onPacket(3, 0);
        receive(4, 2 + NackGenerator.AGE_MAX_PACKETS, 0);
        assertThat(nacks.outstanding()).isEqualTo(1);
        nacks.onPacket(3 + NackGenerator.AGE_MAX_PACKETS, 0);
        assertThat(nacks.outstanding()).isZero();
        assertThat(nacks.takeKeyframeNeeded()).isTrue();
    }

    @Test
    void shouldGiveUpAllRatherThanAskForTooMuch() {
        nacks.onPacket(0, 0);
        nacks.onPacket(NackGenerator.OUTSTANDING_MAX, 0);
        assertThat(nacks.outstanding()).isEqualTo(NackGenerator.OUTSTANDING_MAX - 1);
        nacks.onPacket(NackGenerator.OUTSTANDING_MAX + 3, 0);
        assertThat(nacks.outstanding()).isEqualTo(2);
        assertThat(nacks.takeKeyframeNeeded()).isTrue();
        nacks.onPacket(100_000, 0);
        assertThat(nacks.outstanding()).isZero();
        assertThat(nacks.takeKeyframeNeeded()).isTrue();
    }

    @Test
    void shouldLeaveTheRestForTheNextCall() {
        nacks.onPacket(0, 0);
        nacks.onPacket(101, 0);
        assertThat(poll(5 * MS_NANOS)).hasSize(64).startsWith(1L).endsWith(64L);
        assertThat(nacks.nextTimeoutNanos()).isLessThanOrEqualTo(5 * MS_NANOS);
        assertThat(poll(5 * MS_NANOS)).hasSize(36).startsWith(65L).endsWith(100L);
        assertThat(poll(5 * MS_NANOS)).isEmpty();
    }

    private record Delivery(long sequence, long nanos) {}

    /**
     * A lossy, reordering path in both directions: in the end nothing is missing that was not given
     * up, nothing is asked for that was never lost or late, nor more often than allowed.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldMendALossyPath(long seed) {
        Random random = new Random(seed);
        int packets = 20_000;
        double loss = 0.02 + 0.1 * random.nextDouble();
        PriorityQueue<Delivery> onTheWay =
                new PriorityQueue<>(Comparator.comparingLong(Delivery::nanos));
        for (int i = 0; i < packets; i++) {
            if (i == 0 || i > packets - 5 || random.nextDouble() >= loss) {
                onTheWay.add(new Delivery(i, i * MS_NANOS + random.nextLong(3 * MS_NANOS)));
            }
        }
        boolean[] here = new boolean[packets];
        Map<Long, List<Long>> asked = new HashMap<>();
        long now = 0;
        while (!onTheWay.isEmpty() || nacks.outstanding() > 0) {
            Delivery next = onTheWay.peek();
            long arrival = next == null ? Long.MAX_VALUE : next.nanos();
            now = Math.max(now, Math.min(arrival, nacks.nextTimeoutNanos()));
            while (!onTheWay.isEmpty() && onTheWay.peek().nanos() <= now) {
                Delivery delivery = onTheWay.remove();
                here[(int) delivery.sequence()] = true;
                nacks.onPacket(delivery.sequence(), now);
            }
            for (long sequence : poll(now)) {
                assertThat(here[(int) sequence]).isFalse();
                asked.computeIfAbsent(sequence, _ -> new ArrayList<>()).add(now);
                if (random.nextDouble() >= loss) {
                    onTheWay.add(new Delivery(sequence, now + ROUND_TRIP));
                }
            }
        }
        int missing = 0;
        for (boolean arrived : here) {
            missing += arrived ? 0 : 1;
        }
        assertThat((long) missing).isEqualTo(counters.of(MediaCount.MISSING_PACKETS_GIVEN_UP));
        assertThat(counters.of(MediaCount.MISSING_PACKETS_GIVEN_UP)).isZero();
        assertThat(asked.values())
                .allSatisfy(times -> {
                    assertThat(times).hasSizeLessThanOrEqualTo(NackGenerator.TRIES_MAX);
                    for (int i = 1; i < times.size(); i++) {
                        assertThat(times.get(i) - times.get(i - 1))
                                .isGreaterThanOrEqualTo(ROUND_TRIP);
                    }
                });
    }
}
