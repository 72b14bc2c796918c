package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The manual's client does what the manual says. */
@Tag("browser")
final class PlainManualIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int MAX_LINES = 35;

    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static String client() throws IOException {
        String manual = Files.readString(Path.of("..", "docs", "plain-protocol.md"));
        int begin = manual.indexOf("```js\n") + "```js\n".length();
        return manual.substring(begin, manual.indexOf("```\n", begin));
    }

    @Test
    void shouldShowTwoPeopleEachOther() throws IOException {
        twoPeople(STAGE.chromium());
    }

    @Test
    void shouldShowTwoPeopleEachOtherInFirefox() throws IOException {
        twoPeople(STAGE.firefox());
    }

    private static void twoPeople(Browser browser) throws IOException {
        String client = client();
        assertThat(client.lines().count()).isLessThanOrEqualTo(MAX_LINES);
        Page first = STAGE.open(browser, "/healthz");
        Page second = STAGE.open(browser, "/healthz");
        for (Page page : new Page[] {first, second}) {
            page.evaluate("(async () => {" + client + "\nwindow.pc = pc; })()");
        }
        for (Page page : new Page[] {first, second}) {
            page.waitUntil(
                    "[...document.querySelectorAll('video')].some((v) => v.videoWidth > 0)",
                    PATIENCE);
            page.waitUntil("document.querySelectorAll('audio').length > 0", PATIENCE);
        }
    }
}
