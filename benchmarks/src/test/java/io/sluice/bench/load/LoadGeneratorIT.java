package io.sluice.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.check.CheckingSrtpContext;
import io.sluice.server.MediaConfig;
import io.sluice.server.Sluice;
import io.sluice.server.SluiceConfig;
import io.sluice.server.StartException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The generator on a whole server in this JVM, which checks every packet that it protects. */
class LoadGeneratorIT {
    private static final int SECONDS = 2;
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

    @Test
    void shouldSeeEveryPacketOfEveryTrack() throws StartException, InterruptedException {
        LoadShape shape = new LoadShape(2, 2, 3, 300_000);
        try (Sluice server = server();
                LoadGenerator generator = generator(shape, server)) {
            generator.connect();
            LoadRun run = LoadRun.measure(shape, generator, 1, SECONDS, NOWHERE, () -> {});

            // Warm-up and window do not end between two frames; a track that is not there would be
            // missed.
            assertThat(run.packetsPerSecond())
                    .isGreaterThan(0.8 * run.total().sent() / SECONDS * viewersPerTrack(shape));
            assertThat(run.total().lost()).isZero();
            assertThat(run.total().corrupt()).isZero();
            assertThat(run.total().unknown()).isZero();
            assertThat(run.total().checked()).isPositive();
            assertThat(run.table()).contains("2 rooms of 2 publishing and 3 watching");
            assertThat(LoadPlot.svg(run)).startsWith("<svg ").endsWith("</svg>\n");
        }
    }

    @Test
    void shouldSwitchViewersBetweenEncodingsWithoutAHole()
            throws StartException, InterruptedException {
        LoadShape shape = new LoadShape(1, 1, 6, 600_000).with(3, 20);
        try (Sluice server = server();
                LoadGenerator generator = generator(shape, server)) {
            generator.connect();
            LoadRun run = LoadRun.measure(shape, generator, 1, SECONDS, NOWHERE, () -> {});

            assertThat(run.total().lost()).isZero();
            assertThat(run.total().corrupt()).isZero();
            assertThat(run.total().unknown()).isZero();
            assertThat(run.total().checked()).isPositive();
            // Some have chosen the smaller ones: on average fewer packets than of the largest.
            assertThat(run.total().received()).isLessThan(6 * run.total().sent());
            assertThat(run.table()).contains("video in 3 encodings and Opus");
        }
    }

    @Test
    void shouldLetMoreViewersPassThanItHasSocketsFor() throws StartException, InterruptedException {
        LoadShape shape = new LoadShape(1, 1, 0, 300_000);
        try (Sluice server = server();
                LoadGenerator generator =
                        LoadGenerator.withPassing(
                                2, shape, signaling(server), GeneratorConfig.defaults())) {
            generator.connect();

            generator.pass(6, 2);

            assertThat(generator.clients()).isOne();
            assertThat(generator.sample().corrupt()).isZero();
        }
    }

    /** Everybody in the room but the publisher. */
    private static int viewersPerTrack(LoadShape shape) {
        return shape.publishers() - 1 + shape.subscribers();
    }

    private static Sluice server() throws StartException {
        SluiceConfig config = SluiceConfig.development();
        return Sluice.start(
                config.withMedia(new MediaConfig(2, 0, List.of(InetAddress.ofLiteral("127.0.0.1"))))
                        .withApi(config.api().withAddress("127.0.0.1", 0))
                        .withTransport(config.transport().withSrtpWatch(CheckingSrtpContext::new)));
    }

    private static LoadGenerator generator(LoadShape shape, Sluice server) {
        return new LoadGenerator(shape, signaling(server), GeneratorConfig.defaults());
    }

    private static Signaling signaling(Sluice server) {
        return new PlainSignaling(URI.create("http://127.0.0.1:" + server.httpPort()));
    }
}
