package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.api.Grants;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What apps build on LiveKit's client for browsers beyond a call: layers on demand, screens, encryption, other rooms, data tracks. */
@Tag("browser")
final class LiveKitFeaturesIT {
    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    /** Three encodings, the smallest that the client makes so many of. */
    private static final String CAMERA_ON =
            "room.localParticipant.setCameraEnabled(true, {resolution: {width: 960, height: 540}})";

    private static final String ACTIVE =
            """
            room.localParticipant.getTrackPublication('camera').track.sender.getParameters()
                .encodings.filter(({active}) => active).map(({rid}) => rid).join()\
            """;

    private static final String TILES =
            "[...document.querySelectorAll('.lk-participant-tile video')]";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Whose engine encodes, decodes, sees elements and encrypts. */
    private enum Kind {
        CHROMIUM,
        FIREFOX
    }

    private static LiveKitPage join(String room, String identity, String options)
            throws IOException {
        return join(Kind.CHROMIUM, room, identity, options);
    }

    private static LiveKitPage join(Kind kind, String room, String identity, String options)
            throws IOException {
        LiveKitPage page = open(kind);
        page.enter(STAGE.server(), room, identity, options);
        return page;
    }

    private static LiveKitPage open(Kind kind) throws IOException {
        Browser browser =
                switch (kind) {
                    case CHROMIUM -> STAGE.chromium();
                    case FIREFOX -> STAGE.firefox();
                };
        return LiveKitPage.open(STAGE, browser);
    }

