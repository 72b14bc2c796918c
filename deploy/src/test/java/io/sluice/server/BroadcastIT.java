package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.ClientProcess;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three publish and three hundred watch: whoever looks on in a browser does not notice the others. */
@Tag("browser")
final class BroadcastIT {
    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static final Logger LOG = LoggerFactory.getLogger(BroadcastIT.class);
    private static final int VIEWERS = 300;
    private static final int SPEAKERS = 2;

    /** Sound and picture of the native speakers, and the picture of the one in a browser. */
    private static final int TRACKS = 2 * SPEAKERS + 1;

    private static final int PACKETS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final ClientOptions.Media AUDIO = new ClientOptions.Media(10, 1, 80);
    private static final ClientOptions.Media VIDEO = new ClientOptions.Media(5, 1, 600);
    private static final String ROOM = "show-0";
    private static final int HEIGHT = 180;

    /** Looked at for so many pictures, 15 a second. */
    private static final int PICTURES = 30;

    /** A machine that others keep busy freezes a picture now and then as well: the median counts. */
    private static final int ROUNDS = 3;

    @Test
    void shouldNotFreezeThePictureOfWhoWatchesAmongThreeHundred() {
        Browser browser = STAGE.chromium();
        Page ada = LayerPages.publisher(STAGE, browser, ROOM, "[{}]", "VP8", HEIGHT);
        Page dan = LayerPages.viewers(STAGE, browser, ROOM, List.of("dan"));
        URI server = URI.create("http://127.0.0.1:" + STAGE.server().sluice().httpPort());
        try (ClientProcess speakers = new ClientProcess();
                ClientProcess audience = new ClientProcess()) {
            speakers.join(server, "show", 1, SPEAKERS, AUDIO, VIDEO, PATIENCE);
            double alone = freezes(dan);

            audience.watch(server, ROOM, VIEWERS, PATIENCE);
            audience.awaitTracks(TRACKS, PACKETS, PATIENCE);
            double among = freezes(dan);

            JsonNode seen = audience.statistics();
            LOG.info("Freezes alone {}, among {} viewers {}; {}", alone, VIEWERS, among, seen);
            assertThat(seen.path("clients").asInt()).isEqualTo(VIEWERS);
            assertThat(seen.path("refused").asLong()).as("%s", seen).isZero();
            assertThat(seen.path("failures").asText()).isEqualTo("[]");
            assertThat(among).as("freezes, beside %s alone", alone).isLessThanOrEqualTo(alone);
            ada.evaluate("calls.ada.leave()");
            dan.evaluate("calls.dan.leave()");
        }
    }

    /** The median of some times, in each of which so many pictures are decoded. */
    private static double freezes(Page viewer) {
        double[] frozen = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            JsonNode before = viewer.evaluate("inbound('dan')");
            viewer.waitUntil(
                    "(await inbound('dan')).framesDecoded >= %d"
                            .formatted(before.path("framesDecoded").asInt() + PICTURES),
                    PATIENCE);
            JsonNode after = viewer.evaluate("inbound('dan')");
            frozen[round] =
                    after.path("freezeCount").asDouble() - before.path("freezeCount").asDouble();
        }
        Arrays.sort(frozen);
        return frozen[ROUNDS / 2];
    }
}
