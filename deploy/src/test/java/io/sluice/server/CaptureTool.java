package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.forward.TrackRecorder;
import io.sluice.room.RoomTap;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the captures of sfu-core anew: what Chromium sends of each codec. No test: run when it is named, and told
 * where to write. The README beside the captures says how.
 */
@EnabledIfSystemProperty(named = CaptureTool.DIRECTORY, matches = ".+")
final class CaptureTool {
    static final String DIRECTORY = "sluice.captures.directory";

    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static final Logger LOG = LoggerFactory.getLogger(CaptureTool.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIME = Duration.ofSeconds(5);

    private static final String SIMULCAST =
            "[{rid: 'q', scaleResolutionDownBy: 4, scalabilityMode: '%1$s'},"
                    + " {rid: 'h', scaleResolutionDownBy: 2, scalabilityMode: '%1$s'},"
                    + " {rid: 'f', scaleResolutionDownBy: 1, scalabilityMode: '%1$s'}]";

    /** Sends all encodings though nobody needs them. */
    private static final String SEND_ALL =
            "void (RTCRtpSender.prototype.setParameters = async () => {})";

    /** Chromium sends no third encoding of a smaller picture. */
    private static final int HEIGHT = 540;

    @ParameterizedTest
    @CsvSource({
        "vp8-simulcast,  VP8,  L1T3",
        "vp9-simulcast,  VP9,  L1T3",
        "vp9-l3t3,       VP9,  L3T3",
        "vp9-l3t3-key,   VP9,  L3T3_KEY",
        "av1-simulcast,  AV1,  L1T3",
        "av1-l3t3,       AV1,  L3T3",
        "av1-l3t3-key,   AV1,  L3T3_KEY",
        "h264-simulcast, H264, L1T2",
    })
    void record(String name, String codec, String mode) throws IOException {
        boolean layered = mode.startsWith("L3");
        String encodings =
                layered ? "[{scalabilityMode: '" + mode + "'}]" : SIMULCAST.formatted(mode);
        Browser browser = STAGE.chromium();
        Page ada = LayerPages.publisher(STAGE, browser, name, encodings, codec, HEIGHT);
        ada.evaluate(SEND_ALL);
        LayerPages.viewers(STAGE, browser, name, List.of("bob"));
        ada.waitUntil("(await outbound()).every(({framesSent}) => framesSent > 15)", PATIENCE);

        RoomTap tap = new RoomTap(STAGE.server().sluice().rooms().room(name));
        TrackRecorder recorder = tap.record(TIME);

        assertThat(recorder.missed()).isZero();
        for (int encoding = 0; encoding < (layered ? 1 : 3); encoding++) {
            assertThat(recorder.written(encoding)).isGreaterThan(30);
        }
        byte[] recorded = recorder.recorded();
        LOG.info("{}: {} bytes", name, recorded.length);
        Files.write(Path.of(System.getProperty(DIRECTORY), name + ".rtp"), recorded);
    }
}
