package io.sluice.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.ApiLimits;
import io.sluice.api.ApiLimits.RestLimits;
import io.sluice.api.rest.Refusal;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Passwords on a machine that has no time for them. */
final class PasswordsTest {
    /** A hash takes many times as long. */
    private static final Duration SHORT = Duration.ofMillis(1);

    @Test
    void shouldTellWhoeverWaitsTooLongToComeAgain() throws Refusal {
        CountDownLatch never = new CountDownLatch(1);
        try (Passwords passwords = new Passwords(new SecureRandom(), SHORT)) {
            CompletableFuture<Boolean> late =
                    passwords.start(() -> {
                        try {
                            never.await();
                        } catch (InterruptedException closed) {
                            Thread.currentThread().interrupt();
                        }
                        return true;
                    });

            assertThatThrownBy(late::join)
                    .cause()
                    .isInstanceOfSatisfying(
                            Refusal.class,
                            refusal -> {
                                assertThat(refusal.problem().status()).isEqualTo(503);
                                assertThat(refusal.problem().name()).isEqualTo("busy");
                            });
        }
    }

    /** A hash is our own work: how long a room may take for an answer has nothing to do with it. */
    @Test
    void shouldNotHoldAHashAgainstTheTimeThatARoomHas() throws IOException {
        RestLimits usual = ApiLimits.defaults().rest();
        ApiLimits limits =
                ApiLimits.defaults()
                        .withRest(
                                new RestLimits(
                                        usual.requests(),
                                        usual.requestsPerKey(),
                                        usual.maxBodyBytes(),
                                        SHORT,
                                        usual.maxTokenValidity()));
        try (CallsServer server = new CallsServer(CallsConfig.defaults(), limits)) {
            JsonObject geheim = new JsonObject().put("password", "geheim");
            CallsServer.Seat ada = server.make(geheim);

            JsonObject wrong = new JsonObject().put("password", "offen");
            CallsServer.assertRefused(server.join(ada.code(), "bob", wrong), 401, "password");
        }
    }
}
