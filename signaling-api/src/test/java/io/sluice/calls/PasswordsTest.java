package io.sluice.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.api.ApiLimits;
import io.sluice.api.rest.Refusal;
import io.sluice.calls.CallCounters.Outcome;
import io.sluice.calls.CallsServer.Seat;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Passwords on a machine that has no time for them. */
final class PasswordsTest {
    /** A hash takes many times as long. */
    private static final Duration SHORT = Duration.ofMillis(1);

    private static final Duration LONG = Duration.ofHours(1);
    private static final int THREADS = 2;
    private static final String A_HASH = "c2FsdHNhbHRzYWx0c2FsdA==$aGFzaA==";

    private final CountDownLatch free = new CountDownLatch(1);
    private final AtomicInteger occupied = new AtomicInteger();
    private final CallCounters counters = new CallCounters();

    /** Work that is not done before {@link #free}. */
    private CompletableFuture<Boolean> occupy(Passwords passwords) {
        return passwords.start(() -> {
            occupied.incrementAndGet();
            try {
                free.await();
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
            return true;
        });
    }

    private static void assertBusy(CompletableFuture<?> refused, String why) {
        // A wait for what is not refused would not end by an interruption either.
        assertThatThrownBy(() -> refused.get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> {
                            assertThat(refusal.problem().status()).isEqualTo(503);
                            assertThat(refusal.problem().name()).isEqualTo("busy");
                            assertThat(refusal.problem().detail()).startsWith(why);
                        });
    }

    @Test
    void shouldTellWhoeverWaitsTooLongToComeAgain() {
        try (Passwords passwords = new Passwords(new SecureRandom(), counters, SHORT)) {
            assertBusy(occupy(passwords), "The server has no time");
            assertThat(counters.passwordsNotSet()).isZero();
            assertBusy(passwords.hash("x", "192.0.2.0"), "The server has no time");
            assertThat(counters.passwordsNotSet()).isEqualTo(1);
        }
    }

    @Test
    void shouldNeitherDoLaterNorKeepAPlaceForWhatNobodyWaitsForAnyMore() {
        try (Passwords passwords = new Passwords(new SecureRandom(), counters, SHORT)) {
            // Who got no thread in time does not occupy it.
            while (occupied.get() < THREADS) {
                assertBusy(occupy(passwords), "The server has no time");
            }
            AtomicInteger late = new AtomicInteger();
            for (int i = 0; i < 2 * Passwords.MAX_WAITING; i++) {
                assertBusy(passwords.start(late::incrementAndGet), "The server has no time");
            }

            free.countDown();
            await().until(() -> isTaken(passwords.start(() -> true)));
            assertThat(late).hasValue(0);
        }
    }

    @Test
    void shouldNotTakeADefectForTooMuchToDo() {
        try (Passwords passwords = new Passwords(new SecureRandom(), counters, LONG)) {
            Supplier<Boolean> defect =
                    () -> {
                        throw new IllegalStateException("a defect");
                    };
            assertThat(isRefused(passwords.start(defect))).isFalse();
        }
        try (Passwords passwords = new Passwords(new SecureRandom(), counters, SHORT)) {
            assertThat(isRefused(occupy(passwords))).isTrue();
        }
    }

    private static boolean isRefused(CompletableFuture<Boolean> work) {
        return work.handle((_, failure) -> Passwords.isRefusal(failure)).join();
    }

    @Test
    void shouldLeavePlacesToGuestsAndOtherHostsWhateverAHostSets() {
        try (Passwords passwords = new Passwords(new SecureRandom(), counters, LONG)) {
            for (int i = 0; i < THREADS; i++) {
                assertThat(occupy(passwords)).isNotDone();
            }
            List<CompletableFuture<String>> set = new ArrayList<>();
            for (int i = 0; i < Passwords.MAX_SET; i++) {
                int address = i / Passwords.MAX_SET_BY_ADDRESS;
                CompletableFuture<String> hash = passwords.hash("x", "192.0.2." + address);
                assertThat(hash).isNotDone();
                set.add(hash);
                if (i == Passwords.MAX_SET_BY_ADDRESS) {
                    assertBusy(passwords.hash("x", "192.0.2.0"), "Too many");
                }
            }

            assertBusy(passwords.hash("x", "192.0.2.99"), "Too many");
            assertThat(counters.passwordsNotSet()).isEqualTo(2);
            assertThat(passwords.matches("x", A_HASH)).isNotDone();

            free.countDown();
            CompletableFuture.allOf(set.toArray(CompletableFuture[]::new)).join();
            assertThat(passwords.hash("x", "192.0.2.0").join()).contains("$");
        }
    }

    @Test
    void shouldNotHoldAnAttemptThatWasNotLookedAtAgainstAnybody() throws IOException {
        JsonObject geheim = new JsonObject().put("password", "geheim");
        try (CallsServer server = new CallsServer(CallsConfig.defaults())) {
            Seat ada = server.make(geheim);
            Passwords passwords = server.calls.passwords();
            for (int i = 0; i < THREADS; i++) {
                assertThat(occupy(passwords)).isNotDone();
            }
            // A thread that took its work later than that would free a place among those who wait.
            await().until(() -> occupied.get() == THREADS);
            int waiting = 0;
            while (!occupy(passwords).isDone()) {
                waiting++;
            }
            assertThat(waiting).isPositive();
            for (int i = 0; i <= WrongPasswords.FREE_ATTEMPTS; i++) {
                HttpResponse<String> busy = server.join(ada.code(), "bob", geheim);
                CallsServer.assertRefused(busy, 503, "busy");
                assertThat(busy.headers().firstValue("retry-after")).contains("5");
            }
            assertThat(server.calls.counters().joins(Outcome.BUSY))
                    .isEqualTo(WrongPasswords.FREE_ATTEMPTS + 1);

            free.countDown();
            // Until then there may be no place.
            await().until(() -> isTaken(occupy(passwords)));
            assertThat(server.join(ada.code(), "bob", geheim).statusCode()).isEqualTo(200);
        }
    }

    private static boolean isTaken(CompletableFuture<?> work) {
        return work.handle((_, failure) -> failure == null).join();
    }

    /** A hash is our own work: how long a room may take for an answer has nothing to do with it. */
    @Test
    void shouldNotHoldAHashAgainstTheTimeThatARoomHas() throws IOException {
        ApiLimits usual = ApiLimits.defaults();
        ApiLimits limits = usual.withRest(usual.rest().withRoomTimeout(SHORT));
        try (CallsServer server = new CallsServer(CallsConfig.defaults(), limits)) {
            JsonObject geheim = new JsonObject().put("password", "geheim");
            CallsServer.Seat ada = server.make(geheim);

            JsonObject wrong = new JsonObject().put("password", "offen");
            CallsServer.assertRefused(server.join(ada.code(), "bob", wrong), 401, "password");
        }
    }
}
