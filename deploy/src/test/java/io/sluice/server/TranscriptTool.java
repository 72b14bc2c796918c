package io.sluice.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Records the transcripts of {@link LiveKitTranscriptsTest} anew. No test: run when it is named, and told where to write.
 * The README beside the transcripts says how.
 */
@Tag("browser")
@EnabledIfSystemProperty(named = TranscriptTool.DIRECTORY, matches = ".+")
final class TranscriptTool {
    static final String DIRECTORY = "sluice.transcripts.directory";

    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void recordRtcNode(int connections) throws IOException, InterruptedException {
        try (NodeProject.Script tap = NodeProject.start("tap.mjs", STAGE.server().url())) {
            String address = "ws://127.0.0.1:" + tap.line();
            try (NodeProject.Script session =
                    NodeProject.start(
                            "session.mjs",
                            address,
                            Integer.toString(connections),
                            Transcript.token(STAGE.server(), "ada"),
                            Transcript.token(STAGE.server(), "bob"))) {
                session.process().waitFor();
            }
            write("rtc-node-1.1.0-" + (connections == 1 ? "one" : "two"), tap);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void recordLiveKitClient(int connections) throws IOException {
        String options = "{singlePeerConnection: %b}".formatted(connections == 1);
        try (NodeProject.Script tap = NodeProject.start("tap.mjs", STAGE.server().url())) {
            String address = "ws://127.0.0.1:" + tap.line();
            LiveKitPage ada = LiveKitPage.open(STAGE, STAGE.chromium());
            ada.enter(address, Transcript.token(STAGE.server(), "ada"), options);
            LiveKitPage bob = LiveKitPage.open(STAGE, STAGE.chromium());
            bob.enter(address, Transcript.token(STAGE.server(), "bob"), options);
            ada.evaluate(
                    "room.localParticipant.setCameraEnabled(true,"
                            + " {resolution: {width: 960, height: 540}})");
            bob.awaitSightOf("ada");
            ada.evaluate("room.localParticipant.setMicrophoneEnabled(true)");
            bob.awaitSoundOf("ada");
            ada.evaluate("room.localParticipant.setMicrophoneEnabled(false)");
            bob.await("!room.remoteParticipants.get('ada').isMicrophoneEnabled");
            ada.evaluate("push('pose', 'left')");
            bob.evaluate("void pull('ada', 'pose')");
            bob.awaitText("ada pose left");
            ada.evaluate("unpush()");
            bob.awaitText("ada pose ended");
            ada.evaluate(
                    "room.localParticipant.unpublishTrack("
                            + "room.localParticipant.getTrackPublication('camera').track)");
            bob.await("!room.remoteParticipants.get('ada').isCameraEnabled");
            ada.evaluate("room.localParticipant.setCameraEnabled(true)");
            bob.awaitSightOf("ada");
            for (LiveKitPage one : List.of(ada, bob)) {
                one.evaluate("resumed()");
                bob.awaitMoreOf("ada");
            }
            ada.leave();
            bob.awaitGone("ada");
            bob.leave();
            write("livekit-client-2.23.0-" + (connections == 1 ? "one" : "two"), tap);
        }
    }

    /** What passed until both had left. */
    private static void write(String name, NodeProject.Script tap) throws IOException {
        List<String> kept = new ArrayList<>();
        int here = 0;
        do {
            String said = tap.line();
            if (said == null) {
                throw new IOException("the tap has ended");
            }
            Transcript.Line line = Transcript.line(said);
            here +=
                    switch (line) {
                        case Transcript.Connects _ -> 1;
                        case Transcript.Hangs _ -> -1;
                        case Transcript.Asks _, Transcript.Hears _ -> 0;
                    };
            if (Transcript.isKept(line)) {
                kept.add("# " + Transcript.about(line));
                kept.add(said);
            }
        } while (here > 0);
        Transcript.write(Path.of(System.getProperty(DIRECTORY)), name, kept);
    }
}
