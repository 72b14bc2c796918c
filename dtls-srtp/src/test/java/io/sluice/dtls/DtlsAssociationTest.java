package io.sluice.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DtlsAssociationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CLIENT_PRINT = Side.OTHER_IDENTITY.fingerprint();
    private static final String SERVER_PRINT = Side.IDENTITY.fingerprint();

    private final TestLoop loop = new TestLoop();
    private final DtlsHandshakes handshakes = new DtlsHandshakes(DtlsConfig.defaults());

    @AfterEach
    void stop() {
        loop.close();
    }

    @Test
    void shouldGiveBothSidesTheSameKeys() {
        Side[] sides = connected();
        SrtpKeys server = sides[0].agreedKeys();
        SrtpKeys client = sides[1].agreedKeys();

        assertThat(server.profile()).isEqualTo(SrtpProfile.AEAD_AES_128_GCM);
        assertThat(server.sendKey()).hasSize(16).isEqualTo(client.receiveKey());
        assertThat(server.sendSalt()).hasSize(12).isEqualTo(client.receiveSalt());
        assertThat(server.receiveKey()).isEqualTo(client.sendKey()).isNotEqualTo(server.sendKey());
        assertThat(server.receiveSalt()).isEqualTo(client.sendSalt());
        assertThat(handshakes.connected()).isEqualTo(2);
        assertThat(handshakes.running()).isZero();
        assertThat(sides[0].offLoop || sides[1].offLoop).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldConnectOverANetworkThatLosesAndReorders(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        // What is lost depends on when threads run, too: of a few hundred such handshakes one takes
        // as long as usual ones may.
        DtlsHandshakes tireless = new DtlsHandshakes(new DtlsConfig(50, 60_000, 8, 32, 2_048));
        Side server =
                new Side(loop, DtlsRole.SERVER, Side.IDENTITY, List.of(CLIENT_PRINT), tireless);
        Side client =
                new Side(
                        loop,
                        DtlsRole.CLIENT,
                        Side.OTHER_IDENTITY,
                        List.of(SERVER_PRINT),
                        tireless);
        server.network = datagram -> unreliable(random, client, datagram);
        client.network = datagram -> unreliable(random, server, datagram);
        start(server, client);

        await().atMost(PATIENCE).until(() -> server.over() && client.over());
        assertThat(server.agreedKeys().sendKey()).isEqualTo(client.agreedKeys().receiveKey());
    }

    @Test
    void shouldFailBothSidesWhenTheServersCertificateIsNotTheAnnouncedOne() {
        Side server = server(CLIENT_PRINT);
        Side client = client(CLIENT_PRINT);
        link(server, client);
        start(server, client);

        await().atMost(PATIENCE).until(() -> server.over() && client.over());
        assertThat(client.failure).isEqualTo(DtlsFailure.FINGERPRINT_MISMATCH);
        assertThat(server.failure).isEqualTo(DtlsFailure.REFUSED_BY_REMOTE);
        assertThat(client.keys).isNull();
        assertThat(server.keys).isNull();
    }

    @Test
    void shouldFailBothSidesWhenTheClientsCertificateIsNotTheAnnouncedOne() {
        Side server = server(SERVER_PRINT);
        Side client = client(SERVER_PRINT);
        link(server, client);
        start(server, client);

        await().atMost(PATIENCE).until(() -> server.over() && client.over());
        assertThat(server.failure).isEqualTo(DtlsFailure.FINGERPRINT_MISMATCH);
        assertThat(client.failure).isEqualTo(DtlsFailure.REFUSED_BY_REMOTE);
        assertThat(handshakes.failures(DtlsFailure.FINGERPRINT_MISMATCH)).isEqualTo(1);
    }

    @Test
    void shouldFailWithoutAFingerprintItAccepts() {
        Side server = server("sha-1 AA:BB");
        loop.run(server.association::start);

        await().atMost(PATIENCE).until(server::over);
        assertThat(server.failure).isEqualTo(DtlsFailure.NO_FINGERPRINT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFailWhenItsHandshakeBreaks(boolean byAnError) {
        SecureRandom breaking =
                new SecureRandom() {
                    @Override
                    public void nextBytes(byte[] bytes) {
                        if (byAnError) {
                            throw new StackOverflowError("on purpose");
                        }
                        throw new IllegalStateException("on purpose");
                    }
                };
        Side client =
                new Side(
                        loop,
                        DtlsRole.CLIENT,
                        Side.OTHER_IDENTITY,
                        List.of(SERVER_PRINT),
                        handshakes,
                        false,
                        breaking);
        loop.run(client.association::start);

        await().atMost(PATIENCE).until(client::over);
        assertThat(client.failure).isEqualTo(DtlsFailure.PROTOCOL);
        assertThat(handshakes.running()).isZero();
    }

    @Test
    void shouldCarryDataBothWaysWithoutAThread() {
        Side[] sides = connected();
        byte[] longest = new byte[DtlsAssociation.MAX_DATA_BYTES];
        Arrays.fill(longest, (byte) 7);
        byte[] word = {1, 2, 3};

        assertThat(loop.call(() -> sides[0].association.send(longest, 0, longest.length))).isTrue();
        assertThat(loop.call(() -> sides[0].association.send(word, 1, 2))).isTrue();
        assertThat(loop.call(() -> sides[1].association.send(word, 0, 3))).isTrue();

        await().atMost(PATIENCE)
                .until(() ->
                        loop.call(() -> sides[1].data.size() == 2 && sides[0].data.size() == 1));
        assertThat(sides[1].data).containsExactly(longest, new byte[] {2, 3});
        assertThat(sides[0].data).containsExactly(word);
        assertThat(sides[0].sent.get(sides[0].sent.size() - 2))
                .hasSize(DatagramQueue.MAX_SENT_BYTES);
        assertThat(handshakes.applicationData()).isZero();
        assertThat(handshakes.running()).isZero();
        assertThat(sides[0].offLoop || sides[1].offLoop).isFalse();
    }

    @Test
    void shouldCountDataThatNobodyTakes() {
        Side[] sides = connected();
        sides[1].takesData = false;
        loop.run(() -> sides[0].association.send(new byte[10], 0, 10));
        await().atMost(PATIENCE).until(() -> handshakes.applicationData() == 1);
    }

    @Test
    void shouldSendNoDataBeforeItIsConnectedNorAfterItsEnd() {
        Side alone = client(SERVER_PRINT);
        assertThat(loop.call(() -> alone.association.send(new byte[1], 0, 1))).isFalse();
        Side[] sides = connected();
        loop.run(sides[0].association::close);
        assertThat(loop.call(() -> sides[0].association.send(new byte[1], 0, 1))).isFalse();
    }

    @Test
    void shouldBearToBeClosedByWhoHearsOfData() {
        Side[] sides = connected();
        sides[1].onData = sides[1].association::close;
        loop.run(() -> sides[0].association.send(new byte[1], 0, 1));
        await().atMost(PATIENCE).until(() -> sides[0].closed);
        assertThat(loop.call(sides[1].data::size)).isEqualTo(1);
    }

    @Test
    void shouldHearTheRemoteCloseWithoutAThread() {
        Side[] sides = connected();

        loop.run(sides[0].association::close);
        await().atMost(PATIENCE).until(() -> sides[1].closed);
        assertThat(sides[0].closed).isFalse();
    }

    @Test
    void shouldTellTheServerThatTheClientCloses() {
        Side[] sides = connected();

        loop.run(sides[1].association::close);
        await().atMost(PATIENCE).until(() -> sides[0].closed);
    }

    @Test
    void shouldAnswerTheLastFlightAgainAfterTheHandshake() {
        Side server = server(CLIENT_PRINT);
        Side client = client(SERVER_PRINT);
        List<byte[]> lost = new ArrayList<>();
        client.network = datagram -> loop.execute(() -> server.receive(datagram));
        server.network =
                datagram -> {
                    // The server is connected when it has sent its Finished: lose that.
                    boolean finished = datagram[0] == 20 || datagram[4] == 1;
                    if (finished && lost.size() < 2) {
                        lost.add(datagram);
                    } else {
                        loop.execute(() -> client.receive(datagram));
                    }
                };
        start(server, client);

        await().atMost(PATIENCE).until(() -> server.over() && client.over());
        assertThat(lost).hasSize(2);
        assertThat(client.keys).isNotNull();
        assertThat(server.keys).isNotNull();
    }

    @Test
    void shouldIgnoreForgedRecordsOnceConnected() {
        Side[] sides = connected();
        byte[] plainAlert = {21, (byte) 0xFE, (byte) 0xFD, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40};
        byte[] shortRecord = new byte[13 + 10];
        byte[] wrongTag = new byte[13 + 40];
        for (byte[] forged : List.of(shortRecord, wrongTag)) {
            forged[0] = 21;
            forged[1] = (byte) 0xFE;
            forged[2] = (byte) 0xFD;
            forged[4] = 1;
            forged[10] = 99;
            forged[12] = (byte) (forged.length - 13);
        }
        loop.run(() -> {
            for (byte[] forged : List.of(plainAlert, shortRecord, wrongTag)) {
                sides[0].receive(forged);
                sides[1].receive(forged);
            }
        });
        assertThat(sides[0].closed || sides[1].closed).isFalse();

        loop.run(sides[0].association::close);
        await().atMost(PATIENCE).until(() -> sides[1].closed);
    }

    @Test
    void shouldTimeOutWhenNobodyAnswers() {
        DtlsHandshakes hasty = new DtlsHandshakes(new DtlsConfig(10, 600, 8, 32, 512));
        Side client = new Side(loop, DtlsRole.CLIENT, Side.IDENTITY, List.of(CLIENT_PRINT), hasty);
        loop.run(client.association::start);

        await().atMost(PATIENCE).until(client::over);
        assertThat(client.failure).isEqualTo(DtlsFailure.TIMEOUT);
        // At 0, 10, 30, 70, 150 and 310 ms, and the alert; fewer where a wait takes longer than it
        // should.
        assertThat(loop.call(client.sent::size)).isBetween(3, 7);
    }

    @Test
    void shouldEndTheOldestHandshakeWhenOneMoreBeginsThanTheNodeMayRun() {
        DtlsHandshakes few = new DtlsHandshakes(new DtlsConfig(250, 20_000, 2, 32, 512));
        List<Side> clients = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            clients.add(new Side(loop, DtlsRole.CLIENT, Side.IDENTITY, List.of(CLIENT_PRINT), few));
            loop.run(clients.getLast().association::start);
            int begun = i;
            await().atMost(PATIENCE)
                    .until(() ->
                            few.running() == Math.min(begun, 2)
                                    && few.failures(DtlsFailure.TOO_MANY_HANDSHAKES)
                                            == Math.max(0, begun - 2));
        }

        // On the loop: a failure is counted a moment before it is told.
        assertThat(loop.call(() -> clients.stream().map(client -> client.failure).toList()))
                .containsExactly(
                        DtlsFailure.TOO_MANY_HANDSHAKES,
                        DtlsFailure.TOO_MANY_HANDSHAKES,
                        DtlsFailure.TOO_MANY_HANDSHAKES,
                        null,
                        null);
        loop.run(() -> clients.forEach(client -> client.association.close()));
        await().atMost(PATIENCE).until(() -> few.running() == 0);
    }

    @Test
    void shouldEndItsThreadWhenClosedDuringTheHandshake() {
        Side client = client(SERVER_PRINT);
        loop.run(client.association::start);
        await().atMost(PATIENCE).until(() -> handshakes.running() == 1);
        int sent =
                loop.call(() -> {
                    client.association.close();
                    return client.sent.size();
                });

        await().atMost(PATIENCE).until(() -> handshakes.running() == 0);
        assertThat(handshakes.abandoned()).isEqualTo(1);
        assertThat(client.over()).isFalse();
        assertThat(loop.call(client.sent::size)).isEqualTo(sent);
    }

    @Test
    void shouldBeginOnlyWithAClientHello() {
        Side server = server(CLIENT_PRINT);
        byte[] alert = {21, (byte) 0xFE, (byte) 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0};
        loop.run(server.association::start);
        loop.run(() -> server.receive(alert));
        loop.run(() -> server.receive(new byte[100]));

        assertThat(handshakes.running()).isZero();
        assertThat(handshakes.datagramsMalformed()).isEqualTo(1);
    }

    @Test
    void shouldBoundWhatItQueuesBeforeTheStart() {
        Side server = server(CLIENT_PRINT);
        byte[] hello = ClientHellos.datagrams("chromium156").getFirst();
        loop.run(() -> {
            for (int i = 0; i < 100; i++) {
                server.receive(hello);
            }
        });

        assertThat(handshakes.datagramsOverLimit())
                .isEqualTo(100 - DtlsConfig.defaults().maxQueuedDatagrams());
    }

    @Test
    void shouldBoundWhatOneHandshakeTakes() {
        DtlsHandshakes strict = new DtlsHandshakes(new DtlsConfig(250, 20_000, 8, 8, 20));
        Side server = new Side(loop, DtlsRole.SERVER, Side.IDENTITY, List.of(CLIENT_PRINT), strict);
        byte[] fragment = ClientHellos.datagrams("firefox153").getLast();
        loop.run(server.association::start);
        for (int i = 0; i < 100; i++) {
            loop.run(() -> server.receive(fragment));
        }

        assertThat(strict.datagramsOverLimit()).isGreaterThanOrEqualTo(80);
        await().atMost(PATIENCE).until(() -> strict.running() == 1);
        loop.run(server.association::close);
        await().atMost(PATIENCE).until(() -> strict.running() == 0);
    }

    @Test
    void shouldNeedNoPlatformThreadPerHandshake() {
        connected();
        int before = ManagementFactory.getThreadMXBean().getThreadCount();
        List<Side> sides = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Side server = server(CLIENT_PRINT);
            Side client = client(SERVER_PRINT);
            link(server, client);
            start(server, client);
            sides.addAll(List.of(server, client));
        }
        await().atMost(PATIENCE).until(() -> sides.stream().allMatch(Side::over));

        assertThat(sides).allMatch(side -> side.keys != null);
        // The scheduler of virtual threads may have grown to its width.
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
                .isLessThanOrEqualTo(before + Runtime.getRuntime().availableProcessors() + 2);
        assertThat(handshakes.running()).isZero();
    }

    private void unreliable(RandomGenerator random, Side to, byte[] datagram) {
        if (random.nextInt(100) < 20) {
            return;
        }
        int copies = random.nextInt(100) < 10 ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            loop.executeLater(() -> to.receive(datagram), random.nextInt(20));
        }
    }

    private Side[] connected() {
        Side server = server(CLIENT_PRINT);
        Side client = client(SERVER_PRINT);
        link(server, client);
        start(server, client);
        await().atMost(PATIENCE).until(() -> server.over() && client.over());
        assertThat(server.failure).isNull();
        assertThat(client.failure).isNull();
        return new Side[] {server, client};
    }

    private void start(Side server, Side client) {
        loop.run(server.association::start);
        loop.run(client.association::start);
    }

    private void link(Side server, Side client) {
        server.network = datagram -> loop.execute(() -> client.receive(datagram));
        client.network = datagram -> loop.execute(() -> server.receive(datagram));
    }

    private Side server(String remoteFingerprint) {
        return new Side(
                loop, DtlsRole.SERVER, Side.IDENTITY, List.of(remoteFingerprint), handshakes);
    }

    private Side client(String remoteFingerprint) {
        return new Side(
                loop, DtlsRole.CLIENT, Side.OTHER_IDENTITY, List.of(remoteFingerprint), handshakes);
    }
}
