package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Each viewer gets of Chromium's encodings and layers what it wishes; clients are the page's own modules. */
final class LayersBrowserIT {
    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static final Logger LOG = LoggerFactory.getLogger(LayersBrowserIT.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SWITCHES = 20;

    /** Of a busy machine; in quiet it is a third of it. */
    private static final double SWITCH_MILLIS_MAX = 1_000;

    /** On a busy machine Chromium sometimes sends nothing of its largest encoding for a second or more. */
    private static final int STALLED = 3;

    /**
     * {@code enter} joins a room, {@code inbound} tells what is received of the one publisher, {@code wish}
     * wishes and waits until that comes: it returns the milliseconds.
     */
    private static final String CLIENT =
            """
            (async () => {
              const {Call} = await import("/call.js");
              const delay = (millis) => new Promise((done) => setTimeout(done, millis));
              const stats = async (source, type) =>
                [...(await source.getStats()).values()].filter((one) => one.type === type && one.kind === "video");
              window.calls = {};
              window.enter = (room, name, stream = new MediaStream()) => {
                const token = async () => {
                  const headers = {"content-type": "application/json"};
                  const body = JSON.stringify({room, identity: name});
                  const answer = await fetch("/api/v1/dev/token", {method: "POST", headers, body});
                  return (await answer.json()).token;
                };
                calls[name] = new Call({room, name, stream, token});
                calls[name].addEventListener("end", ({detail}) => console.error(name, detail));
              };
              window.publish = async (room, size) =>
                enter(room, "ada", await navigator.mediaDevices.getUserMedia({video: size}));
              window.watched = (name) => {
                const all = [...calls[name].participants.values()].flatMap(({tracks}) => [...tracks.values()]);
                return all.find(({kind, media}) => kind === "video" && media);
              };
              window.inbound = async (name) => {
                const {media} = watched(name);
                const receiver = calls[name].pc.getReceivers().find(({track}) => track === media);
                return (await stats(receiver, "inbound-rtp"))[0];
              };
              window.outbound = async () => stats(calls.ada.pc, "outbound-rtp");
              window.wish = async (name, height, expected = height) => {
                const begin = performance.now();
                calls[name].wish(new Map([[watched(name).id, height]]));
                while ((await inbound(name)).frameHeight !== expected && performance.now() - begin < 10_000) {
                  await delay(20);
                }
                return Math.round(performance.now() - begin);
              };
              window.wishes = async (name, heights) => {
                const took = [];
                for (const height of heights) {
                  took.push(await wish(name, height));
                  await delay(300);
                }
                return took;
              };
            })()
            """;

    /** Has the next calls send other encodings, of another codec. */
    private static final String OTHER_ENCODINGS =
            """
            (() => {
              const add = RTCPeerConnection.prototype.addTransceiver;
              RTCPeerConnection.prototype.addTransceiver = function (what, options) {
                if (what.kind !== "video") {
                  return add.call(this, what, options);
                }
                const transceiver = add.call(this, what, {...options, sendEncodings: %s});
                const {codecs} = RTCRtpReceiver.getCapabilities("video");
                const wanted = codecs.filter(({mimeType}) => mimeType === "video/%s");
                const rest = codecs.filter(({mimeType}) => mimeType === "video/rtx");
                transceiver.setCodecPreferences([...wanted, ...rest]);
                return transceiver;
              };
            })()
            """;

    private Page publisher(
            Browser browser, String room, String encodings, String codec, int height) {
        Page page = STAGE.open(browser, "/healthz");
        if (!encodings.isEmpty()) {
            page.evaluate(OTHER_ENCODINGS.formatted(encodings, codec));
        }
        page.evaluate(CLIENT);
        page.evaluate(
                "publish('%s', {width: %d, height: %d, frameRate: 15})"
                        .formatted(room, height * 16 / 9, height));
        return page;
    }

    /** All viewers are in one page, which costs less. */
    private Page viewers(Browser browser, String room, List<String> names) {
        Page page = STAGE.open(browser, "/healthz");
        page.evaluate(CLIENT);
        names.forEach(name -> page.evaluate("enter('%s', '%s')".formatted(room, name)));
        for (String name : names) {
            page.waitUntil("(await inbound('%s')).framesDecoded > 5".formatted(name), PATIENCE);
        }
        return page;
    }

    private static double wish(Page page, String name, int height) {
        double millis = page.evaluate("wish('%s', %d)".formatted(name, height)).asDouble();
        int got = page.evaluate("inbound('%s')".formatted(name)).path("frameHeight").asInt();
        LOG.info("{} wished {} and got {} after {} ms", name, height, got, millis);
        return millis;
    }

    @Test
    void shouldSwitchWithoutAFreezeAndPauseWhatNobodyWatches() {
        Browser browser = STAGE.chromium();
        Page ada = publisher(browser, "switching", "", "", 720);
        Page page = viewers(browser, "switching", List.of("bob", "cyd", "dan"));
        ada.waitUntil("(await outbound()).every(({framesSent}) => framesSent > 15)", PATIENCE);
        assertThat(wish(page, "bob", 180)).isLessThan(SWITCH_MILLIS_MAX);
        assertThat(wish(page, "cyd", 360)).isLessThan(SWITCH_MILLIS_MAX);
        assertThat(wish(page, "dan", 720)).isLessThan(SWITCH_MILLIS_MAX);

        holdSwitches(page);

        wish(page, "dan", 180);
        wish(page, "cyd", 180);
        wish(page, "bob", 180);
        String paused = "one.active === false && !one.framesPerSecond";
        ada.waitUntil(
                "(await outbound()).every((one) => one.rid === 'q' ? one.active : " + paused + ")",
                PATIENCE);
        assertThat(wish(page, "bob", 720)).isLessThan(SWITCH_MILLIS_MAX);
    }

    /** Bob changes all the time, Dan never. */
    private static void holdSwitches(Page page) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Integer> heights = List.of(180, 360, 720);
        List<Integer> wished =
                IntStream.iterate(0, last -> (last + random.nextInt(1, 3)) % 3)
                        .skip(1)
                        .limit(SWITCHES)
                        .mapToObj(heights::get)
                        .toList();
        JsonNode changing = page.evaluate("inbound('bob')");
        JsonNode control = page.evaluate("inbound('dan')");
        List<Double> took =
                StreamSupport.stream(
                                page.evaluate("wishes('bob', %s)".formatted(wished), PATIENCE)
                                        .spliterator(),
                                false)
                        .map(JsonNode::asDouble)
                        .toList();
        double freezes = grown(changing, page.evaluate("inbound('bob')"), "freezeCount");
        double controlFreezes = grown(control, page.evaluate("inbound('dan')"), "freezeCount");
        double frames = framesPerSecond(changing, page.evaluate("inbound('bob')"));
        double controlFrames = framesPerSecond(control, page.evaluate("inbound('dan')"));
        LOG.info("seed {}: {} took {} ms", seed, wished, took);
        LOG.info(
                "{} frames/s and {} freezes, without switches {} and {}",
                frames,
                freezes,
                controlFrames,
                controlFreezes);
        assertThat(took).filteredOn(millis -> millis >= SWITCH_MILLIS_MAX).hasSizeLessThan(STALLED);
        assertThat(freezes).isLessThanOrEqualTo(controlFreezes + 1);
        assertThat(frames).isGreaterThan(0.9 * controlFrames);
    }

