package io.sluice.server;

import static io.sluice.server.NativeStage.PATIENCE;
import static io.sluice.server.NativeStage.awaitHealed;
import static io.sluice.server.NativeStage.awaitMore;
import static io.sluice.server.NativeStage.awaitNothingMissing;
import static io.sluice.server.NativeStage.awaitStatistics;
import static io.sluice.server.NativeStage.awaitTracks;
import static io.sluice.server.NativeStage.holdClean;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.NativeClient;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Native clients by WHIP and WHEP, which check every byte. */
final class WhipIT {
    /** A machine may stand still for half as long. */
    private static final Duration CONSENT = Duration.ofSeconds(8);

    private static final double NEVER = 1;
    private static final int NEWCOMERS = 4;
    private static final int QUIET = 127;
    private static final int LOUD = 10;

    @SuppressWarnings("NullAway.Init")
    private NativeStage stage;

    @BeforeEach
    void start() throws StartException {
        SluiceConfig config = TestServer.config();
        stage =
                new NativeStage(
                        // A loop that a viewer is the first on has no keyframe yet.
                        config.withRoom(config.room().withSpillBusyShare(NEVER))
                                .withIce(
                                        config.ice()
                                                .withTimeouts(
                                                        config.ice().timeouts().connect(),
                                                        CONSENT,
                                                        Duration.ofSeconds(1))));
    }

    @AfterEach
    void stop() {
        stage.close();
    }

    private int participants() {
        return stage.server().sluice().rooms().all().size();
    }

    @Test
    void shouldCarryEveryByteFromWhipToWhepAndToOthers() {
        NativeClient obs = stage.joinByWhip(stage.options("obs"));
        NativeClient plain = stage.join(stage.options("plain").viewer());
        NativeClient whep = stage.joinByWhip(stage.options("whep").viewer());
        awaitTracks(plain, 2);
        awaitTracks(whep, 2);
        awaitMore(whep, 100);
        for (NativeClient viewer : new NativeClient[] {plain, whep}) {
            awaitNothingMissing(viewer);
            assertThat(viewer.statistics().live())
                    .allSatisfy(track -> {
                        assertThat(track.wrongContent()).isZero();
                        assertThat(track.publisher()).isEqualTo(obs.identity().hashCode());
                    });
        }
        whep.leave();
        obs.leave();
        awaitStatistics(plain, "nothing more", seen -> seen.live().isEmpty());
    }

    @Test
    void shouldHealLossesAndGoOnOverARestart() {
        NativeClient obs = stage.joinByWhip(stage.options("obs").losing(0.03, 5));
        NativeClient whep = stage.joinByWhip(stage.options("whep").viewer().losing(0.03, 6));
        awaitTracks(whep, 2);
        awaitMore(whep, 100);
        for (NativeClient restarting : new NativeClient[] {obs, whep}) {
            int before = restarting.pathsSelected();
            restarting.restartIce(false);
            await().atMost(PATIENCE).until(() -> restarting.pathsSelected() > before);
            awaitMore(whep, 50);
        }
        obs.lose(0, 0);
        whep.lose(0, 0);
        awaitMore(whep, 50);
        awaitHealed(whep);
        assertThat(whep.statistics().live()).allMatch(track -> track.wrongContent() == 0);
    }

    @Test
    void shouldForwardOneOfThreeEncodings() {
        stage.joinByWhip(stage.options("obs").simulcast());
        NativeClient whep = stage.joinByWhip(stage.options("whep").viewer());
        awaitStatistics(
                whep,
                "a picture",
                seen -> seen.live().stream().anyMatch(track -> track.keyframes() > 0));
        assertThat(whep.statistics().live()).allMatch(track -> track.wrongContent() == 0);
    }

    @Test
    void shouldGoOverToWhoSpeaksUnderTheSameNumbers() {
        NativeClient ada = stage.join(stage.options("ada"));
        NativeClient bob = stage.join(stage.options("bob"));
        ada.speakAt(LOUD);
        bob.speakAt(QUIET);
        NativeClient whep = stage.joinByWhip(stage.options("whep").viewer());
        awaitTracks(whep, 2);
        for (NativeClient speaker : new NativeClient[] {bob, ada, bob}) {
            NativeClient other = speaker == ada ? bob : ada;
            other.speakAt(QUIET);
            speaker.speakAt(LOUD);
            awaitStatistics(
                    whep,
                    speaker.identity() + " on both tracks",
                    seen ->
                            seen.live().stream()
                                    .allMatch(track ->
                                            track.publisher() == speaker.identity().hashCode()));
            awaitMore(whep, 50);
        }
        assertThat(whep.statistics().live())
                .hasSize(2)
                .allSatisfy(track -> {
                    assertThat(track.wrongContent()).isZero();
                });
        awaitNothingMissing(whep);
        assertThat(whep.statistics().srtpReplayed()).isZero();
        holdClean(ada);
        holdClean(bob);
    }

    @Test
    void shouldServeWhoComesLateToAPublisherThatAnswersNoRequest() {
        ClientOptions.Media audio = new ClientOptions.Media(50, 1, 80);
        ClientOptions.Media video = new ClientOptions.Media(15, 2, 300);
        NativeClient obs = stage.joinByWhip(stage.options("obs").media(audio, video));
        NativeClient early = stage.joinByWhip(stage.options("early").viewer());
        awaitTracks(early, 2);
        // One in six seconds, as OBS may be set.
        obs.keyframesOnlyEvery(90);
        // Until the last one is too old for newcomers to begin with; so it is seen that none comes.
        awaitMore(early, 30);
        NativeClient asking = stage.joinByWhip(stage.options("asking").viewer());
        awaitTracks(asking, 2);
        long more = 1;
        // A busy machine may need so long for one that a keyframe comes meanwhile.
        for (int i = 0; i < NEWCOMERS && more > 0; i++) {
            long before = keyframes(obs);
            NativeClient late = stage.joinByWhip(stage.options("late" + i).viewer());
            awaitTracks(late, 2);
            more = keyframes(obs) - before;
            assertThat(late.statistics().live()).allMatch(track -> track.wrongContent() == 0);
        }
        assertThat(more).as("keyframes sent before a late one began").isZero();
    }

    private static long keyframes(NativeClient publisher) {
        return publisher.statistics().sent().stream()
                .mapToLong(ClientStatistics.Sent::keyframes)
                .sum();
    }

    @Test
    void shouldForgetAKilledPublisherAndOneThatClosesDtls() {
        NativeClient killed = stage.joinByWhip(stage.options("killed"));
        NativeClient closing = stage.joinByWhip(stage.options("closing"));
        NativeClient viewer = stage.join(stage.options("viewer").viewer());
        awaitTracks(viewer, 4);
        closing.closeDtls();
        awaitTracks(viewer, 2);
        killed.vanish();
        await().atMost(PATIENCE).until(() -> viewer.statistics().live().isEmpty());
        assertThat(participants()).isOne();
        await().until(() -> sessions() == 0);
    }

    private long sessions() {
        return stage.server().sluice().whip().sessions(true);
    }
}