    private static void leave(LiveKitPage... pages) {
        for (LiveKitPage page : pages) {
            page.leave();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldEncodeOnlyWhatSomebodyWatches(Kind kind) throws IOException {
        LiveKitPage ada = join(kind, "dynacast", "ada", "{}");
        LiveKitPage bob = join(kind, "dynacast", "bob", "{}");
        ada.evaluate(CAMERA_ON);
        bob.awaitSightOf("ada");
        String camera = "room.remoteParticipants.get('ada').getTrackPublication('camera')";

        bob.evaluate(camera + ".setVideoQuality(LivekitClient.VideoQuality.LOW)");
        ada.await(ACTIVE + " === 'q'");
        bob.awaitMoreOf("ada");
        bob.evaluate(camera + ".setVideoQuality(LivekitClient.VideoQuality.HIGH)");
        ada.await(ACTIVE + ".includes('f')");
        bob.awaitMoreOf("ada");
        leave(ada, bob);
    }

    /** Bob decodes all; Cleo and Dan, in both modes, decode VP8 only. */
    @Test
    void shouldPublishAnotherCodecForWhoCannotDecodeTheFirst() throws IOException {
        LiveKitPage ada = join("codecs", "ada", "{}");
        LiveKitPage bob = join("codecs", "bob", "{}");
        ada.evaluate(
                "room.localParticipant.setCameraEnabled(true, {resolution: {width: 320, height: 180}},"
                        + " {videoCodec: 'vp9', backupCodec: true})");
        bob.awaitSightOf("ada");
        assertThat(codecOfAda(bob)).isEqualTo("video/VP9");
        String backup =
                "room.localParticipant.getTrackPublication('camera').track.simulcastCodecs.get('vp8')";
        assertThat(ada.evaluate("%s === undefined".formatted(backup)).asBoolean()).isTrue();

        LiveKitPage cleo = onlyVp8("cleo", "{}");
        cleo.awaitSightOf("ada");
        LiveKitPage dan = onlyVp8("dan", "{singlePeerConnection: false}");
        dan.awaitSightOf("ada");
        for (LiveKitPage old : List.of(cleo, dan)) {
            assertThat(codecOfAda(old)).isEqualTo("video/VP8");
            assertThat(old.evaluate("failed").isEmpty()).isTrue();
        }
        bob.awaitMoreOf("ada");
        assertThat(codecOfAda(bob)).isEqualTo("video/VP9");
        assertThat(
                        bob.evaluate("room.remoteParticipants.get('ada').trackPublications.size")
                                .asInt())
                .isEqualTo(1);
        leave(ada, bob, cleo, dan);
    }

    private static String codecOfAda(LiveKitPage viewer) {
        return viewer.evaluate("codec('ada', 'camera')").asText();
    }

    private static LiveKitPage onlyVp8(String identity, String options) throws IOException {
        LiveKitPage page = LiveKitPage.open(STAGE, STAGE.chromium());
        page.evaluate("decodeOnly('video/VP8')");
        page.enter(STAGE.server(), "codecs", identity, options);
        return page;
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldSendWhatFitsTheElement(Kind kind) throws IOException {
        LiveKitPage ada = join(kind, "adaptive", "ada", "{}");
        LiveKitPage bob = join(kind, "adaptive", "bob", "{adaptiveStream: true}");
        bob.evaluate("style('video { width: 160px; height: 90px; }')");
        ada.evaluate(CAMERA_ON);
        bob.awaitSightOf("ada");
        String height = "(await inbound('ada', 'camera')).frameHeight";
        bob.await(height + " === 180");
        bob.evaluate("style('video { width: 960px; height: 540px; }')");
        bob.await(height + " > 180");

        // What nobody can see is not sent at all.
        bob.evaluate("style('video { display: none; }')");
        bob.await("(await bytesIn('ada', 'camera', 1000)) === 0");
        bob.evaluate("style('video { width: 160px; height: 90px; }')");
        bob.awaitMoreOf("ada");
        leave(ada, bob);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldShowAScreenBesideACamera(Kind kind) throws IOException {
        LiveKitPage ada = join(kind, "screen", "ada", "{}");
        LiveKitPage bob = join(kind, "screen", "bob", "{}");
        ada.evaluate(CAMERA_ON);
        if (kind == Kind.FIREFOX) {
            ada.evaluate("drawScreen()");
        }
        ada.evaluate("room.localParticipant.setScreenShareEnabled(true)");
        bob.await("(await pictures('ada', 'screen_share')) > 0");
        bob.awaitSightOf("ada");
        ada.evaluate("room.localParticipant.setScreenShareEnabled(false)");
        bob.await("!room.remoteParticipants.get('ada').isScreenShareEnabled");
        bob.awaitMoreOf("ada");
        leave(ada, bob);
    }

    /** Eve has all that the server has, and not the key. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldForwardWhatItCannotRead(Kind kind) throws IOException {
        LiveKitPage ada = encrypted(kind, "ada", "their key");
        LiveKitPage bob = encrypted(kind, "bob", "their key");
        LiveKitPage eve = encrypted(kind, "eve", "another key");
        ada.publishCameraAndMicrophone();
        bob.awaitSightOf("ada");
        bob.awaitSoundOf("ada");
        ada.say("chat", "hello");
        bob.awaitText("ada chat hello");
        assertThat(bob.evaluate("room.remoteParticipants.get('ada').isEncrypted").asBoolean())
                .isTrue();

        eve.await("(await bytesIn('ada', 'camera', 500)) > 0");
        eve.await("(await bytesIn('ada', 'microphone', 500)) > 0");
        JsonNode seen = eve.evaluate("inbound('ada', 'camera')");
        assertThat(seen.path("framesDecoded").asInt()).as("%s", seen).isZero();
        assertThat(eve.evaluate("heard('ada')").asDouble()).isZero();
        assertThat(eve.evaluate("texts").isEmpty()).isTrue();
        leave(ada, bob, eve);
    }

    private static LiveKitPage encrypted(Kind kind, String identity, String key)
            throws IOException {
        LiveKitPage page = open(kind);
        page.loadEncryption();
        page.enter(STAGE.server(), "secret", identity, "await encryption('%s')".formatted(key));
        page.evaluate("room.setE2EEEnabled(true)");
        return page;
    }

    /** Of both modes: Ada has one connection, Bob has two. */
    @Test
    void shouldShowAndSendSomebodyInAnotherRoom() throws IOException {
        LiveKitPage ada = join("here", "ada", "{}");
        LiveKitPage bob = join("there", "bob", "{singlePeerConnection: false}");
        ada.publishCameraAndMicrophone();
        bob.publishCameraAndMicrophone();
        Grants moving = Grants.moving("root", "here", "there");
        ada.service(STAGE.server(), "ForwardParticipant", moving, sent("here", "ada", "there"));
        bob.awaitSightOf("ada");
        bob.awaitSoundOf("ada");
        ada.service(
                STAGE.server(),
                "RemoveParticipant",
                Grants.administration("root", false, false, "there"),
                "{room: 'there', identity: 'ada'}");
        bob.awaitGone("ada");

        ada.service(STAGE.server(), "MoveParticipant", moving, sent("here", "ada", "there"));
        ada.await("moved.join() === 'there'");
        bob.awaitSightOf("ada");
        ada.awaitSightOf("bob");

        Grants creation = Grants.administration("root", true, false, null);
        bob.service(STAGE.server(), "CreateRoom", creation, "{name: 'far', emptyTimeout: 60}");
        moving = Grants.moving("root", "there", "far");
        bob.service(STAGE.server(), "MoveParticipant", moving, sent("there", "bob", "far"));
        bob.await("moved.join() === 'far'");
        bob.service(STAGE.server(), "ForwardParticipant", moving, sent("there", "ada", "far"));
        bob.awaitSightOf("ada");
        ada.service(STAGE.server(), "MoveParticipant", moving, sent("there", "ada", "far"));
        ada.awaitSightOf("bob");
        ada.awaitSoundOf("bob");
        leave(ada);
        bob.service(STAGE.server(), "DeleteRoom", creation, "{room: 'far'}");
        bob.await("left === LivekitClient.DisconnectReason.ROOM_DELETED");
    }

    private static String sent(String room, String identity, String destination) {
        return "{room: '%s', identity: '%s', destinationRoom: '%s'}"
                .formatted(room, identity, destination);
    }

    /** Of both modes, to the other one. */
    @Test
    void shouldPassFramesOfDataTracks() throws IOException {
        LiveKitPage ada = join("frames", "ada", "{}");
        LiveKitPage bob = join("frames", "bob", "{singlePeerConnection: false}");
        ada.evaluate("push('pose', 'left')");
        bob.evaluate("push('depth', 'near')");
        ada.evaluate("void pull('bob', 'depth')");
        bob.evaluate("void pull('ada', 'pose')");
        bob.awaitText("ada pose left");
        ada.awaitText("bob depth near");

        ada.evaluate("unpush()");
        bob.awaitText("ada pose ended");
        bob.await("!room.remoteParticipants.get('ada').dataTracks.has('pose')");
        bob.evaluate("unpush()");
        ada.awaitText("bob depth ended");
        leave(ada, bob);
    }

    /** The conference that livekit's components for React bring along, as their manual shows it. */
    @Test
    void shouldServeTheConferenceOfReact() throws IOException {
        Path built = NodeProject.bundle("conference.jsx");
        String script = Files.readString(built.resolve("conference.js"));
        String style = JSON.writeValueAsString(Files.readString(built.resolve("conference.css")));
        List<Page> pages = new ArrayList<>();
        for (String name : List.of("Ada Lovelace", "Grace Hopper", "Mary Somerville")) {
            Page page = STAGE.open(STAGE.chromium(), "/livekit.html");
            pages.add(page);
            page.evaluate("void (() => {" + script + "\n})()");
            page.evaluate("style(" + style + ")");
            String token = LiveKitPage.token(STAGE.server(), "react", name, name);
            page.evaluate(
                    "conference('%s', '%s')".formatted(LiveKitPage.address(STAGE.server()), token));
        }
        for (Page page : pages) {
            page.waitUntil(TILES + ".length === 3", LiveKitPage.PATIENCE);
            page.waitUntil(
                    TILES
                            + ".every(video => video.videoWidth > 0"
                            + " && video.getVideoPlaybackQuality().totalVideoFrames > 15)",
                    LiveKitPage.PATIENCE);
        }
        Files.write(built.resolve("conference.png"), pages.getFirst().screenshot());
    }
}
