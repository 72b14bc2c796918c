package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.api.Problem;
import io.sluice.api.Rate;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class NodeDoorTest {
    private static final LoadConfig CONFIG =
            new LoadConfig(0.8, 0.9, 0, new Rate(2, 3), new Rate(1, 2));

    private double stress;
    private long nowNanos;
    private int keys;
    private final NodeDoor door =
            new NodeDoor(CONFIG, "maths"::equals, () -> stress, () -> nowNanos);

    /** Each of another API key. */
    private String next() {
        return "key " + keys++;
    }

    @Test
    void shouldLetEverybodyInWhileThereIsLittleToDo() {
        assertThat(door.check("maths", next(), false)).isEmpty();
        assertThat(door.check("physics", next(), false)).isEmpty();
    }

    @Test
    void shouldBeginNoRoomsOnceItIsAboutToStop() {
        door.drain();

        Problem refused = door.check("physics", next(), false).orElseThrow();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.name()).isEqualTo("draining");
        assertThat(door.check("maths", next(), false)).isEmpty();
        assertThat(door.refusedDraining()).isEqualTo(1);
    }

    @Test
    void shouldRefuseNewcomersButNobodyWhoComesBackUnderStress() {
        stress = 0.9;

        assertThat(door.check("maths", next(), false).orElseThrow().name()).isEqualTo("overloaded");
        assertThat(door.check("maths", next(), true)).isEmpty();
        stress = 0.7;
        assertThat(door.check("maths", next(), false)).isEmpty();
        assertThat(door.refusedStressed()).isEqualTo(1);
    }

    @Test
    void shouldLetSoManyInASecondIn() {
        for (int i = 0; i < 3; i++) {
            assertThat(door.check("maths", next(), false)).isEmpty();
        }
        assertThat(door.check("maths", next(), false).orElseThrow().status()).isEqualTo(503);
        nowNanos += TimeUnit.MILLISECONDS.toNanos(500);
        assertThat(door.check("maths", next(), false)).isEmpty();
        assertThat(door.check("maths", next(), false)).isPresent();
        assertThat(door.refusedHasty()).isEqualTo(2);

        door.reconfigure(new LoadConfig(0.8, 0.9, 0, new Rate(100, 100), new Rate(1, 2)));
        assertThat(door.check("maths", next(), false)).isEmpty();
    }

    @Test
    void shouldLetSoManyOfEachKeyInASecondIn() {
        assertThat(door.check("maths", "ada", false)).isEmpty();
        assertThat(door.check("maths", "ada", false)).isEmpty();
        for (int i = 0; i < 10; i++) {
            Problem refused = door.check("maths", "ada", false).orElseThrow();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.name()).isEqualTo("key-limit");
        }
        // Neither has it used up what is the node's.
        assertThat(door.check("maths", "bob", false)).isEmpty();
        assertThat(door.check("maths", "ada", true)).isEmpty();
        assertThat(door.refusedHastyOfKeys()).isEqualTo(10);
        assertThat(door.refusedHasty()).isZero();

        door.reconfigure(new LoadConfig(0.8, 0.9, 0, new Rate(100, 100), new Rate(1, 9)));
        assertThat(door.check("maths", "ada", false)).isEmpty();
    }

    @Test
    void shouldTakeAPacketBudgetForAMeasureToo() {
        assertThat(StressMeter.stress(0.3, 90_000, CONFIG)).isEqualTo(0.3);
        LoadConfig budget = new LoadConfig(0.8, 0.9, 100_000, new Rate(1, 1), new Rate(1, 1));
        assertThat(StressMeter.stress(0.3, 90_000, budget)).isEqualTo(0.9);
        assertThat(StressMeter.stress(0.95, 90_000, budget)).isEqualTo(0.95);
        Rate any = new Rate(1, 1);
        assertThatIllegalArgumentException().isThrownBy(() -> new LoadConfig(0, 1, 0, any, any));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LoadConfig(0.8, 0.7, 0, any, any))
                .withMessageContaining("at least maxStress, which is 0.8");
    }
}
