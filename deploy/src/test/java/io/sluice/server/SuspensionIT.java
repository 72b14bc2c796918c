package io.sluice.server;

import static io.sluice.server.NativeStage.awaitMore;
import static io.sluice.server.NativeStage.awaitNothingMissing;
import static io.sluice.server.NativeStage.awaitStatistics;
import static io.sluice.server.NativeStage.awaitTracks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.NativeClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encodings that nobody watches are paused at a publisher that obeys, and come back when they are wanted. */
final class SuspensionIT {
    private static final Logger LOG = LoggerFactory.getLogger(SuspensionIT.class);

    /** Of the native client's three encodings. */
    private static final List<Integer> HEIGHTS = List.of(180, 360, 720);

    /** What a busy machine needs is no measure; in quiet it is a few milliseconds. */
    private static final Duration REQUEST_MAX = Duration.ofMillis(20);

    private static final Duration PICTURE_MAX = Duration.ofMillis(300);

    /** Others who keep the machine busy are late with some: the shortest counts. */
    private static final int ROUNDS_MAX = 8;

    @SuppressWarnings("NullAway.Init")
    private NativeStage stage;

    @BeforeEach
    void start() throws StartException {
        stage = new NativeStage();
    }

    @AfterEach
    void stop() {
        stage.close();
    }

    private static void awaitEncoding(NativeClient viewer, int encoding) {
        ClientStatistics[] last = new ClientStatistics[1];
        await(viewer.identity() + " gets encoding " + encoding)
                .pollInterval(Duration.ofMillis(2))
                .atMost(NativeStage.PATIENCE)
                .until(() -> {
                    last[0] = viewer.statistics();
                    return last[0].live().getFirst().encoding() == encoding;
                });
    }

    private static List<Boolean> lastAsked(NativeClient publisher) {
        List<JsonNode> events = publisher.events("encodings");
        return events.isEmpty()
                ? List.of(true, true, true)
                : events.getLast().path("active").valueStream().map(JsonNode::asBoolean).toList();
    }

    private static void awaitAsked(NativeClient publisher, boolean... encodings) {
        List<Boolean> expected = List.of(encodings[0], encodings[1], encodings[2]);
        awaitStatistics(
                publisher, expected + " asked for", _ -> lastAsked(publisher).equals(expected));
    }

