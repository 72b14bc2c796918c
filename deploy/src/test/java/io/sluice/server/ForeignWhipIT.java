package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.api.Grants;
import io.sluice.server.browser.Page;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A publisher by WHIP that is none of ours: GStreamer. */
@Tag("browser")
final class ForeignWhipIT {
    /** GStreamer looks for addresses of the network only. */
    @RegisterExtension
    static final BrowserStage stage =
            new BrowserStage(
                    TestServer.config()
                            .withMedia(
                                    new MediaConfig(
                                            1, 0, LocalAddresses.find(true), Duration.ZERO)));

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String PYTHON = "/usr/bin/python3";
    private static final Path SCRIPT = Path.of("src", "test", "gstreamer", "whip.py");

    private static final String PROBE =
            "import gi; gi.require_version('GstWebRTC', '1.0'); from gi.repository import Gst;"
                    + " Gst.init(None); assert Gst.ElementFactory.find('nicesrc');"
                    + " assert Gst.ElementFactory.find('vp8enc')";

    private static boolean hasGStreamer() throws IOException, InterruptedException {
        if (!Path.of(PYTHON).toFile().canExecute()) {
            return false;
        }
        Process probe =
                new ProcessBuilder(PYTHON, "-c", PROBE)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return probe.waitFor(20, TimeUnit.SECONDS) && probe.exitValue() == 0;
    }

    @Test
    void shouldShowWhatGStreamerPublishes() throws IOException, InterruptedException {
        assumeTrue(
                hasGStreamer(),
                "not installed: apt-get install --no-install-recommends python3-gst-1.0"
                        + " gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice gstreamer1.0-plugins-bad"
                        + " gstreamer1.0-plugins-good");
        Sluice sluice = stage.server().sluice();
        String token =
                sluice.tokens()
                        .issue(
                                "devkey",
                                Grants.join("studio", "gstreamer", null),
                                Duration.ofHours(1));
        Process publisher =
                new ProcessBuilder(
                                PYTHON,
                                SCRIPT.toString(),
                                "http://127.0.0.1:" + sluice.httpPort() + "/whip/studio",
                                token)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader said =
                new BufferedReader(
                        new InputStreamReader(
                                publisher.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(said.readLine()).isEqualTo("published");
            Page viewer = stage.open(stage.chromium(), "/whip.html");
            viewer.evaluate("view('studio', 'viewer', 'gstreamer')");
            JsonNode seen =
                    await().atMost(SOON)
                            .until(
                                    () -> viewer.evaluate("look()"),
                                    look ->
                                            look.path("frames").asInt() > 10
                                                    && look.path("heard").asInt() > 10);
            assertThat(seen.path("height").asInt()).isEqualTo(240);
            publisher.getOutputStream().close();
            assertThat(said.readLine()).isEqualTo("ended 200");
            assertThat(viewer.evaluate("end()").asInt()).isEqualTo(200);
            assertThat(publisher.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(publisher.exitValue()).isZero();
        } finally {
            publisher.destroyForcibly();
        }
    }
}
