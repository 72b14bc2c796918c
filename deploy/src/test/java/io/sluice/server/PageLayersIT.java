package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.BrowserOptions;
import io.sluice.server.browser.Page;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the page wishes of the others' pictures, and how it shows a screen. */
@Tag("browser")
final class PageLayersIT {
    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static final Logger LOG = LoggerFactory.getLogger(PageLayersIT.class);
    private static final Duration SOON = Duration.ofSeconds(40);

    /** Nobody watches for five seconds, ten after the track began at the soonest. */
    private static final Duration PAUSED = Duration.ofSeconds(50);

    /** Chromium finds out step by step how much it may send, on a busy machine slowly. */
    private static final Duration CLIMBED = Duration.ofSeconds(60);

    private static final double RETURN_MILLIS_MAX = 1_000;

    /** Of what a page needs from its opening until it is connected: slow machines need longer for both. */
    private static final double JOIN_SHARE = 0.5;

    /** Others who keep the machine busy spoil some. */
    private static final int ROUNDS = 3;

    /** {@code inbound} is what is received of the other's camera or screen, {@code outbound} what is sent of one's own. */
    private static final String OBSERVER =
            """
            (() => {
              const videos = async (source, type) =>
                [...(await source.getStats()).values()].filter((one) => one.type === type && one.kind === "video");
              window.inbound = async (screen) => {
                const tracks = sluice.participants.flatMap((one) => one.tracks);
                const {media} = tracks.find((one) =>
                  one.kind === "video" && one.media && (one.source === "screen_share") === screen);
                const receiver = sluice.pc.getReceivers().find(({track}) => track === media);
                return (await videos(receiver, "inbound-rtp"))[0];
              };
              window.sender = (screen) => sluice.pc.getSenders().find(({track}) =>
                track?.kind === "video" && (track.contentHint === "text") === screen);
              window.outbound = async (screen) => videos(sender(screen), "outbound-rtp");
              window.shrink = (height) => {
                const {style} = document.getElementById("tiles");
                style.flex = height ? "none" : "";
                style.height = height ? `${height}px` : "";
              };
              window.hide = (hidden) => {
                Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
                document.dispatchEvent(new Event("visibilitychange"));
              };
              window.show = async () => {
                const {framesDecoded} = await inbound(false);
                const begin = performance.now();
                hide(false);
                while ((await inbound(false)).framesDecoded === framesDecoded) {
                  await new Promise((done) => setTimeout(done, 10));
                }
                return performance.now() - begin;
              };
            })()
            """;

    /** Large enough for a picture of 720 lines beside another. */
    private static Browser browser() {
        return STAGE.chromium(BrowserOptions.defaults().withViewport(1920, 1080));
    }

    private static Page join(String room, String name) {
        Guest guest = STAGE.join(browser(), room, name);
        guest.page().evaluate(OBSERVER);
        return guest.page();
    }

    @Test
    void shouldWishWhatATileShowsAndNothingWhileNobodySeesIt() {
        Page ada = join("tiles", "Ada");
        double begunMillis = System.nanoTime() / 1e6;
        Page bob = join("tiles", "Bob");
        bob.waitUntil("sluice.pc?.connectionState === 'connected'", SOON);
        double joinMillis = System.nanoTime() / 1e6 - begunMillis;
        ada.waitUntil("(await outbound(false)).every(({framesSent}) => framesSent > 0)", CLIMBED);
        for (List<Integer> step :
                List.of(List.of(0, 720), List.of(150, 180), List.of(330, 360), List.of(0, 720))) {
            bob.evaluate("shrink(%d)".formatted(step.getFirst()));
            bob.waitUntil(
                    "(await inbound(false)).frameHeight === %d".formatted(step.getLast()), SOON);
        }

        double millis = Double.MAX_VALUE;
        double most = Math.max(RETURN_MILLIS_MAX, JOIN_SHARE * joinMillis);
        for (int round = 0; round < ROUNDS && millis >= most; round++) {
            bob.evaluate("hide(true)");
            ada.waitUntil(
                    "(await outbound(false)).every((one) => !one.active && !one.framesPerSecond)",
                    PAUSED);
            millis = bob.evaluate("show()").asDouble();
            LOG.info("picture {} ms after the page was seen again, at most {}", millis, most);
        }
        assertThat(millis).isLessThan(most);
    }

    @Test
    void shouldShowAScreenSharpAndSeldom() {
        Page ada = join("screen", "Ada");
        Page bob = join("screen", "Bob");
        bob.waitUntil("document.querySelectorAll('.tile.has-picture').length === 2", SOON);

        ada.click("#screen");
        bob.waitUntil("document.querySelector('.tile.screen.has-picture')", SOON);
        bob.waitUntil("(await inbound(true)).framesDecoded > 12", SOON);
        JsonNode encodings = ada.evaluate("sender(true).getParameters().encodings");
        assertThat(encodings.size()).isBetween(1, 2);
        assertThat(encodings).allMatch(one -> one.path("maxFramerate").asInt() <= 5);
        // A second that a busy machine was late with shows more or fewer.
        ada.waitUntil(
                "(await outbound(true)).every(({framesPerSecond}) => !(framesPerSecond > 6))",
                SOON);
        bob.waitUntil(
                "(await inbound(true)).framesPerSecond >= 1 && (await inbound(true)).framesPerSecond <= 6",
                SOON);
        int height = ada.evaluate("sender(true).track.getSettings().height").asInt();
        bob.waitUntil("(await inbound(true)).frameHeight === %d".formatted(height), CLIMBED);

        bob.evaluate("shrink(250)");
        bob.waitUntil("(await inbound(true)).frameHeight < %d".formatted(height), SOON);
        bob.evaluate("shrink(0)");
        bob.waitUntil("(await inbound(true)).frameHeight === %d".formatted(height), SOON);

        ada.click("#screen");
        bob.waitUntil("!document.querySelector('.tile.screen')", SOON);
        bob.waitUntil("document.querySelectorAll('.tile.has-picture').length === 2", SOON);
    }
}
