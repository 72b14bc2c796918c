package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bandwidth.Simulation.Sample;
import io.sluice.bandwidth.Simulation.Step;
import io.sluice.rtp.RtcpReader;
import io.sluice.rtp.RtcpWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SendSideEstimatorTest {
    private static final long MILLIS = 1_000_000;
    private static final int ROOM_BYTES = 1 << 16;
    private static final int SIZE_BYTES = 1_000;
    private static final BandwidthConfig CONFIG = new BandwidthConfig(1_000_000, 50_000, 9_000_000);

    private final MemorySegment memory = Arena.ofAuto().allocate(ROOM_BYTES);
    private final RtcpWriter writer = new RtcpWriter();
    private final RtcpReader reader = new RtcpReader();
    private long now = 77 * Simulation.SECOND;
    private final SendSideEstimator estimator = new SendSideEstimator(CONFIG, now);

    private void send(long from, int packets) {
        for (int i = 0; i < packets; i++) {
            now += MILLIS;
            estimator.onSent(from + i, SIZE_BYTES, BandwidthEstimator.NO_PROBE, now);
        }
    }

    private void report(long base, long... ticks) {
        writer.begin(memory, 0, ROOM_BYTES);
        writer.transportWide(1, 2, 3, base, ticks, ticks.length);
        hear(writer.lengthBytes());
    }

    private void hear(int lengthBytes) {
        reader.wrap(memory, 0, lengthBytes);
        while (reader.advance()) {
            estimator.onFeedback(reader, now);
        }
    }

    private ProbePlan poll() {
        return Objects.requireNonNull(estimator.poll(now), "no probe");
    }

    private void assertUntouched() {
        assertThat(estimator.targetBitsPerSecond()).isEqualTo(CONFIG.start());
        assertThat(estimator.estimateBitsPerSecond()).isEqualTo(CONFIG.start());
    }

    @Test
    void ignoresReportsOfPacketsThatWereNeverSent() {
        report(5, 1, 2, 3);
        send(70_000, 20);
        report(70_019, 100, 101);
        report(90_000, 100, 101);
        assertThat(estimator.lies()).isEqualTo(3);
        assertUntouched();
    }

    @Test
    void ignoresARunOfLostPacketsThatWereNeverSent() {
        send(70_000, 20);
        long[] ticks = new long[1_000];
        Arrays.fill(ticks, RtcpWriter.NOT_RECEIVED);
        ticks[0] = 5;
        report(70_000, ticks);
        assertThat(estimator.lies()).isEqualTo(1);
        assertUntouched();
    }

    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @ParameterizedTest(name = "seed {0}")
    void staysInBoundsWhateverIsReported(long seed) {
        Random random = new Random(seed);
        long next = 65_500;
        estimator.demand(Long.MAX_VALUE);
        for (int round = 0; round < 300; round++) {
            int packets = 1 + random.nextInt(20);
            ProbePlan plan = estimator.poll(now);
            for (int i = 0; i < packets; i++) {
                now += random.nextInt(3) * MILLIS;
                estimator.onSent(next++, SIZE_BYTES, plan == null ? 0 : plan.id(), now);
            }
            long[] ticks = new long[packets];
            long tick = random.nextInt(1 << 20);
            for (int i = 0; i < packets; i++) {
                tick = Math.max(0, tick + random.nextInt(40_000) - 20_000);
                ticks[i] = random.nextInt(4) == 0 ? RtcpWriter.NOT_RECEIVED : tick;
            }
            report(next - packets - random.nextInt(3), ticks);
            estimator.onTick(now);
            estimator.onRoundTrip(random.nextLong());
            estimator.onRemb(random.nextLong(), now);
            estimator.onLossReport(random.nextInt(), random.nextInt(), now);
            assertThat(estimator.estimateBitsPerSecond())
                    .isBetween(CONFIG.floor(), CONFIG.ceiling());
            assertThat(estimator.targetBitsPerSecond()).isBetween(CONFIG.floor(), CONFIG.ceiling());
            assertThat(estimator.pacingBitsPerSecond())
                    .isBetween(CONFIG.floor() / 2, 3 * CONFIG.ceiling());
        }
    }

    @Test
    void believesAViewersOwnEstimateWithinBounds() {
        estimator.onRemb(400_000, now);
        assertThat(estimator.targetBitsPerSecond()).isEqualTo(400_000);
        estimator.onRemb(Long.MAX_VALUE, now);
        assertThat(estimator.targetBitsPerSecond()).isEqualTo(CONFIG.ceiling());
        estimator.onRemb(0, now);
        assertThat(estimator.targetBitsPerSecond()).isEqualTo(CONFIG.floor());
    }

    @Test
    void prefersReportsOfPacketsToTheViewersOwnEstimate() {
        send(70_000, 20);
        long[] ticks = new long[20];
        for (int i = 0; i < ticks.length; i++) {
            ticks[i] = 400 + 4L * i;
        }
        report(70_000, ticks);
        estimator.onRemb(60_000, now);
        estimator.onLossReport(90, 100, now);
        assertThat(estimator.estimateBitsPerSecond()).isGreaterThanOrEqualTo(CONFIG.start());
    }

    @Test
    void slowsDownByReceiverReportsAndRecovers() {
        for (int i = 0; i < 5; i++) {
            now += Simulation.SECOND;
            estimator.onLossReport(30, 100, now);
        }
        long low = estimator.targetBitsPerSecond();
        assertThat(low).isLessThan(600_000);
        estimator.onLossReport(101, 100, now);
        estimator.onLossReport(1, -5, now);
        assertThat(estimator.lies()).isEqualTo(2);
        assertThat(estimator.targetBitsPerSecond()).isEqualTo(low);
        for (int i = 0; i < 10; i++) {
            now += Simulation.SECOND;
            estimator.onLossReport(-1, 100, now);
        }
        assertThat(estimator.targetBitsPerSecond()).isGreaterThan(low * 2);
    }

    @Test
    void probesAtOnceAndAgainOnAnotherPath() {
        estimator.demand(5_000_000);
        send(70_000, 1);
        estimator.onTick(now);
        ProbePlan first = poll();
        ProbePlan second = poll();
        assertThat(first.bitsPerSecond()).isEqualTo(3 * CONFIG.start());
        assertThat(second.bitsPerSecond()).isEqualTo(6 * CONFIG.start());
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(estimator.poll(now)).isNull();
        estimator.onPathChanged(now);
        assertUntouched();
        estimator.onTick(now);
        assertThat(estimator.poll(now)).isNotNull();
    }

    @Test
    void doesNotProbeForNothing() {
        estimator.demand(0);
        send(70_000, 1);
        estimator.onTick(now);
        assertThat(estimator.poll(now)).isNull();
        estimator.demand(200_000);
        estimator.onTick(now);
        ProbePlan plan = poll();
        assertThat(plan.bitsPerSecond()).as("twice what is wanted").isEqualTo(400_000);
    }

    @Test
    void probesAnewSoonAfterMuchMoreIsWanted() {
        estimator.demand(200_000);
        send(70_000, 1);
        estimator.onTick(now);
        poll();
        poll();
        estimator.demand(4 * CONFIG.start());
        now += 20 * MILLIS;
        estimator.onTick(now);
        assertThat(estimator.poll(now)).as("while another probe is on its way").isNull();
        now += 100 * MILLIS;
        estimator.onTick(now);
        assertThat(poll().bitsPerSecond()).isGreaterThan(CONFIG.start());
        now += 120 * MILLIS;
        estimator.onTick(now);
        assertThat(estimator.poll(now)).as("no more is wanted than was tried").isNull();
    }

    @Test
    void forgetsNothingWhenLessIsSentThanCouldBe() {
        Simulation simulation =
                new Simulation(
                        1,
                        (viewer, seconds) ->
                                viewer.mostBitsPerSecond = seconds < 20 ? 9_000_000 : 150_000);
        simulation.viewer();
        simulation.steps = List.of(new Step(0, 3));
        simulation.run(60);
        assertThat(simulation.between(25, 60))
                .extracting(Sample::estimate)
                .allSatisfy(estimate -> assertThat(estimate).isBetween(2.2, 4.5));
    }

    @Test
    void takesLittleOfTheLinkForProbes() {
        Simulation simulation = new Simulation(1);
        SimulatedViewer viewer = simulation.viewer();
        viewer.watch(150_000, 500_000, 1_700_000);
        simulation.steps = List.of(new Step(0, 0.7));
        simulation.run(10);
        long before = viewer.paddingBytes;
        simulation.run(50);
        double bitsPerSecond = (viewer.paddingBytes - before) * 8 / 50.0;
        assertThat(bitsPerSecond).isBetween(1.0, 0.05 * 700_000);
    }
}
