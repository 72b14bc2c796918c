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
        IceFixture ice =
                new IceFixture(
                        IceFixture.CONFIG.withTimeouts(
                                Duration.ofMillis(100),
                                Duration.ofMillis(300),
                                Duration.ofMillis(50)));
        try {
            Participant lost = ice.participant();
            ice.connect(lost).answering = false;
            Participant never = ice.participant();
            never.setRemote(ice.client(never).local(), false);
            await().until(() -> !lost.failures.isEmpty() && !never.failures.isEmpty());
            assertThat(states(ice)).containsExactly(0L, 0L, 0L, 2L);
            assertThat(ice.server.failures(IceFailure.CONSENT_LOST)).isEqualTo(1);
            assertThat(ice.server.failures(IceFailure.NEVER_CONNECTED)).isEqualTo(1);
        } finally {
            ice.close();
        }
        assertThat(states(ice)).containsOnly(0L);
    }
}
