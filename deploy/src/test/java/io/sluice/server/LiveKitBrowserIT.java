package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Grants;
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

    /** Media and data both ways, mute, publishing again, calls, streams, resuming, and all ways to end. */
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

        callsAndStreams(ada, bob);
        ada.evaluate("resumed()");
        bob.awaitMoreOf("ada");
        ada.awaitMoreOf("bob");
        endings(ada, bob, room);
    }

    private static void callsAndStreams(LiveKitPage ada, LiveKitPage bob) {
        bob.evaluate("serve()");
        ada.evaluate("stream(1_000_000)");
        bob.awaitText("stream 1000000 true");
        String call =
                "room.localParticipant.performRpc("
                        + "{destinationIdentity: 'bob', method: 'double', payload: 'ab'})";
        assertThat(ada.evaluate(call).asText()).isEqualTo("abab");
    }

    /** What an application may do to somebody, and somebody to itself. */
    private static void endings(LiveKitPage ada, LiveKitPage bob, String room) {
        TestServer server = STAGE.server();
        Grants administration = Grants.administration("root", false, false, room);
        ada.service(
                server,
                "UpdateParticipant",
                administration,
                "{room: '%s', identity: 'ada', permission: {canSubscribe: true}}".formatted(room));
        bob.await("room.remoteParticipants.get('ada').trackPublications.size === 0");

        String token = LiveKitPage.token(server, room, "ada", "ada");
        ada.evaluate("again('%s', '%s')".formatted(LiveKitPage.address(server), token));
        ada.await("left === LivekitClient.DisconnectReason.DUPLICATE_IDENTITY");
        ada.evaluate("second.disconnect()");
        bob.awaitGone("ada");

        String bobHere = "{room: '%s', identity: 'bob'}".formatted(room);
        ada.service(server, "RemoveParticipant", administration, bobHere);
        bob.await("left === LivekitClient.DisconnectReason.PARTICIPANT_REMOVED");
    }
}
