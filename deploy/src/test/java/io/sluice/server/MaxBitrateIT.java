package io.sluice.server;

import static io.sluice.server.NativeStage.awaitMore;
import static io.sluice.server.NativeStage.awaitStatistics;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.server.client.ClientOptions.Media;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.DevToken;
import io.sluice.server.client.NativeClient;
import java.net.http.HttpClient;
import org.junit.jupiter.api.Test;

/** A publisher that sends more than its token allows. */
final class MaxBitrateIT {
    private static final long MAX_BITRATE = 200_000;

    /** Some 900 kbit/s. */
    private static final Media TOO_MUCH = new Media(30, 4, 900);

    private static final Media ORDINARY = new Media(15, 4, 900);

    private static final long DROPPED = 200;

    private static ClientStatistics.Received from(NativeClient viewer, NativeClient publisher) {
        String id = publisher.statistics().participantId();
        return viewer.statistics().live().stream()
                .filter(track -> id != null && id.equals(track.participantId()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldTellItWhatItMaySendAndDropTheRestAndNothingOfTheOthers() throws Exception {
        try (NativeStage stage = new NativeStage()) {
            stage.expectCuts();
            String token = DevToken.issue("conference", "ada", MAX_BITRATE);
            NativeClient ada =
                    stage.join(stage.options("ada").withToken(token).media(null, TOO_MUCH));
            NativeClient cara = stage.join(stage.options("cara").media(null, ORDINARY));
            NativeClient bob = stage.join(stage.options("bob").viewer());
            // What is left of hers is no whole picture.
            awaitStatistics(
                    bob,
                    "something of both",
                    seen ->
                            seen.live().size() == 2
                                    && seen.live().stream().allMatch(one -> one.packets() > 10));

            awaitStatistics(ada, "told its limit", seen -> seen.maxBitrate() == MAX_BITRATE);
            await("dropped")
                    .atMost(NativeStage.PATIENCE)
                    .until(() ->
                            Scrape.of(stage.uri())
                                            .sum(
                                                    "sluice_media_packets_dropped_total",
                                                    "reason=\"over_max_bitrate\"")
                                    >= DROPPED);
            awaitMore(bob, 20);

            assertThat(cara.statistics().maxBitrate()).as("of another").isZero();
            awaitStatistics(
                    bob,
                    "all of the other's",
                    seen -> from(bob, cara).lost() == 0 || NativeStage.isStalled(seen));
            assertThat(from(bob, cara).wrongContent()).isZero();
            assertThat(bob.failures()).isEmpty();
        }
    }

    @Test
    void shouldTellEverybodyWhatTheRoomAllows() throws Exception {
        try (NativeStage stage = new NativeStage();
                HttpClient http = HttpClient.newHttpClient()) {
            stage.expectCuts();
            String room = "{\"name\": \"conference\", \"maxBitrate\": %d}".formatted(MAX_BITRATE);
            RestIT.ask(stage, http, "POST", "/api/v1/rooms", room, 201);
            String generous = DevToken.issue("conference", "ada", 2 * MAX_BITRATE);
            String narrow = DevToken.issue("conference", "bob", MAX_BITRATE / 2);
            NativeClient ada =
                    stage.join(stage.options("ada").withToken(generous).media(null, TOO_MUCH));
            NativeClient bob =
                    stage.join(stage.options("bob").withToken(narrow).media(null, ORDINARY));
            NativeClient cara = stage.join(stage.options("cara").media(null, ORDINARY));

            awaitStatistics(ada, "the room's limit", seen -> seen.maxBitrate() == MAX_BITRATE);
            awaitStatistics(bob, "its own", seen -> seen.maxBitrate() == MAX_BITRATE / 2);
            awaitStatistics(cara, "the room's limit", seen -> seen.maxBitrate() == MAX_BITRATE);
        }
    }
}
