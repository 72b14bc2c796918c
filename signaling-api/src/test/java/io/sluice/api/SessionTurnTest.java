package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SessionTurnTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    /** Left as it is, it would stand half changed, and nobody would end it. */
    @Test
    void shouldEndASessionByAnErrorToo() throws Exception {
        CompletableFuture<Throwable> defect = new CompletableFuture<>();
        SessionTurn turn =
                new SessionTurn(
                        vertx,
                        vertx.getOrCreateContext(),
                        Duration.ofSeconds(10),
                        () -> {},
                        defect::complete);
        turn.hop(() -> {
            throw new StackOverflowError("on purpose");
        });
        assertThat(defect.get(10, TimeUnit.SECONDS)).isInstanceOf(StackOverflowError.class);
    }
}
