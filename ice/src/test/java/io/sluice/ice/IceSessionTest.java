package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.ice.IceFixture.Participant;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The session against a client that does right and wrong on demand. */
class IceSessionTest {
    private static final byte[] DTLS = {22, 1, 2, 3};
    private static final byte[] RTP = {(byte) 0x80, 1, 2, 3};

    /** After so long a check is sent again. */
    private static final Duration AGAIN = Duration.ofMillis(100);

    private IceFixture ice = new IceFixture(IceFixture.CONFIG);

    private static IceConfig overlapping(Duration restartOverlap) {
        IceConfig.Timeouts usual = IceFixture.CONFIG.timeouts();
        return IceFixture.CONFIG.withTimeouts(
                new IceConfig.Timeouts(
                        usual.connect(),
                        usual.consent(),
                        usual.consentInterval(),
                        restartOverlap,
                        usual.path(),
                        usual.tick()));
    }

    private void restartWith(IceConfig config) throws Exception {
        ice.close();
        ice = new IceFixture(config);
    }

    @AfterEach
    void close() throws Exception {
        ice.close();
    }

    /** Sends until it is taken: a datagram that overtakes the answer to a check is dropped. */
    private static void awaitMedia(Participant participant, TestClient client) {
        int before = participant.media.size();
        await().until(() -> {
            client.send(RTP);
            return participant.media.size() > before;
        });
    }