    private static List<Long> sent(NativeClient publisher) {
        return publisher.statistics().sent().stream().map(ClientStatistics.Sent::packets).toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldPauseWhatNobodyNeedsAndBringItBackAtOnce(boolean obeys) {
        NativeClient ada = stage.join(stage.options("ada").simulcast());
        if (obeys) {
            ada.obey();
        }
        NativeClient bob = stage.join(stage.options("bob").viewer());
        awaitTracks(bob, 1);
        Duration request = Duration.ofDays(1);
        Duration picture = request;
        for (int i = 0; i < ROUNDS_MAX && (i < 2 || isSlow(request, picture)); i++) {
            int encoding = 1 + i % 2;
            long unused = bob.wish(HEIGHTS.getFirst());
            awaitEncoding(bob, 0);
            awaitAsked(ada, true, false, false);
            List<Long> before = sent(ada);
            awaitMore(bob, 15);
            List<Long> after = sent(ada);
            assertThat(after.getFirst()).isGreaterThan(before.getFirst());
            assertThat(after.get(encoding).equals(before.get(encoding))).isEqualTo(obeys);

            long wishedNanos = bob.wish(HEIGHTS.get(encoding));
            awaitEncoding(bob, encoding);
            picture = shorter(picture, System.nanoTime() - wishedNanos);
            awaitAsked(ada, true, encoding == 1, encoding == 2);
            JsonNode asked = ada.events("encodings").getLast();
            request = shorter(request, asked.path("heardNanos").asLong() - wishedNanos);
            awaitMore(bob, 15);
        }
        LOG.info("asked after {}, picture after {}", request, picture);
        assertThat(isSlow(request, picture)).isFalse();
        awaitNothingMissing(bob);
    }

    @Test
    void shouldPauseAllThatNobodyWatchesAndBringItBackAtOnce() {
        NativeClient ada = stage.join(stage.options("ada").simulcast());
        ada.obey();
        NativeClient bob = stage.join(stage.options("bob").viewer());
        awaitTracks(bob, 1);
        Duration request = Duration.ofDays(1);
        Duration picture = request;
        for (int i = 0; i < ROUNDS_MAX && isSlow(request, picture); i++) {
            bob.pause();
            awaitAsked(ada, false, false, false);
            List<Long> sent = sent(ada);
            long before = bob.statistics().live().getFirst().keyframes();

            long wishedNanos = bob.wish(HEIGHTS.getLast());
            await("a picture")
                    .pollInterval(Duration.ofMillis(2))
                    .atMost(NativeStage.PATIENCE)
                    .until(() -> bob.statistics().live().getFirst().keyframes() > before);
            picture = shorter(picture, System.nanoTime() - wishedNanos);
            awaitAsked(ada, true, false, true);
            JsonNode asked = ada.events("encodings").getLast();
            request = shorter(request, asked.path("heardNanos").asLong() - wishedNanos);
            // The second is still of no use.
            assertThat(sent(ada).get(1)).isEqualTo(sent.get(1));
            awaitEncoding(bob, 2);
        }
        LOG.info("of nothing: asked after {}, picture after {}", request, picture);
        assertThat(isSlow(request, picture)).isFalse();
        awaitNothingMissing(bob);
    }

    private static boolean isSlow(Duration request, Duration picture) {
        return request.compareTo(REQUEST_MAX) >= 0 || picture.compareTo(PICTURE_MAX) >= 0;
    }

    private static Duration shorter(Duration before, long nanos) {
        Duration now = Duration.ofNanos(nanos);
        return now.compareTo(before) < 0 ? now : before;
    }

    @Test
    void shouldLetANewcomerBeginWithWhatIsSentAnyway() {
        NativeClient ada = stage.join(stage.options("ada").simulcast());
        ada.obey();
        NativeClient bob = stage.join(stage.options("bob").viewer());
        awaitTracks(bob, 1);
        long unused = bob.wish(HEIGHTS.getFirst());
        awaitAsked(ada, true, false, false);

        NativeClient cyd = stage.join(stage.options("cyd").viewer());
        awaitTracks(cyd, 1);
        // Who says nothing for a while is taken to wish for all there is.
        awaitEncoding(cyd, 2);
        ClientStatistics.Received got = cyd.statistics().live().getFirst();
        assertThat(got.encodings()).as("mask of the encodings that came").isEqualTo(0b101);
        awaitNothingMissing(cyd);
    }

    @Test
    void shouldSendEachViewerWhatItWishes() {
        NativeClient ada = stage.join(stage.options("ada").simulcast());
        ada.obey();
        List<NativeClient> viewers =
                List.of(
                        stage.join(stage.options("bob").viewer()),
                        stage.join(stage.options("cyd").viewer()),
                        stage.join(stage.options("dan").viewer()));
        for (int encoding = 0; encoding < viewers.size(); encoding++) {
            awaitTracks(viewers.get(encoding), 1);
            long unused = viewers.get(encoding).wish(HEIGHTS.get(encoding));
        }
        for (int encoding = 0; encoding < viewers.size(); encoding++) {
            awaitEncoding(viewers.get(encoding), encoding);
        }
        // Whoever goes takes the wish along.
        viewers.get(1).leave();
        awaitAsked(ada, true, false, true);
        awaitMore(viewers.getFirst(), 15);
        awaitNothingMissing(viewers.get(2));
        assertThat(viewers.get(2).statistics().live()).hasSize(1);
    }
}
