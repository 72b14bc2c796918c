package io.sluice.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.NtpTime;
import io.sluice.rtp.ReportBlock;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiveStreamTest {
    private static final int CLOCK = 90_000;
    private static final long MS_NANOS = 1_000_000L;

    private final MediaCounters counters = new MediaCounters();
    private final ReceiveStream stream = new ReceiveStream(0x1234, CLOCK, counters);

    private long receive(int sequence) {
        return stream.onRtp(sequence & 0xffff, 0, 0);
    }

    @Test
    void shouldReportNothingBeforeTheFirstPacket() {
        assertThat(stream.highest()).isEqualTo(-1);
        assertThat(stream.reportBlock(0)).isEqualTo(new ReportBlock(0x1234, 0, 0, 0, 0, 0, 0));
        assertThat(stream.onRecovered(1)).isEqualTo(ReceiveStream.OUT_OF_RANGE);
    }

    @Test
    void shouldExtendSequenceNumbersOverTheWrap() {
        assertThat(receive(65_535)).isEqualTo(131_071);
        assertThat(receive(0)).isEqualTo(131_072);
        assertThat(receive(65_534)).isEqualTo(131_070);
        assertThat(stream.highest()).isEqualTo(131_072);
        assertThat(stream.reportBlock(0).highestSequence()).isEqualTo(65_536);
    }

    @Test
    void shouldFlagDuplicates() {
        receive(10);
        receive(12);
        assertThat(receive(12)).isEqualTo(ReceiveStream.DUPLICATE);
        assertThat(receive(11)).isEqualTo(65_536 + 11);
        assertThat(receive(11)).isEqualTo(ReceiveStream.DUPLICATE);
        assertThat(receive(10)).isEqualTo(ReceiveStream.DUPLICATE);
    }

    @Test
    void shouldReportLossOfTheIntervalAndOfAll() {
        for (int i = 0; i < 100; i++) {
            if (i % 4 != 1) {
                receive(i);
            }
        }
        ReportBlock first = stream.reportBlock(0);
        assertThat(first.fractionLost()).isEqualTo(64);
        assertThat(first.cumulativeLost()).isEqualTo(25);
        for (int i = 100; i < 200; i++) {
            receive(i);
        }
        ReportBlock second = stream.reportBlock(0);
        assertThat(second.fractionLost()).isZero();
        assertThat(second.cumulativeLost()).isEqualTo(25);
        assertThat(stream.reportBlock(0).fractionLost()).isZero();
    }

    @Test
    void shouldReportNegativeLossForDuplicates() {
        receive(1);
        receive(1);
        receive(1);
        ReportBlock block = stream.reportBlock(0);
        assertThat(block.cumulativeLost()).isEqualTo(-2);
        assertThat(block.fractionLost()).isZero();
    }

    @Test
    void shouldKeepCumulativeLossWithin24Bits() {
        int sequence = 0;
        receive(sequence);
        for (int i = 0; i < 4000; i++) {
            sequence += ReceiveStream.DROPOUT_MAX - 1;
            receive(sequence);
        }
        assertThat(stream.cumulativeLost()).isEqualTo(0x7f_ffff);
        assertThat(counters.of(MediaCount.STREAM_RESTARTS)).isZero();
    }

    @Test
    void shouldNotLetRecoveredPacketsHideTheLoss() {
        receive(1);
        receive(4);
        assertThat(stream.onRecovered(2)).isEqualTo(65_538);
        assertThat(stream.onRecovered(2)).isEqualTo(ReceiveStream.DUPLICATE);
        assertThat(stream.onRecovered(4)).isEqualTo(ReceiveStream.DUPLICATE);
        assertThat(receive(2)).isEqualTo(ReceiveStream.DUPLICATE);
        assertThat(counters.of(MediaCount.PACKETS_RECOVERED)).isEqualTo(1);
        assertThat(stream.reportBlock(0).cumulativeLost()).isEqualTo(1);
    }

    @Test
    void shouldTakeTheLastPacketBackThatWasLost() {
        receive(1);
        assertThat(stream.onRecovered(3)).isEqualTo(65_539);
        assertThat(stream.highest()).isEqualTo(65_539);
        assertThat(receive(2)).isEqualTo(65_538);
        assertThat(receive(3)).isEqualTo(ReceiveStream.DUPLICATE);
        assertThat(stream.onRecovered(3 + ReceiveStream.DROPOUT_MAX))
                .isEqualTo(ReceiveStream.OUT_OF_RANGE);
        assertThat(stream.onRecovered(3 - ReceiveStream.MISORDER_MAX))
                .isEqualTo(ReceiveStream.OUT_OF_RANGE);
    }

    @Test
    void shouldDropASinglePacketFromFarAway() {
        receive(1000);
        assertThat(receive(30_000)).isEqualTo(ReceiveStream.OUT_OF_RANGE);
        assertThat(receive(1001)).isEqualTo(65_536 + 1001);
        assertThat(receive(30_001)).isEqualTo(ReceiveStream.OUT_OF_RANGE);
        assertThat(stream.packets()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {30_000, 60_000, 61_000})
    void shouldFollowASenderThatBeganAnew(int sequence) {
        receive(1000);
        assertThat(receive(sequence)).isEqualTo(ReceiveStream.OUT_OF_RANGE);
        assertThat(receive(sequence + 1)).isEqualTo(65_536 + sequence + 1);
        assertThat(receive(sequence + 2)).isEqualTo(65_536 + sequence + 2);
        assertThat(counters.of(MediaCount.STREAM_RESTARTS)).isEqualTo(1);
        assertThat(stream.reportBlock(0).cumulativeLost()).isZero();
    }

    @Test
    void shouldAcceptLateOnesUpToTheLimit() {
        receive(5000);
        assertThat(receive(5000 - ReceiveStream.MISORDER_MAX + 1)).isPositive();
        assertThat(receive(5000 - ReceiveStream.MISORDER_MAX))
                .isEqualTo(ReceiveStream.OUT_OF_RANGE);
    }

    /** A packet every 20 ms, each second one 5 ms late: the spacing varies by 5 ms, 450 units. */
    @Test
    void shouldMeasureJitter() {
        for (int i = 0; i < 1000; i++) {
            stream.onRtp(i, i * 1800, i * 20L * MS_NANOS + (i % 2) * 5L * MS_NANOS);
        }
        assertThat(stream.jitter()).isBetween(440, 460);
    }

    @Test
    void shouldNotTakeANewClockForJitter() {
        for (int i = 0; i < 100; i++) {
            stream.onRtp(i, i * 1800 + (i < 50 ? 0 : 0x40000000), i * 20L * MS_NANOS);
        }
        assertThat(stream.jitter()).isZero();
    }

    @Test
    void shouldMeasureJitterAfterDaysAndOverTheWrapOfTimestamps() {
        long start = Long.MAX_VALUE / 4;
        for (long i = 0; i < 500_000; i++) {
            long nanos = i * 1000 * MS_NANOS;
            stream.onRtp((int) (i & 0xffff), (int) (i * CLOCK), start + nanos);
        }
        assertThat(stream.jitter()).isZero();
    }

    @Test
    void shouldSayWhichSenderReportItSawAndWhen() {
        long ntp = NtpTime.ofUnixNanos(1_700_000_000_000_000_000L);
        assertThat(stream.reportBlock(0).lastSenderReport()).isZero();
        stream.onSenderReport(ntp, 10 * MS_NANOS);
        ReportBlock block = stream.reportBlock(1510 * MS_NANOS);
        assertThat(block.lastSenderReport()).isEqualTo(NtpTime.middle(ntp));
        assertThat(block.delayUnits()).isEqualTo(0x18000);
    }

    /** Against a model that remembers everything. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldAgreeWithANaiveModel(long seed) {
        Random random = new Random(seed);
        long first = 65_536L + random.nextInt(65_536);
        long highest = first;
        long received = 0;
        long expectedPrior = 0;
        long receivedPrior = 0;
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            long sequence = i == 0 ? first : nextSequence(random, highest);
            boolean recovered = i > 0 && sequence <= highest && random.nextInt(4) == 0;
            int wire = (int) (sequence & 0xffff);
            long result = recovered ? stream.onRecovered(wire) : stream.onRtp(wire, 0, 0);
            assertThat(result).isEqualTo(seen.add(sequence) ? sequence : ReceiveStream.DUPLICATE);
            highest = Math.max(highest, sequence);
            received += recovered ? 0 : 1;
            if (random.nextInt(50) == 0) {
                long expected = highest - first + 1;
                long lost = expected - expectedPrior - (received - receivedPrior);
                long fraction = lost <= 0 ? 0 : lost * 256 / (expected - expectedPrior);
                ReportBlock block = stream.reportBlock(0);
                assertThat(block.fractionLost()).isEqualTo((int) Math.min(255, fraction));
                assertThat(block.cumulativeLost()).isEqualTo((int) (expected - received));
                assertThat(block.highestSequence()).isEqualTo((int) (highest - 65_536));
                expectedPrior = expected;
                receivedPrior = received;
            }
        }
        assertThat(counters.of(MediaCount.STREAM_RESTARTS)).isZero();
    }

    private static long nextSequence(Random random, long highest) {
        return switch (random.nextInt(20)) {
            case 0 -> highest + 1 + random.nextInt(ReceiveStream.DROPOUT_MAX - 1);
            case 1, 2, 3, 4 -> highest - random.nextInt(20);
            case 5 -> highest - random.nextInt(ReceiveStream.MISORDER_MAX);
            case 6, 7 -> highest + 2 + random.nextInt(4);
            default -> highest + 1;
        };
    }
}
