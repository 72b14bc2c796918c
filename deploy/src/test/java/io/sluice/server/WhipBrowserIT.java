package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Browsers that publish by WHIP and view by WHEP, with nothing but fetch. */
@Tag("browser")
final class WhipBrowserIT {
    @RegisterExtension static final BrowserStage stage = new BrowserStage();

    private static final Duration SOON = Duration.ofSeconds(40);

    private static final int LOST_MAX = 50;

    private static Page page(Browser browser) {
        return stage.open(browser, "/whip.html");
    }

    private static Page publisher(Browser browser, String room, String identity, int encodings) {
        Page page = page(browser);
        page.evaluate("publish('%s', '%s', %d)".formatted(room, identity, encodings));
        return page;
    }

    private static Page viewer(Browser browser, String room, String whom) {
        Page page = page(browser);
        page.evaluate("view('%s', 'viewer', '%s')".formatted(room, whom));
        return page;
    }

    private static JsonNode awaitLook(Page page, String what, Predicate<JsonNode> condition) {
        return await(what).atMost(SOON).until(() -> page.evaluate("look()"), condition);
    }

    private static JsonNode awaitMedia(Page page) {
        return awaitLook(
                page,
                "pictures and sound",
                look -> look.path("frames").asInt() > 10 && look.path("heard").asInt() > 10);
    }

    private static JsonNode awaitMore(Page page) {
        int before = page.evaluate("look()").path("frames").asInt();
        return awaitLook(page, "more frames", look -> look.path("frames").asInt() > before + 10);
    }

    private static void speak(Page page, boolean on) {
        page.evaluate("stream.getAudioTracks().forEach(track => { track.enabled = " + on + "; })");
    }

    private static void end(Page page) {
        assertThat(page.evaluate("end()").asInt()).isEqualTo(200);
    }

    @Test
    void shouldShowAPublisherToAViewerAndStopAtOnce() throws IOException {
        Page publisher = publisher(stage.chromium(), "whip", "obs", 1);
        Page viewer = viewer(stage.chromium(), "whip", "obs");
        JsonNode seen = awaitMedia(viewer);
        assertThat(seen.path("statuses").get(0).asInt()).isEqualTo(201);
        for (JsonNode status : publisher.evaluate("look()").path("statuses")) {
            assertThat(status.asInt()).isIn(201, 204);
        }
        Path picture = Path.of("target", "whip", "viewer.png");
        Files.createDirectories(picture.getParent());
        Files.write(picture, viewer.screenshot());

        end(publisher);
        int[] frames = {-1};
        await("no frame in a second")
                .pollInterval(Duration.ofSeconds(1))
                .atMost(SOON)
                .until(() -> {
                    int before = frames[0];
                    frames[0] = viewer.evaluate("look()").path("frames").asInt();
                    return frames[0] == before;
                });
        end(viewer);
    }

    @Test
    void shouldGoOnOverARestartOfIce() {
        Page publisher = publisher(stage.chromium(), "restart", "obs", 1);
        Page viewer = viewer(stage.chromium(), "restart", "");
        awaitMedia(viewer);
        for (Page page : List.of(publisher, viewer)) {
            String before = page.evaluate("look()").path("pair").asText();
            page.evaluate("restart(session)");
            JsonNode after =
                    awaitLook(
                            page,
                            "another pair of candidates",
                            look -> !look.path("pair").asText(before).equals(before));
            assertThat(after.path("statuses").get(after.path("statuses").size() - 1).asInt())
                    .isEqualTo(200);
            awaitMore(viewer);
        }
        end(viewer);
        end(publisher);
    }

    @Test
    void shouldForwardSimulcastOfPlainNumbers() {
        Page publisher = publisher(stage.chromium(), "simulcast", "obs", 3);
        Page viewer = viewer(stage.chromium(), "simulcast", "obs");
        awaitMedia(viewer);
        assertThat(publisher.evaluate("session.pc.remoteDescription.sdp").asText())
                .contains("a=simulcast:recv 0;1;2\r\n");
        // The third may take more of the machine than it has.
        awaitLook(publisher, "several encodings", look -> look.path("sent").asInt() >= 2);
        awaitMore(viewer);
        end(viewer);
        end(publisher);
    }

    @Test
    void shouldFollowTheSpeakerInOneStream() {
        Page tall = publisher(stage.chromium(), "speaker", "tall", 1);
        Page low = page(stage.chromium());
        low.evaluate("publish('speaker', 'low', 1, 240)");
        Page viewer = viewer(stage.chromium(), "speaker", "");
        awaitMedia(viewer);
        for (int height : new int[] {240, 480, 240}) {
            speak(tall, height == 480);
            speak(low, height == 240);
            awaitLook(
                    viewer,
                    "a picture of the height " + height,
                    look -> look.path("height").asInt() == height);
            awaitMore(viewer);
        }
        JsonNode seen = viewer.evaluate("look()");
        assertThat(seen.path("connection").asText()).isEqualTo("connected");
        // Numbers that jump where the speakers change would be thousands; a busy machine loses
        // some.
        assertThat(seen.path("lost").asInt()).isLessThan(LOST_MAX);
        end(low);
        end(tall);
        end(viewer);
    }

    @Test
    void shouldBringWhipAndWhepInFirefoxTogetherWithAPage() {
        Guest guest = stage.join(stage.chromium(), "mixed", "Ada Lovelace");
        Page publisher = publisher(stage.firefox(), "mixed", "obs", 1);
        guest.awaitPicturesOf(List.of("obs"));
        Page viewer = viewer(stage.firefox(), "mixed", "obs");
        awaitMedia(viewer);
        end(viewer);
        end(publisher);
        guest.awaitOnly(List.of(), SOON);
    }
}
