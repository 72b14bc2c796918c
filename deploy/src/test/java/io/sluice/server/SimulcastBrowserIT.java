package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.loop.Loop;
import io.sluice.rtp.DropReason;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Chromium publishes three encodings, by the plain protocol. */
@Tag("browser")
final class SimulcastBrowserIT {
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final String ADD_TRACKS =
            "media.getTracks().forEach((track) => pc.addTrack(track, media));";
    private static final String ADD_SIMULCAST =
            """
            for (const track of media.getTracks()) {
                pc.addTransceiver(track, track.kind === "audio" ? {streams: [media]} : {
                    direction: "sendonly",
                    streams: [media],
                    sendEncodings: [
                        {rid: "low", scaleResolutionDownBy: 4},
                        {rid: "mid", scaleResolutionDownBy: 2},
                        {rid: "top", scaleResolutionDownBy: 1},
                    ],
                });
            }
            """;

    /** {@code reports(type)} are those of the connection about video. */
    private static final String OBSERVER =
            """
            window.pc = pc;
            window.send = send;
            window.reports = async (type) =>
                [...(await pc.getStats()).values()].filter((one) => one.type === type && one.kind === "video");
            """;

    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static String client(boolean simulcast) throws IOException {
        String manual = Files.readString(Path.of("..", "docs", "plain-protocol.md"));
        int begin = manual.indexOf("```js\n") + "```js\n".length();
        String client = manual.substring(begin, manual.indexOf("```\n", begin));
        assertThat(client).contains(ADD_TRACKS).contains("video: true");
        String adding =
                simulcast
                        ? client.replace(ADD_TRACKS, ADD_SIMULCAST)
                                .replace("video: true", "video: {width: 1280, height: 720}")
                        : client.replace(ADD_TRACKS, "pc.addTransceiver('audio');");
        return "(async () => {" + adding + OBSERVER + "})()";
    }

    @Test
    void shouldTakeAllThreeAndShowOne() throws IOException {
        Browser browser = STAGE.chromium();
        Page publisher = STAGE.open(browser, "/healthz");
        publisher.evaluate(client(true));
        Page viewer = STAGE.open(browser, "/healthz");
        viewer.evaluate(client(false));

        // Those that nobody watches are paused soon.
        publisher.waitUntil(
                "(await reports('outbound-rtp')).filter(({framesSent}) => framesSent > 0).length === 3",
                PATIENCE);
        viewer.waitUntil("(await reports('inbound-rtp'))[0].framesDecoded > 20", PATIENCE);
        publisher.waitUntil("(await reports('remote-inbound-rtp')).length === 3", PATIENCE);
        for (Loop loop : STAGE.server().sluice().loops()) {
            assertThat(loop.drops().of(DropReason.UNKNOWN_ENCODING)).isZero();
            assertThat(loop.drops().of(DropReason.NOT_NEGOTIATED)).isZero();
        }
        // Who goes without a word is waited for.
        viewer.evaluate("send({type: 'leave'})");
        publisher.evaluate("send({type: 'leave'})");
    }
}
