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

/** Chromium sends Opus with redundancy, to a viewer who takes it and to one who does not. */
@Tag("browser")
final class RedundantAudioBrowserIT {
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final String ADD_TRACKS =
            "media.getTracks().forEach((track) => pc.addTrack(track, media));";

    /** Prefers some codecs of audio: the first is what is sent. */
    private static final String ADD_AUDIO =
            """
            const transceiver = pc.addTransceiver(%s);
            const known = RTCRtpReceiver.getCapabilities("audio").codecs;
            const wanted = %s.map((name) => known.find(({mimeType}) => mimeType === name));
            transceiver.setCodecPreferences(wanted);
            """;

    private static final String RED = "['audio/red', 'audio/opus']";
    private static final String OPUS = "['audio/opus']";

    private static final String OBSERVER =
            """
            window.pc = pc;
            setInterval(async () => {
                const all = [...(await pc.getStats()).values()];
                window.heard = all.find(({type}) => type === "inbound-rtp") ?? {};
            }, 200);
            """;

    /** Three seconds are there, they are not silence, nearly nothing is missing, and little was made up. */
    private static final String SOUNDING =
            """
            heard?.totalSamplesReceived > 144000 && heard.totalAudioEnergy > 0
                && heard.packetsLost < heard.packetsReceived / 50
                && heard.concealedSamples < heard.totalSamplesReceived / 4\
            """;

    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static String client(String track, String codecs) throws IOException {
        String manual = Files.readString(Path.of("..", "docs", "plain-protocol.md"));
        int begin = manual.indexOf("```js\n") + "```js\n".length();
        String client = manual.substring(begin, manual.indexOf("```\n", begin));
        assertThat(client).contains(ADD_TRACKS);
        return "(async () => {"
                + client.replace(ADD_TRACKS, ADD_AUDIO.formatted(track, codecs))
                + OBSERVER
                + "})()";
    }

    @Test
    void shouldBeHeardByBoth() throws IOException {
        Browser browser = STAGE.chromium();
        Page publisher = STAGE.open(browser, "/healthz");
        publisher.evaluate(
                client(
                        "media.getAudioTracks()[0], {direction: 'sendonly', streams: [media]}",
                        RED));
        Page taking = STAGE.open(browser, "/healthz");
        taking.evaluate(client("'audio', {direction: 'recvonly'}", RED));
        Page plain = STAGE.open(browser, "/healthz");
        plain.evaluate(client("'audio', {direction: 'recvonly'}", OPUS));

        // Of a packet that repeats a frame which came in time, Chromium discards that frame.
        taking.waitUntil(SOUNDING + " && heard.packetsDiscarded > 100", PATIENCE);
        plain.waitUntil(SOUNDING, PATIENCE);
        // On a busy machine some come too late.
        plain.waitUntil("heard.packetsDiscarded < heard.packetsReceived / 4", PATIENCE);
        for (Loop loop : STAGE.server().sluice().loops()) {
            assertThat(loop.drops().of(DropReason.MALFORMED_PAYLOAD)).isZero();
            assertThat(loop.drops().of(DropReason.WRONG_PAYLOAD_TYPE)).isZero();
        }
    }
}
