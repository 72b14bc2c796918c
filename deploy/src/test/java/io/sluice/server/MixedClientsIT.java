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

        Page bare = stage.open(stage.chromium(), "/tutorial.html?room=tutorial&identity=bare");

        bare.waitUntil("document.querySelectorAll('video').length === 2", SOON);
        bare.waitUntil(
                "[...document.querySelectorAll('video')].every(video => video.videoWidth > 0)",
                SOON);
        ada.awaitPicturesOf(List.of(GRACE, "bare"));
        grace.awaitPicturesOf(List.of(ADA, "bare"));
        // Else the participant would outlive its WebSocket for a while.
        bare.evaluate("send({type: 'leave'})");
    }
}
