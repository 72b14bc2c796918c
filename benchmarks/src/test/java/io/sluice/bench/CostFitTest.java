package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class CostFitTest {
    private static final double RECEIVED = 6e-6;
    private static final double SENT = 3e-6;
    private static final double ROOM = 40e-6;

    @Test
    void shouldFindWhatTheWorkIsMadeOf() {
        CostFit fit =
                CostFit.of(
                        List.of(
                                point(140, 1_400, 1, ROOM),
                                point(140, 70_000, 1, ROOM),
                                point(14_000, 56_000, 100, ROOM),
                                point(5_000, 20_000, 1, ROOM)));

        assertThat(fit.received()).isCloseTo(RECEIVED, within(1e-9));
        assertThat(fit.sent()).isCloseTo(SENT, within(1e-9));
        assertThat(fit.room()).isCloseTo(ROOM, within(1e-9));
        assertThat(fit.sentAt(point(140, 1_400, 1, ROOM))).isCloseTo(SENT, within(1e-9));
    }

    @Test
    void shouldNeverSayThatWorkSavesTime() {
        CostFit fit =
                CostFit.of(
                        List.of(
                                point(140, 1_400, 1, -ROOM / 10),
                                point(140, 70_000, 1, -ROOM / 10),
                                point(14_000, 56_000, 100, -ROOM / 10),
                                point(5_000, 20_000, 1, -ROOM / 10)));

        assertThat(fit.room()).isZero();
        assertThat(fit.received()).isPositive();
        assertThat(fit.sent()).isCloseTo(SENT, within(0.1 * SENT));
    }

    @Test
    void shouldNotBelieveLoadsThatAreTooSmallToMeasure() {
        CostFit fit =
                CostFit.of(
                        List.of(
                                new CostFit.Point(140, 560, 1, 0),
                                point(140, 70_000, 1, ROOM),
                                point(14_000, 56_000, 100, ROOM),
                                point(5_000, 20_000, 1, ROOM)));

        assertThat(fit.received()).isCloseTo(RECEIVED, within(0.1 * RECEIVED));
        assertThat(fit.sent()).isCloseTo(SENT, within(0.1 * SENT));
    }

    private static CostFit.Point point(double received, double sent, double rooms, double room) {
        double cpu = RECEIVED * received + SENT * sent + room * rooms;
        return new CostFit.Point(received, sent, rooms, cpu);
    }

    @Test
    void shouldTakeTheMiddleOfSeveralRounds() {
        CostFit.Point one = new CostFit.Point(1_400, 5_600, 10, 0.04);
        CostFit.Point busy = new CostFit.Point(1_400, 5_600, 10, 0.09);
        CostFit.Point idle = new CostFit.Point(1_400, 5_600, 10, 0.01);
        assertThat(CostFit.Point.median(List.of(busy, one, idle))).isEqualTo(one);
        assertThat(CostFit.Point.median(List.of(busy))).isEqualTo(busy);
    }
}
