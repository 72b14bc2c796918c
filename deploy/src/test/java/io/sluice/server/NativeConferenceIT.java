package io.sluice.server;

import static io.sluice.server.NativeStage.PATIENCE;
import static io.sluice.server.NativeStage.awaitHealed;
import static io.sluice.server.NativeStage.awaitMore;
import static io.sluice.server.NativeStage.awaitNothingMissing;
import static io.sluice.server.NativeStage.awaitStatistics;
import static io.sluice.server.NativeStage.awaitTracks;
import static io.sluice.server.NativeStage.isStalled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.ice.IceConfig;
import io.sluice.room.RoomConfig;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.ClientSrtp;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.NativeClient;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** People in a room, by a client that checks every byte it gets. */
final class NativeConferenceIT {
    private static final double LOSS = 0.05;
    private static final long LATE_KEYFRAME_MILLIS = 1_000;
    private static final long BREAK_MILLIS = 500;

    /** A machine that others keep busy is late with some. */
    private static final int NEWCOMERS = 4;

    private static final Duration RESUME = Duration.ofSeconds(3);

    /** As many as in RFC 7675 5.1: a single check that goes unanswered ends nobody. */
    private static final int CONSENT_CHECKS = 6;

    private static final Duration CONSENT = Duration.ofSeconds(6);
    private static final Duration RESTART_OVERLAP = Duration.ofSeconds(2);

    @SuppressWarnings("NullAway.Init")
    private NativeStage stage;

    @BeforeEach
    void start() throws StartException {
        stage = new NativeStage(config());
    }

    /** Impatient with who is silent, so that the tests need not be patient. */
    private static SluiceConfig config() {
        SluiceConfig config = TestServer.config();
        IceConfig.Timeouts usual = config.ice().timeouts();
        return config.withApi(config.api().withSessions(RESUME, config.api().socketLimits()))
                .withIce(
                        config.ice()
                                .withTimeouts(
                                        new IceConfig.Timeouts(
                                                usual.connect(),
                                                CONSENT,
                                                CONSENT.dividedBy(CONSENT_CHECKS),
                                                RESTART_OVERLAP,
                                                usual.path(),
                                                usual.tick())));
    }

    @AfterEach
    void stop() {
        stage.close();
    }

    @Test
    void shouldForwardEverybodyToEverybodyElse() {
        NativeClient ada = stage.join("ada");
        NativeClient bob = stage.join("bob");
        NativeClient cyd = stage.join(stage.options("cyd").sendReceiving());
        for (NativeClient client : List.of(ada, bob, cyd)) {
            awaitTracks(client, 4);
        }
        for (NativeClient client : List.of(ada, bob, cyd)) {
            awaitMore(client, 100);
            ClientStatistics seen = client.statistics();
            assertThat(seen.srtpProfile()).isEqualTo("AEAD_AES_128_GCM");
            awaitNothingMissing(client);
            assertThat(seen.received())
                    .extracting(ClientStatistics.Received::publisher)
                    .doesNotContain(client.identity().hashCode());
        }
    }

    /** One trickles: its path is there long after the answer. */
    @Test
    void shouldSayTheClientHelloToWhoWaitsForIt() {
        NativeClient ada = stage.join(stage.options("ada").waiting());
        NativeClient bob = stage.join(stage.options("bob").waiting().trickling());
        NativeClient cyd = stage.join("cyd");
        for (NativeClient client : List.of(ada, bob, cyd)) {
            awaitTracks(client, 4);
            awaitMore(client, 50);
        }
        assertThat(ada.statistics().srtpProfile()).isEqualTo("AEAD_AES_128_GCM");
        ada.restartIce(false);
        awaitMore(bob, 50);
    }

