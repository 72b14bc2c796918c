package io.sluice.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.webhook.WebhookCounters.Drop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queue with its database and its requests. */
final class WebhooksIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private Path directory;

    /** Passes only when the test says so. */
    private final AtomicLong nowMillis = new AtomicLong(1_000_000);

    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMillis.get());
    private final WebhookCounters counters = new WebhookCounters();

    private Webhooks open(URI... urls) throws IOException {
        return open(100, PATIENCE, urls);
    }

    private Webhooks open(int maxQueued, Duration timeout, URI... urls) throws IOException {
        WebhookConfig config =
                new WebhookConfig(
                        List.of(urls),
                        directory,
                        maxQueued,
                        2,
                        timeout,
                        Duration.ofHours(24),
                        Duration.ofHours(24));
        return Webhooks.open(
                config,
                body -> "signed " + new String(body, StandardCharsets.UTF_8),
                clock,
                counters,
                new Random(8));
    }

    private void tell(Webhooks webhooks, String room, String body) {
        webhooks.tell(new WebhookEvent("EV_" + body, "test", room, nowMillis.get(), () -> body));
    }

    private static List<Delivery> deliveries(Webhooks webhooks, @Nullable DeliveryState state) {
        return webhooks.deliveries(new DeliveryQuery(state, null, 0, 100))
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    @Test
    void shouldTellAReceiverInOrderWithASignatureAndShowIt() throws IOException {
        try (Receiver receiver = new Receiver();
                Webhooks webhooks = open(receiver.url())) {
            for (int i = 0; i < 20; i++) {
                tell(webhooks, "maths", Integer.toString(i));
            }
            await().atMost(PATIENCE).until(() -> counters.delivered() == 20);
            assertThat(receiver.bodies)
                    .containsExactly(
                            "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12",
                            "13", "14", "15", "16", "17", "18", "19");
            assertThat(receiver.authorizations).startsWith("signed 0", "signed 1");
            assertThat(deliveries(webhooks, DeliveryState.DELIVERED))
                    .hasSize(20)
                    .allMatch(one -> one.attempts() == 1 && one.finishedAt() != null);
            assertThat(counters.queued()).isZero();
        }
    }

    @Test
    void shouldKeepWhatIsNotDeliveredOverARestartAndTellItInOrder() throws IOException {
        // Its number is nobody else's while nobody listens there.
        Socket deaf = new Socket();
        deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        int port = deaf.getLocalPort();
        URI url = URI.create("http://127.0.0.1:" + port + "/hook");
        try (deaf;
                Webhooks before = open(url)) {
            tell(before, "maths", "1");
            tell(before, "maths", "2");
            tell(before, "physics", "3");
            await().atMost(PATIENCE).until(() -> counters.failedAttempts() == 2);
            assertThat(deliveries(before, DeliveryState.PENDING))
                    .extracting(Delivery::eventId)
                    .containsExactly("EV_1", "EV_2", "EV_3");
            assertThat(deliveries(before, null).getFirst().lastError()).isEqualTo("no connection");
        }
        try (Receiver receiver = new Receiver(port);
                Webhooks after = open(url)) {
            assertThat(counters.queued()).isEqualTo(3);
            assertThat(receiver.bodies).isEmpty();
            nowMillis.addAndGet(2_000);
            tell(after, "maths", "4");
            await().atMost(PATIENCE).until(() -> counters.delivered() == 4);
            assertThat(receiver.bodies).containsSubsequence("1", "2", "4").contains("3");
        }
    }

    @Test
    void shouldTryAgainWhatARefusingReceiverDidNotTakeAndGiveUpAfterADay() throws IOException {
        try (Receiver receiver = new Receiver();
                Webhooks webhooks = open(receiver.url())) {
            receiver.status = 500;
            tell(webhooks, "maths", "1");
            await().atMost(PATIENCE).until(() -> counters.failedAttempts() == 1);
            nowMillis.addAndGet(1_300);
            // Whatever comes wakes the thread, whose clock has stood still.
            tell(webhooks, "physics", "2");
            await().atMost(PATIENCE).until(() -> counters.failedAttempts() == 3);
            assertThat(receiver.bodies).containsExactlyInAnyOrder("1", "2", "1");
            Delivery tried = deliveries(webhooks, DeliveryState.PENDING).getFirst();
            assertThat(tried.attempts()).isEqualTo(2);
            assertThat(tried.lastError()).isEqualTo("answered 500");

            nowMillis.addAndGet(Duration.ofHours(25).toMillis());
            deliveries(webhooks, null);
            await().atMost(PATIENCE).until(() -> counters.expired() == 2);
            assertThat(deliveries(webhooks, DeliveryState.PENDING)).isEmpty();
            assertThat(counters.queued()).isZero();
        }
    }

    @Test
    void shouldNotWaitForAReceiverThatHangsButTellTheOthers() throws IOException {
        try (Receiver hanging = new Receiver();
                Receiver good = new Receiver();
                Webhooks webhooks = open(100, Duration.ofSeconds(2), hanging.url(), good.url())) {
            hanging.status = 0;
            tell(webhooks, "maths", "1");
            tell(webhooks, "maths", "2");
            await().atMost(PATIENCE).until(() -> good.bodies.equals(List.of("1", "2")));
            await().atMost(PATIENCE).until(() -> counters.failedAttempts() == 1);
            assertThat(deliveries(webhooks, DeliveryState.PENDING))
                    .hasSize(2)
                    .allMatch(one -> one.url().equals(hanging.url().toString()));
        }
    }

    @Test
    void shouldBoundWhatWaitsAndCountWhatIsLost() throws IOException {
        try (Receiver receiver = new Receiver();
                Webhooks webhooks = open(3, PATIENCE, receiver.url())) {
            receiver.status = 503;
            for (int i = 0; i < 10; i++) {
                tell(webhooks, "maths", Integer.toString(i));
            }
            await().atMost(PATIENCE).until(() -> counters.dropped(Drop.QUEUE_FULL) == 7);
            assertThat(deliveries(webhooks, null))
                    .extracting(Delivery::eventId)
                    .containsExactly("EV_0", "EV_1", "EV_2");
            assertThat(counters.queued()).isEqualTo(3);
        }
    }

    @Test
    void shouldGiveUpWhatWaitsForReceiversThatAreConfiguredNoMore() throws IOException {
        try (Receiver receiver = new Receiver();
                Receiver other = new Receiver()) {
            receiver.status = 500;
            try (Webhooks before = open(receiver.url())) {
                tell(before, "maths", "1");
                await().atMost(PATIENCE).until(() -> counters.failedAttempts() == 1);
            }
            try (Webhooks after = open(other.url())) {
                assertThat(deliveries(after, DeliveryState.EXPIRED))
                        .singleElement()
                        .satisfies(one -> assertThat(one.lastError()).contains("no more"));
                tell(after, "maths", "2");
                await().atMost(PATIENCE).until(() -> other.bodies.equals(List.of("2")));
            }
        }
    }

    @Test
    void shouldForgetWhatWasDeliveredADayAgo() throws IOException {
        try (Receiver receiver = new Receiver();
                Webhooks webhooks = open(receiver.url())) {
            tell(webhooks, "maths", "1");
            await().atMost(PATIENCE).until(() -> counters.delivered() == 1);
            nowMillis.addAndGet(Duration.ofHours(25).toMillis());
            deliveries(webhooks, null);
            assertThat(deliveries(webhooks, null)).isEmpty();
        }
    }

    @Test
    void shouldSayWhyItsDirectoryCannotBeUsed() throws IOException {
        try (Receiver receiver = new Receiver();
                Webhooks _ = open(receiver.url())) {
            Path link = directory.resolveSibling(directory.getFileName() + "-file");
            Files.writeString(link, "no directory");
            WebhookConfig wrong = WebhookConfig.defaults(List.of(receiver.url()), link);
            assertThatThrownBy(() -> Webhooks.open(wrong, _ -> "", clock, counters, new Random(8)))
                    .isInstanceOf(IOException.class);
            Files.delete(link);
        }
    }

    @Test
    void shouldRefuseAddressesThatAreNoWebAddresses() {
        for (String url : List.of("ftp://a.example/", "hook", "http:///hook")) {
            assertThatThrownBy(() -> WebhookConfig.defaults(List.of(URI.create(url)), directory))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
