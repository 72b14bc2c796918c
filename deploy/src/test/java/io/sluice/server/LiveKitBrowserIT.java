package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.server.browser.Browser;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** LiveKit's client for browsers. */
@Tag("browser")
final class LiveKitBrowserIT {
    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    @Test
    void shouldServeChromium() throws IOException {
        callOfTwo(STAGE.chromium(), STAGE.chromium(), "chromium", "{}");
    }

    @Test
    void shouldServeFirefoxBesideChromium() throws IOException {
        callOfTwo(STAGE.firefox(), STAGE.chromium(), "firefox", "{}");
    }

    /** As older clients, which are offered what they watch on a connection of its own. */
    @Test
    void shouldServeBothWithTwoConnectionsEach() throws IOException {
        callOfTwo(STAGE.firefox(), STAGE.chromium(), "two", "{singlePeerConnection: false}");
    }

    /** Media and data both ways, mute and its end, what is published again, and leaving. */
    private static void callOfTwo(Browser first, Browser second, String room, String options)
            throws IOException {
        LiveKitPage ada = LiveKitPage.open(STAGE, first);
        ada.enter(STAGE.server(), room, "ada", options);
        LiveKitPage bob = LiveKitPage.open(STAGE, second);
        bob.enter(STAGE.server(), room, "bob", options);
        ada.publishCameraAndMicrophone();
        bob.publishCameraAndMicrophone();
        ada.awaitSightOf("bob");
        bob.awaitSightOf("ada");
        ada.awaitSoundOf("bob");
        bob.awaitSoundOf("ada");
        String two = "room.engine.pcManager.subscriber !== undefined";
        assertThat(bob.evaluate(two).asBoolean()).isEqualTo(options.contains("false"));

        ada.say("chat", "hello");
        bob.say("chat", "good morning");
        bob.awaitText("ada chat hello");
        ada.awaitText("bob chat good morning");

        ada.evaluate("room.localParticipant.setMicrophoneEnabled(false)");
        bob.await("!room.remoteParticipants.get('ada').isMicrophoneEnabled");
        ada.evaluate("room.localParticipant.setMicrophoneEnabled(true)");
        bob.await("room.remoteParticipants.get('ada').isMicrophoneEnabled");

        ada.evaluate(
                "room.localParticipant.unpublishTrack("
                        + "room.localParticipant.getTrackPublication('camera').track)");
        bob.await("!room.remoteParticipants.get('ada').isCameraEnabled");
        ada.evaluate("room.localParticipant.setCameraEnabled(true)");
        bob.awaitSightOf("ada");

        ada.leave();
        bob.awaitGone("ada");
        bob.leave();
    }
}
