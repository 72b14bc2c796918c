package io.sluice.server;

import static io.sluice.server.NativeStage.awaitHealed;
import static io.sluice.server.NativeStage.awaitMore;
import static io.sluice.server.NativeStage.awaitNothingMissing;
import static io.sluice.server.NativeStage.awaitStatistics;
import static io.sluice.server.NativeStage.awaitTracks;
import static io.sluice.server.NativeStage.isStalled;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.room.RoomConfig;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.NativeClient;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A publisher of three encodings, and viewers that check every byte of the one they get. */
final class SimulcastIT {
    @SuppressWarnings("NullAway.Init")
    private NativeStage stage;

    @BeforeEach
    void start() throws StartException {
        stage = new NativeStage();
    }

    @AfterEach
    void stop() {
        stage.close();
    }

    private static ClientStatistics.Received video(NativeClient client) {
        return client.statistics().live().getFirst();
    }

    @Test
    void shouldForwardOneWholeEncodingOfThree() {
        NativeClient ada = stage.join(stage.options("ada").simulcast());
        List<NativeClient> viewers =
                List.of(
                        stage.join(stage.options("bob").viewer()),
                        stage.join(stage.options("cyd").viewer()));
        for (NativeClient viewer : viewers) {
            awaitTracks(viewer, 1);
            awaitMore(viewer, 100);
            awaitNothingMissing(viewer);
            ClientStatistics seen = viewer.statistics();
            assertThat(isStalled(seen) || seen.live().getFirst().frameJumps() == 0).isTrue();
        }
        awaitStatistics(
                ada,
                "reports of each encoding",
                seen ->
                        seen.sent().size() == 3
                                && seen.sent().stream().allMatch(sent -> sent.reportBlocks() >= 1));
        assertThat(ada.statistics().sent()).allMatch(sent -> sent.lastCumulativeLost() == 0);
    }

    @Test
    void shouldHealLossesBothWays() {
        NativeClient ada = stage.join(stage.options("ada").simulcast().losing(0.05, 7));
        NativeClient bob = stage.join(stage.options("bob").viewer().losing(0.02, 9));
        awaitTracks(bob, 1);
        awaitMore(bob, 200);
        ada.lose(0, 0);
        bob.lose(0, 0);
        awaitMore(bob, 50);
        awaitHealed(bob);
        // The others are paused: nobody watches them.
        assertThat(ada.statistics().sent().getLast().resent()).isPositive();
    }

    @Test
    void shouldGoOnWithAnotherEncodingWhereOneStopsSilently() {
        NativeClient ada = stage.join(stage.options("ada").simulcast());
        NativeClient bob = stage.join(stage.options("bob").viewer());
        awaitTracks(bob, 1);
        int before = video(bob).encoding();

        ada.sending(before, false);

        awaitStatistics(
                bob, "another encoding", seen -> seen.live().getFirst().encoding() != before);
        awaitMore(bob, 50);
        awaitNothingMissing(bob);
    }

    @Test
    void shouldGoOnFromLoopToLoopWhereAnEncodingStops() throws StartException {
        SluiceConfig spilling =
                TestServer.config().withRoom(RoomConfig.defaults().withSpillBusyShare(0));
        try (NativeStage spread = new NativeStage(spilling)) {
            NativeClient ada = spread.join(spread.options("ada").simulcast());
            NativeClient bob = spread.join(spread.options("bob").viewer());
            assertThat(spread.server().sluice().loops()).allMatch(loop -> loop.residents() > 0);
            awaitTracks(bob, 1);
            awaitMore(bob, 100);
            int before = video(bob).encoding();

            ada.sending(before, false);

            awaitStatistics(
                    bob, "another encoding", seen -> seen.live().getFirst().encoding() != before);
            awaitMore(bob, 50);
            awaitNothingMissing(bob);
        }
    }
}