    @Test
    void shouldSelectWhatTheClientNominatesOnceItAnswersOurCheck() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.client(participant);
        client.answering = false;
        participant.setRemote(client.local(), false);
        client.check(true);
        await().until(() -> client.serverTransactions.size() > 2);
        assertThat(client.successes.get()).isEqualTo(1);
        assertThat(participant.paths).isEmpty();
        client.answering = true;
        participant.awaitPaths(1);
        assertThat(participant.paths.getFirst().remotePort()).isEqualTo(client.port());
        assertThat(participant.paths.getFirst().socket()).isZero();
    }

    @Test
    void shouldCheckWithoutThreads() throws Exception {
        ice.connect(ice.participant());
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("ice4j.Agent-executor"));
    }

    @Test
    void shouldAnswerChecksThatComeBeforeTheRemoteCredentials() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.client(participant);
        client.check(true);
        await().until(() -> client.successes.get() == 1);
        assertThat(client.serverTransactions).isEmpty();
        participant.setRemote(client.local(), false);
        participant.awaitPaths(1);
    }

    @Test
    void shouldDropRequestsThatDoNotProveTheirSender() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.client(participant);
        String password = ice.onLoop(participant.session::credentials).password();
        client.send(client.request().priority(1).fingerprint(0).bytes());
        ice.awaitDrops(DatagramDrop.STUN_NO_INTEGRITY, 1);
        client.send(client.request().priority(1).integrity("x" + password).fingerprint(0).bytes());
        ice.awaitDrops(DatagramDrop.STUN_BAD_INTEGRITY, 1);
        client.send(client.request().priority(1).integrity(password).fingerprint(1).bytes());
        ice.awaitDrops(DatagramDrop.STUN_BAD_FINGERPRINT, 1);
        client.send(
                new TestStun(StunMessage.BINDING_REQUEST, new byte[12])
                        .username("aaaaaaaa:bbbb")
                        .integrity(password)
                        .bytes());
        ice.awaitDrops(DatagramDrop.STUN_UNKNOWN_UFRAG, 1);
        client.send(client.request().integrity(password).fingerprint(0).bytes());
        ice.awaitDrops(DatagramDrop.STUN_REFUSED, 1);
        client.send((byte) 0, (byte) 1, (byte) 0, (byte) 0);
        ice.awaitDrops(DatagramDrop.STUN_MALFORMED, 1);
        client.send((byte) 70);
        ice.awaitDrops(DatagramDrop.UNKNOWN_KIND, 1);
        assertThat(client.successes.get() + client.others.size()).isZero();
    }

    @Test
    void shouldIgnoreUseCandidateAfterTheIntegrity() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.client(participant);
        participant.setRemote(client.local(), false);
        String password = ice.onLoop(participant.session::credentials).password();
        client.send(
                client.request()
                        .priority(1)
                        .integrity(password)
                        .add(TestStun.USE_CANDIDATE, new byte[0])
                        .bytes());
        // Media is taken, so the path is validated; and still it is not selected.
        awaitMedia(participant, client);
        assertThat(participant.paths).isEmpty();
    }

    @Test
    void shouldVerifyTheResponsesToItsChecks() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.client(participant);
        client.answerSigned = false;
        participant.setRemote(client.local(), false);
        client.check(true);
        await().until(() -> ice.drops(DatagramDrop.STUN_NO_INTEGRITY) > 0);
        client.answerSigned = true;
        client.answerPassword = "wrongwrongwrongwrongwrong";
        await().until(() -> ice.drops(DatagramDrop.STUN_BAD_INTEGRITY) > 0);
        assertThat(participant.paths).isEmpty();
        client.answerPassword = "";
        participant.awaitPaths(1);
    }

    @Test
    void shouldNotTakeAResponseFromAnotherAddressOrToNoRequest() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.client(participant);
        client.answering = false;
        participant.setRemote(client.local(), false);
        client.check(true);
        await().until(() -> !client.serverTransactions.isEmpty());
        TestClient other = ice.keep(client.moved(9));
        byte[] id = client.serverTransactions.getFirst();
        byte[] answer =
                new TestStun(StunMessage.BINDING_SUCCESS, id)
                        .mapped(TestClient.LOOPBACK.getAddress(), 9)
                        .integrity(client.local().password())
                        .bytes();
        other.send(answer);
        ice.awaitDrops(DatagramDrop.STUN_UNKNOWN_TRANSACTION, 1);
        answer[19] ^= 1;
        client.send(answer);
        ice.awaitDrops(DatagramDrop.STUN_UNKNOWN_TRANSACTION, 2);
        assertThat(participant.paths).isEmpty();
    }

    @Test
    void shouldUseTransactionsThatCannotBeGuessed() throws Exception {
        restartWith(IceFixture.CHECKING_OFTEN);
        Participant participant = ice.participant();
        TestClient client = ice.connect(participant);
        await().until(() -> client.serverTransactions.size() > 4);
        Set<String> heads = new HashSet<>();
        Set<String> tails = new HashSet<>();
        for (byte[] id : client.serverTransactions.subList(1, 5)) {
            heads.add(Arrays.toString(Arrays.copyOf(id, 6)));
            tails.add(Arrays.toString(Arrays.copyOfRange(id, 6, 12)));
        }
        // ice4j's own ids begin with the clock, whose upper bytes would agree here.
        assertThat(heads).hasSize(4);
        assertThat(tails).hasSize(4);
        assertThat(heads.stream().map(head -> head.split(", ")[4]).distinct().count())
                .isGreaterThan(1);
    }

    @Test
    void shouldHoldDtlsUntilTheAddressIsValidatedUpToALimit() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.client(participant);
        client.answering = false;
        client.send(DTLS);
        ice.awaitDrops(DatagramDrop.UNKNOWN_ADDRESS, 1);
        participant.setRemote(client.local(), false);
        client.check(true);
        await().until(() -> client.successes.get() == 1);
        client.send(RTP);
        ice.awaitDrops(DatagramDrop.MEDIA_NOT_VALIDATED, 1);
        for (int i = 0; i < 6; i++) {
            client.send(new byte[] {22, (byte) i});
        }
        ice.awaitDrops(DatagramDrop.DTLS_HELD_LIMIT, 2);
        assertThat(participant.dtls).isEmpty();
        client.answering = true;
        participant.awaitPaths(1);
        // They come behind the news of the path.
        await().until(() -> participant.dtls.size() == 4);
        assertThat(participant.dtls)
                .containsExactly(
                        new byte[] {22, 0},
                        new byte[] {22, 1},
                        new byte[] {22, 2},
                        new byte[] {22, 3});
        client.send(DTLS);
        client.send(RTP);
        await().until(() -> participant.dtls.size() == 5 && participant.media.size() == 1);
    }

    @Test
    void shouldFreeHeldDtlsWhenClosed() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.client(participant);
        client.answering = false;
        client.check(true);
        await().until(() -> client.successes.get() == 1);
        int before = ice.onLoop(ice.slab::slotsInUse);
        // The first takes the ring's spare slot, the second a further one.
        client.send(DTLS);
        client.send(DTLS);
        await().until(() -> ice.onLoop(ice.slab::slotsInUse) == before + 1);
        ice.loop.run(participant.session::close);
        assertThat(ice.onLoop(ice.slab::slotsInUse)).isEqualTo(before - 1);
    }

    @Test
    void shouldFollowTheClientToANewAddressAndStillTakeMediaFromTheOld() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.connect(participant);
        TestClient moved = ice.keep(client.moved(5));
        moved.check(true);
        participant.awaitPaths(2);
        assertThat(participant.port()).isEqualTo(moved.port());
        client.send(RTP);
        moved.send(RTP);
        await().until(() -> participant.media.size() == 2);
        assertThat(participant.failures).isEmpty();
    }

    @Test
    void shouldMoveToALowerPriorityWhenItIsMeant() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.connect(participant);
        TestClient worse = ice.keep(client.moved(5));
        worse.check(true, 1);
        await().until(() -> ice.onLoop(() -> participant.session.validatedPaths()) == 2);
        // Validated, nominated once: may be one of many nominations of a client that still
        // connects.
        assertThat(participant.port()).isEqualTo(client.port());
        client.check(true);
        worse.check(true, 1);
        await().until(() -> worse.successes.get() == 2);
        assertThat(participant.port()).isEqualTo(client.port());
        worse.send(RTP);
        participant.awaitPaths(2);
        assertThat(participant.port()).isEqualTo(worse.port());
    }

    @Test
    void shouldRestartFromAnUnchangedAddressWithoutLosingThePath() throws Exception {
        restartWith(overlapping(Duration.ofMillis(200)));
        Participant participant = ice.participant();
        TestClient client = ice.connect(participant);
        IceCredentials first = ice.onLoop(participant.session::credentials);
        TestClient old = ice.keep(client.moved(8));
        IceCredentials second = ice.loop.call(participant.session::restart);
        assertThat(second).isNotEqualTo(first);
        client.send(RTP);
        await().until(() -> participant.media.size() == 1);
        assertThat(participant.port()).isEqualTo(client.port());

        client.restart(second);
        participant.setRemote(client.local(), false);
        int checks = client.serverTransactions.size();
        client.check(true);
        await().until(() -> client.serverTransactions.size() > checks);
        client.send(RTP);
        await().until(() -> participant.media.size() == 2);

        // The old credentials end, the new ones stay.
        await().until(() -> {
            old.check(false);
            return ice.drops(DatagramDrop.STUN_UNKNOWN_UFRAG) > 0;
        });
        assertThat(participant.paths).hasSize(1);
        assertThat(participant.port()).isEqualTo(client.port());
        assertThat(participant.failures).isEmpty();
        int consent = client.serverTransactions.size();
        await().until(() -> client.serverTransactions.size() > consent + 1);
    }

    /** As Chromium does: its new sockets check with our old ufrag until our answer reaches it. */
    @Test
    void shouldNotLetARestartedClientSettleOnOurOldUfrag() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.connect(participant);
        IceCredentials first = ice.onLoop(participant.session::credentials);
        IceCredentials second = ice.loop.call(participant.session::restart);
        TestClient fresh = ice.keep(client.moved(9));
        fresh.restart(first);
        fresh.check(true);
        await().until(() -> ice.drops(DatagramDrop.STUN_MIXED_UFRAGS) == 1);
        assertThat(fresh.successes).hasValue(0);

        fresh.restart(second);
        participant.setRemote(fresh.local(), false);
        fresh.check(true);
        participant.awaitPaths(2);
        assertThat(participant.port()).isEqualTo(fresh.port());
        fresh.send(RTP);
        await().until(() -> participant.media.size() == 1);
    }

    @Test
    void shouldKeepTheOldPathWhenARestartIsNeverFinished() throws Exception {
        restartWith(IceFixture.CHECKING_OFTEN);
        Participant participant = ice.participant();
        TestClient client = ice.connect(participant);
        ice.loop.run(participant.session::restart);
        ice.loop.run(participant.session::restart);
        int checks = client.serverTransactions.size();
        await().until(() -> client.serverTransactions.size() > checks + 2);
        client.check(true);
        client.send(RTP);
        await().until(() -> participant.media.size() == 1);
        assertThat(ice.drops(DatagramDrop.STUN_UNKNOWN_UFRAG)).isZero();
        assertThat(participant.failures).isEmpty();
    }

    @Test
    void shouldFailWhenConsentIsLost() throws Exception {
        Duration consent = Duration.ofSeconds(1);
        restartWith(
                IceFixture.CONFIG.withTimeouts(
                        Duration.ofSeconds(20), consent, IceFixture.EACH_TICK));
        Participant participant = ice.participant();
        TestClient client = ice.connect(participant);
        long sinceNanos = System.nanoTime();
        // A timeout and a half, in which each check is answered.
        await().until(() -> System.nanoTime() - sinceNanos > consent.toNanos() * 3 / 2);
        assertThat(participant.failures).isEmpty();
        client.answering = false;
        await().until(() -> participant.failures.size() == 1);
        assertThat(participant.failures).containsExactly(IceFailure.CONSENT_LOST);
        assertThat(ice.loop.<Boolean>call(() -> participant.session.selectedPath() == null))
                .isTrue();
    }

    /** On the path in use too: what is not a plain question for consent is ice4j's. */
    @Test
    void shouldAnswerOnThePathInUseOnlyWhatItShould() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.connect(participant);
        int answered = client.successes.get();

        client.check(false);
        await().until(() -> client.successes.get() == answered + 1);
        client.check(true);
        await().until(() -> client.successes.get() == answered + 2);

        client.send(client.request("stranger").priority(1).integrity(client.password()).bytes());
        await().until(() -> ice.drops(DatagramDrop.STUN_MIXED_UFRAGS) == 1);
        client.send(client.request().integrity(client.password()).fingerprint(0).bytes());
        await().until(() -> ice.drops(DatagramDrop.STUN_REFUSED) == 1);
        assertThat(client.successes.get()).isEqualTo(answered + 2);
        assertThat(participant.failures).isEmpty();
    }

    @Test
    void shouldFailWhenItNeverConnects() throws Exception {
        restartWith(
                IceFixture.CONFIG.withTimeouts(
                        Duration.ofMillis(300), Duration.ofSeconds(5), Duration.ofSeconds(1)));
        Participant participant = ice.participant();
        TestClient client = ice.client(participant);
        participant.setRemote(client.local(), false);
        await().until(() -> participant.failures.size() == 1);
        assertThat(participant.failures).containsExactly(IceFailure.NEVER_CONNECTED);
    }

    @Test
    void shouldNominateTowardsALiteClient() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.client(participant);
        participant.setRemote(client.local(), true);
        ice.loop.run(() -> participant.session.addRemoteCandidate(client.candidate()));
        participant.awaitPaths(1);
        assertThat(client.nominations.get()).isPositive();
        assertThat(participant.port()).isEqualTo(client.port());
    }

    @Test
    void shouldCountCandidatesThatItDoesNotUse() throws Exception {
        restartWith(IceFixture.CONFIG.withLimits(new IceConfig.Limits(2, 8, 4)));
        Participant participant = ice.participant();
        ice.loop.run(() -> {
            participant.session.addRemoteCandidate("nonsense");
            participant.session.addRemoteCandidate("1 1 udp 1 a.local 9 typ host");
            for (int i = 1; i < 4; i++) {
                participant.session.addRemoteCandidate("1 1 udp 1 127.0.0.1 " + i + " typ host");
            }
        });
        assertThat(ice.server.drops(CandidateDrop.MALFORMED)).isEqualTo(1);
        assertThat(ice.server.drops(CandidateDrop.IGNORED)).isEqualTo(1);
        assertThat(ice.server.drops(CandidateDrop.LIMIT)).isEqualTo(1);
    }

    @Test
    void shouldForgetPathsBeyondTheLimitAndGoOnWithAFreshAgent() throws Exception {
        restartWith(IceFixture.CONFIG.withLimits(new IceConfig.Limits(5, 3, 4)));
        Participant participant = ice.participant();
        TestClient client = ice.connect(participant);
        for (int i = 1; i <= 12; i++) {
            TestClient moved = ice.keep(client.moved(100 + i));
            int paths = 1 + i;
            // As clients do, it asks again: a check may meet an agent that is just given up.
            await().pollInterval(AGAIN)
                    .until(() -> {
                        if (participant.paths.size() < paths) {
                            moved.check(true);
                        }
                        return participant.paths.size() == paths;
                    });
            assertThat(participant.port()).isEqualTo(moved.port());
        }
        assertThat(ice.onLoop(participant.session::pathCount)).isEqualTo(3);
        assertThat(ice.onLoop(ice.server::addressCount)).isEqualTo(3);
    }

    @Test
    void shouldGiveAnAddressToTheSessionThatProvedItLast() throws Exception {
        Participant first = ice.participant();
        TestClient client = ice.connect(first);
        Participant second = ice.participant();
        client.restart(ice.onLoop(second.session::credentials));
        client.answering = false;
        second.setRemote(client.local(), false);
        client.check(true);
        await().until(() -> client.successes.get() == 2);
        client.send(RTP);
        await().until(() -> first.media.size() == 1);
        client.answering = true;
        second.awaitPaths(1);
        client.send(RTP);
        await().until(() -> second.media.size() == 1);
        assertThat(first.media).hasSize(1);
        assertThat(first.pathsLost).isEqualTo(1);
        assertThat(second.pathsLost).isZero();
    }

    @Test
    void shouldCloseOnlyTheSessionWhoseListenerFails() throws Exception {
        Participant broken = ice.participant();
        Participant sound = ice.participant();
        TestClient first = ice.connect(broken);
        TestClient second = ice.connect(sound);
        broken.failing = true;
        first.send(RTP);
        second.send(RTP);
        await().until(() -> sound.media.size() == 1 && !broken.failures.isEmpty());
        assertThat(broken.failures).containsExactly(IceFailure.LISTENER_FAILED);
        assertThat(ice.server.sessions()).isEqualTo(1);
    }

    @Test
    void shouldGoOnWatchingTheOthersWhenAListenerCannotEvenHearOfItsFailure() throws Exception {
        restartWith(
                IceFixture.CONFIG.withTimeouts(
                        Duration.ofMillis(300), Duration.ofSeconds(5), Duration.ofSeconds(1)));
        Participant broken = ice.participant();
        Participant sound = ice.participant();
        broken.failing = true;
        broken.setRemote(ice.client(broken).local(), false);
        sound.setRemote(ice.client(sound).local(), false);
        await().until(() -> sound.failures.size() == 1);
        assertThat(broken.failures)
                .containsExactly(IceFailure.NEVER_CONNECTED, IceFailure.LISTENER_FAILED);
        assertThat(ice.server.sessions()).isEqualTo(1);
    }
}
