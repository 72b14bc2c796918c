package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

final class LeavingTest {
    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private final CompletableFuture<Integer> exited = new CompletableFuture<>();

    private int code() throws Exception {
        return exited.get(30, TimeUnit.SECONDS);
    }

    private Leaving leaving(Duration deadline, BiPredicate<Duration, CountDownLatch> drain) {
        return new Leaving(drain, deadline, exited::complete);
    }

    @Test
    void shouldEndOnceEverybodyHasLeft() throws Exception {
        CompletableFuture<Duration> given = new CompletableFuture<>();
        CountDownLatch left = new CountDownLatch(1);
        Leaving leaving =
                leaving(
                        DEADLINE,
                        (deadline, _) -> {
                            given.complete(deadline);
                            return await(left);
                        });
        leaving.onSignal();
        assertThat(given.get(30, TimeUnit.SECONDS)).isEqualTo(DEADLINE);
        assertThat(exited).isNotDone();

        left.countDown();

        assertThat(code()).isEqualTo(143);
    }

    @Test
    void shouldSayByItsCodeThatSomeWereStillThere() throws Exception {
        leaving(DEADLINE, (_, _) -> false).onSignal();

        assertThat(code()).isEqualTo(75);
    }

    @Test
    void shouldNotWaitForAnybodyAfterTheSecondSignal() throws Exception {
        Leaving leaving =
                leaving(
                        DEADLINE,
                        (_, hurry) -> {
                            await(hurry);
                            return false;
                        });
        leaving.onSignal();
        leaving.onSignal();

        assertThat(code()).isEqualTo(143);
    }

    @Test
    void shouldEndAtOnceWithoutADeadline() throws Exception {
        leaving(
                        Duration.ZERO,
                        (_, _) -> {
                            throw new AssertionError("nobody is waited for");
                        })
                .onSignal();

        assertThat(code()).isEqualTo(143);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
