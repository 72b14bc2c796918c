package io.sluice.server;

import static io.sluice.server.NativeStage.awaitStatistics;
import static io.sluice.server.NativeStage.awaitTracks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.bandwidth.BandwidthTrace.Sample;
import io.sluice.room.RoomCommand;
import io.sluice.server.Impairment.Conditions;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.NativeClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A client that checks every byte watches three encodings over a network that gets narrow, and wide again. */
final class NativePathIT {
    private static final Conditions FAR =
            Conditions.NONE.withDelay(Duration.ofMillis(15), Duration.ofMillis(3));
    private static final Duration QUEUE = Duration.ofMillis(200);
    private static final long WIDE = 3_000_000;

    /** The lowest encoding takes 0.16 Mbit/s, the next twice that, the best four times. */
    private static final long NARROW = 250_000;

    private static final int BEST = 2;

    /** For each encoding on the way down and one for a probe. */
    private static final int CUTS_MAX = 4;

    private static final long SEED = 11;

    private static List<Sample> trace(NativeStage stage, Optional<Boolean> order) {
        CompletableFuture<Optional<List<Sample>>> reply = new CompletableFuture<>();
        stage.server()
                .sluice()
                .rooms()
                .room("conference")
                .submit(new RoomCommand.Trace("bob", order, reply));
        return reply.join().orElseThrow();
    }

    /** Of the path to Bob, in bits per second. */
    private static double estimate(NativeStage stage) {
        return trace(stage, Optional.empty()).getLast().estimate();
    }

    private static void awaitEncoding(NativeClient viewer, int encoding) {
        awaitStatistics(
                viewer,
                "encoding " + encoding,
                seen -> seen.live().getFirst().encoding() == encoding);
    }

    private static void awaitFrames(NativeClient viewer, int more) {
        long before = viewer.statistics().live().getFirst().frames();
        awaitStatistics(
                viewer,
                more + " frames more",
                seen -> seen.live().getFirst().frames() >= before + more);
    }

    @Test
    void shouldSendWhatThePathCarriesAndAllOfIt() throws Exception {
        try (NativeStage stage = new NativeStage();
                UdpRelay relay = new UdpRelay(stage.server().udpPorts(), SEED)) {
            // What waits for too long on the way down is given up, in the middle of a frame.
            stage.expectCuts();
            relay.conditions(FAR, FAR.withRate(WIDE, QUEUE));
            stage.join(stage.options("ada").simulcast());
            NativeClient bob =
                    stage.join(
                            stage.options("bob")
                                    .viewer()
                                    .reportingByStream()
                                    .through(relay.ports()));
            awaitTracks(bob, 1);
            trace(stage, Optional.of(true));
            awaitEncoding(bob, BEST);

            relay.conditions(FAR, FAR.withRate(NARROW, QUEUE));
            awaitEncoding(bob, 0);
            await("an estimate of what is narrow")
                    .atMost(NativeStage.PATIENCE)
                    .until(() -> estimate(stage) < 1.2 * NARROW);
            awaitFrames(bob, 60);
            awaitEncoding(bob, 0);

            relay.conditions(FAR, FAR.withRate(WIDE, QUEUE));
            awaitEncoding(bob, BEST);
            await("an estimate of what is wide")
                    .atMost(NativeStage.PATIENCE)
                    .until(() -> estimate(stage) > 2 * NARROW);
            awaitFrames(bob, 60);
            awaitEncoding(bob, BEST);
            ClientStatistics seen = bob.statistics();
            assertThat(seen.wrongContent()).isLessThanOrEqualTo(CUTS_MAX);
            assertThat(seen.srtpRefused()).isZero();
            assertThat(seen.malformed()).isZero();
            assertThat(bob.failures()).isEmpty();
        }
    }
}
