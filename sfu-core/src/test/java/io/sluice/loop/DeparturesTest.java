package io.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.loop.Departures.Departing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeparturesTest {
    private final List<Throwable> defects = new ArrayList<>();
    private final Departures departures = new Departures(defects::add);
    private final List<Integer> departed = new ArrayList<>();

    /** Patient until a time. */
    private Departing until(int name, long nanos) {
        return new Departing() {
            @Override
            public void depart() {
                departed.add(name);
            }

            @Override
            public boolean isPatient(long nowNanos) {
                return nowNanos < nanos;
            }
        };
    }

    @Test
    void shouldLetEverybodyGoOnce() {
        for (int i = 0; i < 100; i++) {
            departures.add(until(i, 10));
        }

        departures.departAll();
        departures.departAll();

        assertThat(departed).hasSize(100).isSorted();
    }

    @ParameterizedTest
    @EnumSource(Breakage.class)
    void shouldLetOthersGoWhenOneFails(Breakage breakage) {
        departures.add(until(1, 0));
        departures.add(
                new Departing() {
                    @Override
                    public void depart() {
                        throw breakage.now();
                    }

                    @Override
                    public boolean isPatient(long nowNanos) {
                        return false;
                    }
                });
        departures.add(until(3, 0));

        departures.departAll();

        assertThat(departed).containsExactly(1, 3);
        assertThat(defects).extracting(Throwable::getMessage).containsExactly(Breakage.MESSAGE);
        departures.departAll();
        assertThat(defects).hasSize(1);
    }

    @Test
    void shouldKeepWhoIsPatientForTheNextTurn() {
        departures.add(until(1, 10));
        departures.add(until(2, 0));
        departures.add(until(3, 20));

        assertThat(departures.endTurn(0.5, 5)).isTrue();
        assertThat(departed).containsExactly(2);
        assertThat(departures.endTurn(1, 10)).isTrue();
        assertThat(departed).containsExactly(2, 1);
        assertThat(departures.endTurn(0.9, 20)).isFalse();
        assertThat(departed).containsExactly(2, 1, 3);
    }

    @Test
    void shouldKeepNobodyWhileTheLoopHasTimeToSpare() {
        departures.add(until(1, 10));
        departures.add(until(2, 20));

        assertThat(departures.endTurn(0.49, 0)).isFalse();

        assertThat(departed).containsExactly(1, 2);
    }
}
