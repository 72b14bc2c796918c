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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** LiveKit's own client for Node, a real one with codecs, against this server. */
@Tag("alone")
final class LiveKitClientsIT {
    private static final String ROOM = "hall";
    private static final Duration TOKEN_VALIDITY = Duration.ofMinutes(10);
    private static final int PATIENCE_SECONDS = 240;

    /** In both modes, beside each other: most of the time they wait. */
    @Test
    @Timeout(PATIENCE_SECONDS)
    void shouldServeTheClientForNode() throws IOException, InterruptedException, StartException {
        try (Run one = Run.start(1);
                Run two = Run.start(2)) {
            one.check();
            two.check();
        }
    }

    /** All checks of clients with so many connections each, on a server of their own. */
    private record Run(TestServer server, NodeProject.Script checks) implements AutoCloseable {
        static Run start(int connections) throws IOException, StartException {
            TestServer server = TestServer.start();
            try {
                return new Run(server, start(server, connections));
            } catch (IOException | RuntimeException | Error failure) {
                server.close();
                throw failure;
            }
        }

        private static NodeProject.Script start(TestServer server, int connections)
                throws IOException {
            AccessTokens tokens = server.sluice().tokens();
            String administers =
                    tokens.issue(
                            "devkey",
                            Grants.administration("root", true, true, ROOM),
                            TOKEN_VALIDITY);
            return NodeProject.start(
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
                            .collect(Collectors.joining(",")));
        }

        void check() throws IOException, InterruptedException {
            List<String> said = new ArrayList<>();
            String line;
            while ((line = checks.line()) != null) {
                said.add(line);
            }
            assertThat(checks.process().waitFor()).as("%s", said).isZero();
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

        @Override
        public void close() {
            checks.close();
            server.close();
        }
    }

    private static String join(AccessTokens tokens, String identity) {
        return tokens.issue("devkey", Grants.join(ROOM, identity, null), TOKEN_VALIDITY);
    }
}
