package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Each viewer gets of Chromium's encodings and layers what it wishes; clients are the page's own modules. */
@Tag("browser")
final class LayersBrowserIT {
    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static final Logger LOG = LoggerFactory.getLogger(LayersBrowserIT.class);

    /** Chromium finds out step by step how much it may send, on a busy machine slowly. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int SWITCHES = 20;

    /** What is the server's doing is there in each; others who keep the machine busy spoil some. */
    private static final int ROUNDS = 3;

    /** All of them. */
    private static final Duration SWITCHING = Duration.ofSeconds(100);

    private static final double FRAMES_SHARE = 0.95;

    private static final long SEED = 5;

    /** In quiet it is a third of it. */
    private static final double SWITCH_MILLIS_MAX = 1_000;

    /**
     * Of the longest that a change of size took without a server beside the switches: a switch goes through three
     * programs that may have to wait for a busy machine, instead of one.
     */
    private static final double MACHINE_SHARE = 3;

    private static double wish(Page page, String name, int height) {
        return wish(page, name, height, name);
    }

    /** Dan is the one who wishes for the best all the time. */
    private static double wishBesideDan(Page page, String name, int height) {
        return wish(page, name, height, "dan");
    }

    private static double wish(Page page, String name, int height, String control) {
        String wish = "wish('%s', %d, '%s')".formatted(name, height, control);
        double millis = page.evaluate(wish, PATIENCE).asDouble();
        double withheld = page.evaluate("withheld").asDouble();
        int got = page.evaluate("inbound('%s')".formatted(name)).path("frameHeight").asInt();
        LOG.info(
                "{} wished {} and got {} after {} ms, and {} ms in which it was not sent",
                name,
                height,
                got,
                millis,
                withheld);
        assertThat(got).isEqualTo(height);
        return millis;
    }

    private static boolean isQuick(Page page, List<Double> tookMillis) {
        List<Double> alone = numbers(page.evaluate("rehearsed"));
        LOG.info("{} ms, without a server {} ms", tookMillis, alone);
        return Collections.max(tookMillis)
                < Math.max(SWITCH_MILLIS_MAX, MACHINE_SHARE * Collections.max(alone));
    }

    private static List<Double> numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asDouble).toList();
    }

    @Test
    void shouldSwitchWithoutAFreezeAndPauseWhatNobodyWatches() {
        Browser browser = STAGE.chromium();
        Page ada = LayerPages.publisher(STAGE, browser, "switching", "", "", 720);
        Page page = LayerPages.viewers(STAGE, browser, "switching", List.of("bob", "cyd", "dan"));
        ada.waitUntil("(await outbound()).every(({framesSent}) => framesSent > 15)", PATIENCE);
        page.evaluate("prepare()");
        List<Double> took = new ArrayList<>();
        took.add(wish(page, "bob", 180));
        took.add(wish(page, "cyd", 360));
        took.add(wish(page, "dan", 720));

        Switched switched = switches(page);
        for (int round = 1; round < ROUNDS && !switched.isSmooth(page); round++) {
            switched = switches(page);
        }
        assertThat(switched.isSmooth(page)).as("%s", switched).isTrue();

        wish(page, "dan", 180);
        wish(page, "cyd", 180);
        wish(page, "bob", 180);
        String paused = "one.active === false && !one.framesPerSecond";
        ada.waitUntil(
                "(await outbound()).every((one) => one.rid === 'q' ? one.active : " + paused + ")",
                PATIENCE);
        took.add(wish(page, "bob", 720));
        LOG.info("the others took {} ms", took);
    }

    /**
     * What became of many changes, and of somebody who watched without.
     *
     * @param took each of them
     */
    private record Switched(
            List<Double> took,
            double freezes,
            double controlFreezes,
            double frames,
            double controlFrames) {
        boolean isSmooth(Page page) {
            return took.size() == SWITCHES
                    && isQuick(page, took)
                    && freezes <= controlFreezes
                    && frames > FRAMES_SHARE * controlFrames;
        }
    }

    /** Bob changes all the time, Dan never. */
    private static Switched switches(Page page) {
        Random random = new Random(SEED);
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
                numbers(page.evaluate("wishes('bob', %s, 'dan')".formatted(wished), SWITCHING));
        double freezes = grown(changing, page.evaluate("inbound('bob')"), "freezeCount");
        double controlFreezes = grown(control, page.evaluate("inbound('dan')"), "freezeCount");
        double frames = framesPerSecond(changing, page.evaluate("inbound('bob')"));
        double controlFrames = framesPerSecond(control, page.evaluate("inbound('dan')"));
        LOG.info("seed {}: {} took {} ms", SEED, wished, took);
        LOG.info(
                "{} frames/s and {} freezes, without switches {} and {}",
                frames,
                freezes,
                controlFrames,
                controlFreezes);
        return new Switched(took, freezes, controlFreezes, frames, controlFrames);
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
        Page ada = LayerPages.publisher(STAGE, browser, room, encodings, codec, height);
        Page page = LayerPages.viewers(STAGE, browser, room, List.of("bob", "dan"));
        ada.waitUntil("(await outbound()).every(({framesSent}) => framesSent > 15)", PATIENCE);
        page.waitUntil("(await inbound('dan')).frameHeight === %d".formatted(height), PATIENCE);
        page.evaluate("prepare()");
        boolean quick = false;
        for (int round = 0; round < ROUNDS && !quick; round++) {
            List<Double> took = new ArrayList<>();
            for (int part : height > 360 ? List.of(4, 2, 1, 2, 4) : List.of(2, 1, 2)) {
                took.add(wishBesideDan(page, "bob", height / part));
            }
            quick = isQuick(page, took);
        }
        assertThat(quick).as("quick in one of %d rounds", ROUNDS).isTrue();
        // Waited for: on a machine short of time Chromium's encoder lowers the size of a codec with
        // layers for a while, and so does the estimate of the way to Dan.
        page.waitUntil("(await inbound('dan')).frameHeight === %d".formatted(height), PATIENCE);
    }
}
