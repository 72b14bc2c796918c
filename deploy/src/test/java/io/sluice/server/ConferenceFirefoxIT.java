package io.sluice.server;

import io.sluice.server.browser.Page;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The main path of the conference page in Firefox, with somebody in Chromium. */
@Tag("browser")
final class ConferenceFirefoxIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** A video has a width when its first frame was decoded. Firefox counts no frames of streams. */
    private static final String TWO_PICTURES_PLAY =
            """
            [...document.querySelectorAll(".tile video")].filter((video) =>
                video.videoWidth > 0 && !video.paused && video.currentTime > 0).length >= 2\
            """;

    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    @BeforeAll
    static void putPage() throws IOException, InterruptedException {
        PageStage.putPage();
    }

    @Test
    void shouldMeetByCodeAndWrite() {
        Page ada = STAGE.open(STAGE.firefox(), "/");
        ada.click("form button[type=submit]");
        ada.waitUntil("document.querySelector('[name=name]') !== null", PATIENCE);
        ada.type("[name=name]", "Ada\n");
        ada.waitUntil("location.pathname.startsWith('/c/')", PATIENCE);
        String path = ada.evaluate("location.pathname").asText();

        Page bob = STAGE.open(STAGE.chromium(), path);
        bob.waitUntil(
                "document.querySelector('.preview button[type=submit]:enabled') !== null",
                PATIENCE);
        bob.type("[name=name]", "Bob\n");
        ada.waitUntil(TWO_PICTURES_PLAY, PATIENCE);
        bob.waitUntil(TWO_PICTURES_PLAY, PATIENCE);

        ada.click("[aria-label=Chat]");
        ada.type(".composer textarea", "hello from Firefox\n");
        bob.click("[aria-label^=Chat]");
        bob.waitUntil(
                "document.querySelector('.panel')?.textContent.includes('hello from Firefox')",
                PATIENCE);
    }
}
