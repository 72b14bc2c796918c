package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.AccessTokens;
import io.sluice.api.Grants;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LiveKit's own client for Node, a real one with codecs, against this server. */
@Tag("alone")
final class LiveKitClientsIT {
    private static final String ROOM = "hall";
    private static final Duration TOKEN_VALIDITY = Duration.ofMinutes(10);
    private static final int PATIENCE_SECONDS = 240;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Timeout(PATIENCE_SECONDS)
    void shouldServeTheClientForNode(int connections)
            throws IOException, InterruptedException, StartException {
        try (TestServer server = TestServer.start()) {
            AccessTokens tokens = server.sluice().tokens();
            String administers =
                    tokens.issue(
                            "devkey",
                            Grants.administration("root", true, true, ROOM),
                            TOKEN_VALIDITY);
            List<String> said = new ArrayList<>();
            try (NodeProject.Script checks =
                    NodeProject.start(
                            "checks.mjs",
                            "ws://127.0.0.1:" + server.sluice().httpPort(),
                            Integer.toString(connections),
                            join(tokens, "alice"),
                            join(tokens, "bob"),
                            join(tokens, "carol"),
                            administers,
                            ROOM,
                            server.udpPorts().stream()
                                    .map(String::valueOf)
                                    .collect(Collectors.joining(",")))) {
                String line;
                while ((line = checks.line()) != null) {
                    said.add(line);
                }
                assertThat(checks.process().waitFor()).as("%s", said).isZero();
            }
            assertThat(said)
                    .contains(
                            "ok join",
                            "ok publish",
                            "ok bothWays",
                            "ok data",
                            "ok rpc",
                            "ok byteStream",
                            "ok metadata",
                            "ok resume",
                            "ok fullReconnect",
                            "ok udpBlocked",
                            "ok duplicateIdentity",
                            "ok mute",
                            "ok permission",
                            "ok removal");
        }
    }

    private static String join(AccessTokens tokens, String identity) {
        return tokens.issue("devkey", Grants.join(ROOM, identity, null), TOKEN_VALIDITY);
    }
}