    @Test
    void shouldReportToPublishersAndToViewers() {
        NativeClient ada = stage.join("ada");
        NativeClient bob = stage.join(stage.options("bob").viewer());
        awaitTracks(bob, 2);
        awaitStatistics(
                bob,
                "sender reports",
                seen -> seen.live().stream().allMatch(track -> track.senderReports() >= 3));
        awaitStatistics(
                ada,
                "receiver reports and transport-wide feedback",
                seen ->
                        seen.transportFeedbacks() >= 20
                                && seen.sent().stream()
                                        .allMatch(track -> track.reportBlocks() >= 2));
        ClientStatistics received = bob.statistics();
        assertThat(received.live())
                .allMatch(track ->
                        track.saneSenderReports() == track.senderReports() || isStalled(received));
        ClientStatistics sent = ada.statistics();
        assertThat(sent.sent()).allMatch(track -> track.lastCumulativeLost() == 0);
        assertThat(sent.transportPacketsReportedLost()).as("%s", sent).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHealLossesBothWays(boolean rtx) {
        NativeClient ada = stage.join(lossy("ada", rtx, 1));
        NativeClient bob = stage.join(lossy("bob", rtx, 3));
        for (NativeClient client : List.of(ada, bob)) {
            awaitTracks(client, 2);
            awaitMore(client, 120);
        }
        ada.lose(0, 0);
        bob.lose(0, 0);
        for (NativeClient client : List.of(ada, bob)) {
            awaitMore(client, 50);
            awaitHealed(client);
            ClientStatistics seen = client.statistics();
            ClientStatistics.Received video = video(seen);
            long recovered = rtx ? video.recoveredByRtx() : video.recoveredPlainly();
            assertThat(recovered).as("%s", seen).isPositive();
            assertThat(video.rtx()).isEqualTo(rtx);
            assertThat(isStalled(seen) || video.frameJumps() == 0).as("%s", seen).isTrue();
            assertThat(seen.sent().getLast().resent()).as("%s", seen).isPositive();
        }
    }

    private ClientOptions lossy(String identity, boolean rtx, long seed) {
        ClientOptions options = stage.options(identity).losing(LOSS, seed);
        return rtx ? options : options.withoutRtx();
    }

    private static ClientStatistics.Received video(ClientStatistics seen) {
        return seen.live().stream()
                .filter(track -> track.kind().equals("VIDEO"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRestartIceWithoutABreakOfMedia(boolean sameSocket) {
        NativeClient ada = stage.join("ada");
        NativeClient bob = stage.join("bob");
        awaitTracks(ada, 2);
        awaitTracks(bob, 2);
        // Watches Bob, and has nothing to do with it: what stops there was the machine's doing.
        NativeClient control = stage.join(stage.options("cyd").viewer());
        awaitTracks(control, 4);
        List<NativeClient> all = List.of(ada, bob, control);
        all.forEach(NativeClient::forgetGaps);
        ada.restartIce(sameSocket);
        await("the new path").atMost(PATIENCE).until(() -> ada.pathsSelected() == 2);
        // Past the end of the old path too.
        List.of(ada, bob).forEach(client -> awaitMore(client, 120));
        int publisher = bob.identity().hashCode();
        long stalledMillis =
                control.statistics().live().stream()
                        .filter(track -> track.publisher() == publisher)
                        .mapToLong(ClientStatistics.Received::longestGapMillis)
                        .max()
                        .orElseThrow();
        for (NativeClient client : List.of(ada, bob)) {
            assertThat(client.statistics().live())
                    .as("without a restart %d ms", stalledMillis)
                    .allMatch(track -> track.longestGapMillis() < BREAK_MILLIS + stalledMillis);
            awaitNothingMissing(client);
        }
        ada.restartIce(sameSocket);
        await("a path once more").atMost(PATIENCE).until(() -> ada.pathsSelected() == 3);
        awaitMore(bob, 50);
    }

    @Test
    void shouldGiveWhoComesLateAPictureAtOnce() {
        stage.join("ada");
        NativeClient bob = stage.join("bob");
        awaitTracks(bob, 2);
        awaitMore(bob, 100);
        long millis = LATE_KEYFRAME_MILLIS + 1;
        for (int i = 0; i < NEWCOMERS && millis > LATE_KEYFRAME_MILLIS; i++) {
            NativeClient cyd = stage.join(stage.options("cyd" + i).viewer());
            awaitTracks(cyd, 4);
            millis = 0;
            for (ClientStatistics.Received track : cyd.statistics().live()) {
                if (track.kind().equals("VIDEO")) {
                    millis = Math.max(millis, track.firstKeyframeMillis());
                    assertThat(track.firstKeyframeMillis()).isNotNegative();
                    assertThat(track.packetsBeforeKeyframe()).isZero();
                    assertThat(track.pictureLossesSent()).isZero();
                }
            }
        }
        assertThat(millis).isLessThanOrEqualTo(LATE_KEYFRAME_MILLIS);
    }

    @Test
    void shouldTellOthersOfWhoLeaves() {
        NativeClient ada = stage.join("ada");
        NativeClient bob = stage.join("bob");
        awaitTracks(ada, 2);
        awaitTracks(bob, 2);
        bob.leave();
        awaitStatistics(bob, "left", seen -> "left".equals(seen.leftReason()));
        awaitGone(ada, "bob", "left");
        awaitStatistics(ada, "no tracks", seen -> seen.byes() == 2 && seen.live().isEmpty());
        assertThat(ada.events("track-unpublished")).hasSize(2);
    }

    @Test
    void shouldEndWhoClosesDtls() {
        NativeClient ada = stage.join("ada");
        NativeClient bob = stage.join("bob");
        awaitTracks(ada, 2);
        bob.closeDtls();
        awaitGone(ada, "bob", "transport_closed");
        awaitStatistics(bob, "left", seen -> "transport_closed".equals(seen.leftReason()));
    }

    @Test
    void shouldNoticeWhoVanishes() {
        NativeClient ada = stage.join("ada");
        NativeClient bob = stage.join("bob");
        awaitTracks(ada, 2);
        bob.vanish();
        awaitGone(ada, "bob", "signaling_lost");
    }

    @Test
    void shouldKeepMediaWithoutSignalingForAWhile() {
        NativeClient ada = stage.join("ada");
        NativeClient bob = stage.join("bob");
        awaitTracks(ada, 2);
        bob.cutSignaling();
        awaitMore(ada, 15);
        assertThat(ada.events("participant-left")).isEmpty();
        awaitGone(ada, "bob", "signaling_lost");
    }

    @Test
    void shouldEndWhoIsNotHeardOfByUdp() {
        NativeClient ada = stage.join("ada");
        NativeClient bob = stage.join("bob");
        awaitTracks(ada, 2);
        bob.vanishFromMedia();
        awaitGone(ada, "bob", "connection_lost");
        awaitStatistics(bob, "left", seen -> "connection_lost".equals(seen.leftReason()));
    }

    private static void awaitGone(NativeClient witness, String identity, String reason) {
        await(identity + " is gone")
                .atMost(PATIENCE)
                .until(() -> !witness.events("participant-left").isEmpty());
        JsonNode left = witness.events("participant-left").getFirst();
        assertThat(left.path("identity").asText()).isEqualTo(identity);
        assertThat(left.path("reason").asText()).isEqualTo(reason);
    }

    @Test
    void shouldReplaceAnOlderConnectionOfTheSameIdentity() {
        NativeClient ada = stage.join("ada");
        NativeClient bob = stage.join("bob");
        awaitTracks(ada, 2);
        NativeClient again = stage.join("bob");
        awaitStatistics(bob, "replaced", seen -> "replaced".equals(seen.leftReason()));
        awaitGone(ada, "bob", "replaced");
        awaitTracks(again, 2);
        awaitTracks(ada, 2);
        assertThat(ada.statistics().live())
                .extracting(ClientStatistics.Received::participantId)
                .containsOnly(again.statistics().participantId());
    }

    @Test
    void shouldUseAFreedSectionAgain() {
        NativeClient ada = stage.join("ada");
        NativeClient bob = stage.join(stage.options("bob").viewer());
        awaitTracks(bob, 2);
        ada.unpublishVideo();
        awaitStatistics(bob, "audio alone", seen -> seen.live().size() == 1);
        ada.publishVideo(new ClientOptions.Media(15, 3, 700));
        awaitTracks(bob, 2);
        ClientStatistics seen = bob.statistics();
        assertThat(seen.received()).hasSize(3);
        assertThat(video(seen).mid())
                .isEqualTo(
                        seen.received().stream()
                                .filter(track -> track.kind().equals("VIDEO") && track.ended())
                                .findFirst()
                                .orElseThrow()
                                .mid());
    }

    @ParameterizedTest
    @EnumSource(ClientSrtp.Profile.class)
    void shouldForwardUnderEachProfile(ClientSrtp.Profile profile) {
        NativeClient ada = stage.join(stage.options("ada").srtp(profile));
        NativeClient bob = stage.join("bob");
        awaitTracks(ada, 2);
        awaitTracks(bob, 2);
        assertThat(ada.statistics().srtpProfile()).isEqualTo(profile.name());
        assertThat(bob.statistics().srtpProfile()).isEqualTo("AEAD_AES_128_GCM");
    }

    @Test
    void shouldConnectByIpv6AndByTrickledCandidates() {
        NativeClient ada = stage.join(stage.options("ada").from(InetAddress.ofLiteral("::1")));
        NativeClient bob = stage.join(stage.options("bob").trickling());
        awaitTracks(ada, 2);
        awaitTracks(bob, 2);
    }

    @Test
    void shouldForwardFromLoopToLoop() throws StartException {
        SluiceConfig spilling =
                TestServer.config().withRoom(RoomConfig.defaults().withSpillBusyShare(0));
        try (NativeStage spread = new NativeStage(spilling)) {
            NativeClient ada = spread.join("ada");
            NativeClient bob = spread.join(spread.options("bob").losing(LOSS, 9));
            NativeClient cyd = spread.join(spread.options("cyd").viewer());
            assertThat(spread.server().sluice().loops()).allMatch(loop -> loop.residents() > 0);
            awaitTracks(ada, 2);
            awaitTracks(bob, 2);
            awaitTracks(cyd, 4);
            awaitMore(cyd, 100);
            bob.lose(0, 0);
            for (NativeClient client : List.of(ada, bob, cyd)) {
                awaitMore(client, 30);
                awaitHealed(client);
            }
        }
    }
}
