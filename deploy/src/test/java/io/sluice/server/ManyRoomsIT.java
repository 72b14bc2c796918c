package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.UnixOperatingSystemMXBean;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.ClientProcess;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A participant costs the server no thread, and no descriptor but its WebSocket's. */
@Tag("alone")
final class ManyRoomsIT {
    private static final int ROOMS = 50;
    private static final int PARTICIPANTS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final ClientOptions.Media AUDIO = new ClientOptions.Media(10, 1, 80);
    private static final ClientOptions.Media VIDEO = new ClientOptions.Media(5, 1, 600);

    /** Of the JDK and the test, which come and go with work: carriers of virtual threads, clocks. */
    private static final Pattern NOT_COUNTED =
            Pattern.compile(
                    "ForkJoinPool-.*|VirtualThread-.*|awaitility.*|process reaper.*|.*-Poller");

    /** One pool for all agents; it has as many threads as tasks run at once, and gives them back. */
    private static final String ICE4J_POOL = "ice4j.Agent-executor";

    private static final int MAX_ICE4J_POOL = 16;

    @Test
    void shouldCarryFiftyRoomsWithTheThreadsItHasAndADescriptorPerWebSocket()
            throws StartException {
        try (TestServer server = TestServer.start();
                ClientProcess process = new ClientProcess()) {
            URI uri = URI.create("http://127.0.0.1:" + server.sluice().httpPort());
            process.join(uri, "first", 1, PARTICIPANTS, AUDIO, VIDEO, PATIENCE);
            process.awaitFlow(5, PATIENCE);
            Set<String> threads = threads();
            long descriptors = descriptors();

            process.join(uri, "more", ROOMS - 1, PARTICIPANTS, AUDIO, VIDEO, PATIENCE);
            process.awaitFlow(10, PATIENCE);

            assertThat(threads()).as("threads").isSubsetOf(threads);
            assertThat(ice4jThreads())
                    .as("threads of ice4j's pool")
                    .isLessThanOrEqualTo(MAX_ICE4J_POOL);
            assertThat(descriptors() - descriptors)
                    .as("descriptors of %d WebSockets more", (ROOMS - 1) * PARTICIPANTS)
                    .isEqualTo((long) (ROOMS - 1) * PARTICIPANTS);
            JsonNode seen = process.statistics();
            assertThat(seen.path("clients").asInt()).isEqualTo(ROOMS * PARTICIPANTS);
            assertThat(seen.path("wrongContent").asLong()).as("%s", seen).isZero();
            assertThat(seen.path("refused").asLong()).as("%s", seen).isZero();
            assertThat(seen.path("failures").asText()).isEqualTo("[]");

            process.leaveAll(PATIENCE);
            server.awaitEmpty();
            assertThat(descriptors()).as("descriptors in the end").isLessThanOrEqualTo(descriptors);
        }
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !NOT_COUNTED.matcher(name).matches())
                .filter(name -> !name.startsWith(ICE4J_POOL))
                .collect(Collectors.toSet());
    }

    private static long ice4jThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(ICE4J_POOL))
                .count();
    }

    private static long descriptors() {
        return ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                .getOpenFileDescriptorCount();
    }
}
