package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.server.browser.BrowserOptions;
import io.sluice.server.browser.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that differ: browsers, their settings, and code that is not ours. */
@Tag("browser")
final class MixedClientsIT {
    @RegisterExtension static final BrowserStage stage = new BrowserStage();

    private static final String ADA = "Ada Lovelace";
    private static final String GRACE = "Grace Hopper";
    private static final String MARY = "Mary Somerville";
    private static final Duration SOON = Duration.ofSeconds(40);

    @Test
    void shouldBringChromiumAndFirefoxTogether() {
        Guest chromium = stage.join(stage.chromium(), "mixed", ADA);
        Guest firefox = stage.join(stage.firefox(), "mixed", GRACE);

        chromium.awaitPicturesOf(List.of(GRACE));
        firefox.awaitPicturesOf(List.of(ADA));
    }

    @Test
    void shouldConnectABrowserThatHidesItsAddresses() throws IOException {
        assumeTrue(hasDefaultRoute(), "no default route: then Chromium gathers nothing by name");
        BrowserOptions hidden = BrowserOptions.defaults().withAddressesHidden();
        Guest hiding = stage.join(stage.chromium(hidden), "hidden", ADA);
        Guest other = stage.join(stage.chromium(), "hidden", GRACE);

        hiding.awaitPicturesOf(List.of(GRACE));
        other.awaitPicturesOf(List.of(ADA));
        String description = hiding.page().evaluate("sluice.pc.localDescription.sdp").asText();
        assertThat(description.lines().filter(line -> line.startsWith("a=candidate:")))
                .isNotEmpty()
                .allMatch(line -> line.contains(".local "));
    }

    private static boolean hasDefaultRoute() throws IOException {
        try (Stream<String> routes = Files.lines(Path.of("/proc/net/route"))) {
            return routes.anyMatch(line -> line.split("\t")[1].equals("00000000"));
        }
    }

    /** Its ClientHello is one small datagram, where the default is two. */
    @Test
    void shouldConnectABrowserWithoutPostQuantumKeyExchange() {
        BrowserOptions classical =
                BrowserOptions.defaults().withArguments("--disable-features=WebRtcPqcForDtls");
        Guest one = stage.join(stage.chromium(classical), "classical", ADA);
        Guest other = stage.join(stage.chromium(), "classical", GRACE);

        one.awaitPicturesOf(List.of(GRACE));
        other.awaitPicturesOf(List.of(ADA));
    }

    @Test
    void shouldServeATutorialsBareClient() {
        Guest ada = stage.join(stage.chromium(), "tutorial", ADA);
        Guest grace = stage.join(stage.chromium(), "tutorial", GRACE);
        ada.awaitPicturesOf(List.of(GRACE));
        grace.awaitPicturesOf(List.of(ADA));

        Page bare = bare("bare", "answer");
        awaitPictures(bare, 2);
        ada.awaitPicturesOf(List.of(GRACE, "bare"));
        grace.awaitPicturesOf(List.of(ADA, "bare"));

        // Some tutorials have the server offer; it is seen by all, and sees who came before and who
        // comes later.
        Page offered = bare("offered", "offer");
        awaitPictures(offered, 3);
        assertThat(offered.evaluate("watching.connectionState").asText()).isEqualTo("connected");
        awaitPictures(bare, 3);
        ada.awaitPicturesOf(List.of(GRACE, "bare", "offered"));
        Guest mary = stage.join(stage.chromium(), "tutorial", MARY);
        mary.awaitPicturesOf(List.of(ADA, GRACE, "bare", "offered"));
        awaitPictures(offered, 4);
        // Else the participant would outlive its WebSocket for a while.
        bare.evaluate("send({type: 'leave'})");
        offered.evaluate("send({type: 'leave'})");
    }

    private static Page bare(String identity, String subscribe) {
        return stage.open(
                stage.chromium(),
                "/tutorial.html?room=tutorial&identity=%s&subscribe=%s"
                        .formatted(identity, subscribe));
    }

    private static void awaitPictures(Page page, int videos) {
        page.waitUntil("document.querySelectorAll('video').length === " + videos, SOON);
        page.waitUntil(
                "[...document.querySelectorAll('video')].every(video => video.videoWidth > 0)",
                SOON);
    }
}