    private static double grown(JsonNode before, JsonNode after, String field) {
        return after.path(field).asDouble() - before.path(field).asDouble();
    }

    private static double framesPerSecond(JsonNode before, JsonNode after) {
        return grown(before, after, "framesDecoded") * 1_000 / grown(before, after, "timestamp");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "VP9  | [{scalabilityMode: 'L3T3_KEY'}] | 720",
                "AV1  | [{scalabilityMode: 'L2T3'}]     | 360",
                "H264 | [{rid: 'q', scaleResolutionDownBy: 4}, {rid: 'h', scaleResolutionDownBy: 2},"
                        + " {rid: 'f', scaleResolutionDownBy: 1}] | 720",
            })
    void shouldSendToEachViewerTheLayersItWishes(String codec, String encodings, int height) {
        Browser browser = STAGE.chromium();
        String room = "layers-" + codec;
        Page ada = publisher(browser, room, encodings, codec, height);
        Page page = viewers(browser, room, List.of("bob", "dan"));
        ada.waitUntil("(await outbound()).every(({framesSent}) => framesSent > 15)", PATIENCE);
        page.waitUntil("(await inbound('dan')).frameHeight === %d".formatted(height), PATIENCE);
        for (int part : height > 360 ? List.of(4, 2, 1, 2, 4) : List.of(2, 1, 2)) {
            assertThat(wish(page, "bob", height / part)).isLessThan(SWITCH_MILLIS_MAX);
        }
        assertThat(page.evaluate("inbound('dan')").path("frameHeight").asInt()).isEqualTo(height);
    }
}
