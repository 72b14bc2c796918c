package io.sluice.server;

import static io.sluice.server.NativeStage.awaitMore;
import static io.sluice.server.NativeStage.awaitTracks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.server.client.ClientOptions.Media;
import io.sluice.server.client.NativeClient;
import org.junit.jupiter.api.Test;

/** A viewer that offers RFC 8888 for its feedback, and nothing else. */
final class ReportsByStreamIT {
    private static final int REPORTS = 20;

    /** Of the video that is sent, half: what the path carries is much more. */
    private static final long ESTIMATED_BYTES_PER_SECOND = 50_000;

    @Test
    void shouldBeEstimatedByItsReports() throws Exception {
        try (NativeStage stage = new NativeStage()) {
            stage.join(stage.options("ada").media(new Media(50, 1, 80), new Media(30, 4, 900)));
            NativeClient bob = stage.join(stage.options("bob").viewer().reportingByStream());
            awaitTracks(bob, 2);
            awaitMore(bob, 100);

            await("reports")
                    .atMost(NativeStage.PATIENCE)
                    .until(() ->
                            Scrape.of(stage.uri()).sum("sluice_transport_feedback_received_total")
                                    >= REPORTS);
            Scrape seen = Scrape.of(stage.uri());
            assertThat(seen.sum("sluice_bandwidth_reports_ignored_total")).isZero();
            assertThat(seen.sum("sluice_viewers_estimated")).isEqualTo(1);
            assertThat(seen.sum("sluice_viewers_estimated_bytes_per_second"))
                    .isGreaterThan(ESTIMATED_BYTES_PER_SECOND);
            NativeStage.awaitNothingMissing(bob);
            NativeStage.holdClean(bob);
        }
    }
}
