package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One room for all protocols: LiveKit's, our own, WHIP and WHEP. */
@Tag("browser")
final class ClientsOfAllKindsIT {
    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static final String ROOM = "hall";
    private static final String PAGE = "Grace Hopper";

    @Test
    void shouldSeeAndHearOneAnother() throws IOException {
        Browser browser = STAGE.chromium();
        LiveKitPage ada = LiveKitPage.join(STAGE, browser, ROOM, "ada");
        ada.publishCameraAndMicrophone();
        Guest grace = STAGE.join(browser, ROOM, PAGE);
        Page studio = STAGE.open(browser, "/whip.html");
        studio.evaluate("publish('%s', 'studio', 1)".formatted(ROOM));
        Page viewer = STAGE.open(browser, "/whip.html");
        viewer.evaluate("view('%s', 'viewer', 'ada')".formatted(ROOM));

        String identity =
                ada.evaluate(
                                "[...room.remoteParticipants.values()]"
                                        + ".find(({name}) => name === '%s')?.identity"
                                                .formatted(PAGE))
                        .asText();
        ada.awaitSightOf("studio");
        ada.awaitSoundOf("studio");
        ada.awaitSightOf(identity);
        ada.awaitSoundOf(identity);
        // A viewer publishes nothing; it is there all the same.
        grace.awaitPicturesOf(List.of("ada", "studio"), List.of("viewer"));
        viewer.waitUntil(
                "(await look()).frames > 10 && (await look()).heard > 10", LiveKitPage.PATIENCE);
        ada.await("room.remoteParticipants.has('viewer')");

        ended(studio);
        ada.awaitGone("studio");
        grace.awaitPicturesOf(List.of("ada"), List.of("viewer"));
        ended(viewer);
        ada.leave();
    }

    private static void ended(Page page) {
        JsonNode status = page.evaluate("end()");
        assertThat(status.asInt()).isEqualTo(200);
    }
}
