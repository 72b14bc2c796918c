package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.server.client.NativeClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a call does to the numbers that are watched. */
final class MetricsIT {

    private static void holdACall(Scrape seen) {
        assertThat(seen.sum("sluice_rooms")).isEqualTo(1);
        assertThat(seen.sum("sluice_participants")).isEqualTo(2);
        assertThat(seen.sum("sluice_transports")).isEqualTo(2);
        assertThat(seen.sum("sluice_sockets")).isEqualTo(2);
        assertThat(seen.sum("sluice_tracks", "kind=\"audio\"")).isEqualTo(2);
        assertThat(seen.sum("sluice_tracks", "kind=\"video\"")).isEqualTo(2);
        assertThat(seen.sum("sluice_subscriptions")).isEqualTo(4);
        assertThat(seen.sum("sluice_ice_sessions", "state=\"connected\"")).isEqualTo(2);
        assertThat(seen.sum("sluice_ice_sessions")).isEqualTo(2);
        assertThat(seen.sum("sluice_dtls_handshakes_completed_total")).isEqualTo(2);
        assertThat(seen.sum("sluice_slab_slots", "state=\"used\"")).isPositive();
        assertThat(seen.sum("sluice_keyframes_received_total")).isPositive();
        assertThat(seen.sum("sluice_rtcp_packets_received_total")).isPositive();
        assertThat(seen.sum("sluice_rtcp_packets_sent_total")).isPositive();
        assertThat(seen.sum("sluice_transport_feedback_sent_total")).isPositive();
    }

    private static boolean isIdle(Scrape seen) {
        return List.of(
                        "sluice_rooms",
                        "sluice_participants",
                        "sluice_transports",
                        "sluice_sockets",
                        "sluice_tracks",
                        "sluice_subscriptions",
                        "sluice_ice_sessions",
                        "sluice_dtls_handshakes_running",
                        "sluice_loop_handoff_packets")
                .stream()
                .allMatch(name -> seen.sum(name) == 0);
    }

    /** With nobody left, nothing moves any more between two numbers of one scrape. */
    private static void holdTheSums(Scrape seen) {
        long received = seen.sum("sluice_rtp_packets_received_total");
        long sent = seen.sum("sluice_rtp_packets_sent_total");
        long forwarded =
                sent
                        - seen.sum("sluice_retransmissions_sent_total")
                        - seen.sum("sluice_probe_packets_sent_total");
        long datagramsIn = seen.sum("sluice_udp_datagrams_received_total");
        assertThat(forwarded).as("each has one viewer").isPositive().isLessThanOrEqualTo(received);
        assertThat(seen.sum("sluice_forwarding_latency_seconds_count")).isPositive();
        assertThat(sent)
                .as("each packet once")
                .isEqualTo(
                        seen.sum("sluice_forwarding_latency_seconds_count")
                                + seen.sum("sluice_pacing_delay_seconds_count")
                                + seen.sum("sluice_retransmissions_sent_total")
                                + seen.sum("sluice_probe_packets_sent_total")
                                + seen.sum("sluice_rtp_holes_closed_total"));
        assertThat(received + seen.sum("sluice_rtcp_packets_received_total"))
                .isLessThan(datagramsIn);
        assertThat(sent + seen.sum("sluice_rtcp_packets_sent_total"))
                .isLessThan(
                        seen.sum("sluice_udp_datagrams_sent_total")
                                + seen.sum("sluice_udp_datagrams_dropped_total"));
        assertThat(seen.sum("sluice_rtp_received_bytes_total"))
                .isGreaterThan(received)
                .isLessThan(seen.sum("sluice_udp_received_bytes_total"));
        assertThat(seen.sum("sluice_participants_joined_total")).isEqualTo(2);
        assertThat(seen.sum("sluice_participants_left_total", "reason=\"left\"")).isEqualTo(2);
        assertThat(seen.sum("sluice_loop_defects_total")).isZero();
    }

    private static Set<String> askedFor() throws IOException {
        Set<String> names = MetricNames.in(String.join("\n", DashboardsTest.queries()));
        names.addAll(MetricNames.in(Files.readString(Path.of("prometheus", "alerts.yml"))));
        // There from the first collection on.
        names.removeIf(name -> name.startsWith("jvm_gc_pause_"));
        return names;
    }

    @Test
    void shouldCountACallAndForgetWhoIsGone() throws Exception {
        try (NativeStage stage = new NativeStage()) {
            NativeClient ada = stage.join("ada");
            NativeClient bob = stage.join("bob");
            NativeStage.awaitTracks(ada, 2);
            NativeStage.awaitTracks(bob, 2);
            NativeStage.awaitMore(ada, 50);

            await("a call in numbers")
                    .atMost(NativeStage.PATIENCE)
                    .untilAsserted(() -> holdACall(Scrape.of(stage.uri())));
            String numbers = Scrape.of(stage.uri()).text();
            Promtool.check(numbers, "check", "metrics");
            assertThat(askedFor())
                    .as("names in dashboards and alerts")
                    .allMatch(name ->
                            numbers.contains("\n" + name + "{")
                                    || numbers.contains("\n" + name + " "));

            ada.leave();
            bob.leave();
            await("nobody in numbers")
                    .atMost(NativeStage.PATIENCE)
                    .until(() -> isIdle(Scrape.of(stage.uri())));
            holdTheSums(Scrape.of(stage.uri()));
        }
    }
}
