package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.ice.IceFixture.Participant;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many sessions are in which state, as an operator sees it. */
final class IceStateTest {

    /** NEW, CHECKING, CONNECTED, FAILED. */
    private static List<Long> states(IceFixture ice) {
        return Arrays.stream(IceState.values()).map(ice.server::sessions).toList();
    }

    @Test
    void shouldFollowSessionsFromNewToGone() throws Exception {
        IceFixture ice = new IceFixture(IceFixture.CONFIG);
        try {
            Participant participant = ice.participant();
            assertThat(states(ice)).containsExactly(1L, 0L, 0L, 0L);
            TestClient client = ice.client(participant);
            participant.setRemote(client.local(), false);
            assertThat(states(ice)).containsExactly(0L, 1L, 0L, 0L);
            client.check(true);
            participant.awaitPaths(1);
            assertThat(states(ice)).containsExactly(0L, 0L, 1L, 0L);
            ice.participant();
            assertThat(states(ice)).containsExactly(1L, 0L, 1L, 0L);
            ice.loop.run(participant.session::close);
            ice.loop.run(participant.session::close);
            assertThat(states(ice)).containsExactly(1L, 0L, 0L, 0L);
        } finally {
            ice.close();
        }
        assertThat(states(ice)).containsOnly(0L);
    }

    @Test
    void shouldCountAndKeepSessionsThatFailed() throws Exception {
        // Whoever is to connect has the time to: each wait that runs out is in a server of its own.
        countAndKeep(Duration.ofSeconds(20), Duration.ofMillis(300), IceFailure.CONSENT_LOST);
        countAndKeep(Duration.ofMillis(100), Duration.ofSeconds(20), IceFailure.NEVER_CONNECTED);
    }

    private static void countAndKeep(Duration connect, Duration consent, IceFailure reason)
            throws Exception {
        IceFixture ice =
                new IceFixture(
                        IceFixture.CONFIG.withTimeouts(connect, consent, Duration.ofMillis(50)));
        try {
            Participant participant = ice.participant();
            if (reason == IceFailure.CONSENT_LOST) {
                ice.connect(participant).answering = false;
            } else {
                participant.setRemote(ice.client(participant).local(), false);
            }
            ice.participant();
            await().until(() -> !participant.failures.isEmpty());
            assertThat(states(ice)).containsExactly(1L, 0L, 0L, 1L);
            for (IceFailure each : IceFailure.values()) {
                assertThat(ice.server.failures(each)).isEqualTo(each == reason ? 1 : 0);
            }
        } finally {
            ice.close();
        }
        assertThat(states(ice)).containsOnly(0L);
    }
}
