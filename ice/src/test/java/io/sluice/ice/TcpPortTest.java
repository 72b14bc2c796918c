package io.sluice.ice;

import static io.sluice.ice.TcpRefusal.SESSION_LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.ice.IceFixture.Participant;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ICE over TCP against a client, and against who is none. */
class TcpPortTest {
    private static final byte[] DTLS = {22, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    private static final byte[] RTP = {(byte) 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    private static final int PER_SESSION = 5;
    private static final Duration LONG = Duration.ofMinutes(5);

    private IceFixture ice = new IceFixture(limited(100, 100, 100, LONG));
    private final List<Socket> strangers = new ArrayList<>();

    private static IceConfig limited(
            int connections, int perAddress, int waiting, Duration firstRequest) {
        return IceFixture.CONFIG.withTcp(
                new IceConfig.Tcp(
                        true,
                        connections,
                        perAddress,
                        PER_SESSION,
                        waiting,
                        firstRequest,
                        64 << 10));
    }

    private void restartWith(IceConfig config) throws Exception {
        ice.close();
        ice = new IceFixture(config);
    }

    @AfterEach
    void close() throws Exception {
        for (Socket stranger : strangers) {
            stranger.close();
        }
        ice.close();
    }

    private Socket stranger() throws IOException {
        Socket socket = new Socket(TestClient.LOOPBACK, ice.tcp.port());
        strangers.add(socket);
        return socket;
    }

    private TestClient connect(Participant participant) throws Exception {
        TestClient client = ice.tcpClient(participant);
        participant.setRemote(client.local(), false);
        client.check(true);
        participant.awaitPaths(participant.paths.size() + 1);
        return client;
    }

    private void awaitRefusals(TcpRefusal reason, long count) {
        await().until(() -> ice.tcp.counters().refusals(reason) == count);
    }

    private void awaitOpen(long count) {
        await().until(() -> ice.tcp.counters().open() == count);
    }

    private static void assertClosed(Socket socket) throws IOException {
        socket.setSoTimeout((int) TimeUnit.MINUTES.toMillis(1));
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (IOException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    /** Sends to the client of a path, as the line does. */
    private void send(Path to, byte[] data, int times) {
        ice.loop.run(() -> {
            for (int i = 0; i < times; i++) {
                long at = ice.port.reserve();
                MemorySegment.copy(
                        data, 0, ice.port.egress(), ValueLayout.JAVA_BYTE, at, data.length);
                ice.port.send(
                        to.socket(), to.remoteHigh(), to.remoteLow(), to.remotePort(), data.length);
            }
            ice.port.flush();
        });
    }

    @Test
    void shouldCarryDatagramsBothWaysOverAConnection() throws Exception {
        Participant participant = ice.participant();
        TestClient client = connect(participant);
        Path path = participant.paths.getFirst();
        assertThat(path.isStream()).isTrue();
        assertThat(path.remotePort()).isEqualTo(client.port());
        assertThat(client.successes.get()).isPositive();
        client.send(DTLS);
        client.send(RTP);
        await().until(() -> participant.media.size() == 1 && participant.dtls.size() == 1);
        send(path, RTP, 3);
        await().until(() -> client.others.size() == 3);
        assertThat(client.others).allMatch(data -> Arrays.equals(data, RTP));
        assertThat(ice.tcp.counters().framesIn()).isGreaterThanOrEqualTo(4);
        assertThat(ice.tcp.counters().framesOut()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void shouldReadAStreamHoweverItIsCut() throws Exception {
        Participant participant = ice.participant();
        TestClient client = connect(participant);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(TestClient.framed());
        stream.writeBytes(TestClient.framed(new byte[Slab.SLOT_BYTES + 1]));
        stream.writeBytes(TestClient.framed(RTP));
        for (byte one : stream.toByteArray()) {
            client.stream().getOutputStream().write(one);
        }
        await().until(() -> participant.media.size() == 1);
        assertThat(ice.tcp.counters().drops(TcpFrameDrop.TOO_LONG)).isEqualTo(1);
        assertThat(ice.tcp.counters().drops(TcpFrameDrop.TOO_SHORT)).isEqualTo(1);
        // As much at once as no read takes.
        ByteArrayOutputStream flood = new ByteArrayOutputStream();
        for (int i = 0; i < 50_000; i++) {
            flood.writeBytes(TestClient.framed(RTP));
        }
        client.stream().getOutputStream().write(flood.toByteArray());
        await().until(() -> participant.media.size() == 50_001);
        // Half a frame, and the end: nothing is left behind, which the fixture sees.
        client.stream().getOutputStream().write(new byte[] {0, 50, 1});
    }

    @Test
    void shouldCloseWhoSendsFramesOfNothing() throws Exception {
        TestClient client = connect(ice.participant());

        client.stream().getOutputStream().write(new byte[1_000]);

        // It alone reads: a check that comes meanwhile would else be taken for an answer.
        await().until(() -> client.over);
        assertThat(ice.tcp.counters().drops(TcpFrameDrop.TOO_SHORT)).isBetween(2L, 100L);
    }

    @Test
    void shouldTakeTheFirstFrameByteByByteAndWhatComesWithIt() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.tcpClient(participant);
        byte[] request =
                client.request().priority(1).integrity(client.password()).fingerprint(0).bytes();
        for (byte one : TestClient.framed(request)) {
            client.stream().getOutputStream().write(one);
        }
        await().until(() -> client.successes.get() == 1);
        TestClient other = ice.tcpClient(participant);
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(TestClient.framed(request));
        both.writeBytes(TestClient.framed(request));
        other.stream().getOutputStream().write(both.toByteArray());
        await().until(() -> other.successes.get() == 2);
    }

    @Test
    void shouldCloseWhoDoesNotBeginWithAnAuthenticatedRequest() throws Exception {
        Participant participant = ice.participant();
        Socket dtls = stranger();
        dtls.getOutputStream().write(TestClient.framed(DTLS));
        assertClosed(dtls);
        Socket http = stranger();
        http.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertClosed(http);
        Socket empty = stranger();
        empty.getOutputStream().write(new byte[2]);
        assertClosed(empty);
        awaitRefusals(TcpRefusal.WRONG_FIRST_FRAME, 3);
        TestClient forger = ice.tcpClient(participant);
        forger.send(forger.request().priority(1).integrity("wrong").fingerprint(0).bytes());
        awaitRefusals(TcpRefusal.NOT_AUTHENTICATED, 1);
        Socket lost = stranger();
        lost.getOutputStream()
                .write(
                        TestClient.framed(
                                new TestStun(StunMessage.BINDING_REQUEST, new byte[12])
                                        .username("aaaaaaaa:bbbb")
                                        .integrity("any")
                                        .bytes()));
        assertClosed(lost);
        awaitRefusals(TcpRefusal.UNKNOWN_UFRAG, 1);
        awaitOpen(0);
        assertThat(ice.port.counters().packetsIn()).isZero();
    }

    @Test
    void shouldCloseWhoSaysNothing() throws Exception {
        restartWith(limited(100, 100, 100, Duration.ofMillis(50)));
        assertClosed(stranger());
        awaitRefusals(TcpRefusal.SILENT, 1);
        Socket half = stranger();
        half.getOutputStream().write(0);
        assertClosed(half);
        awaitOpen(0);
    }

    @Test
    void shouldBoundConnections() throws Exception {
        restartWith(limited(3, 2, 100, LONG));
        stranger();
        stranger();
        awaitOpen(2);
        assertClosed(stranger());
        awaitRefusals(TcpRefusal.ADDRESS_LIMIT, 1);
        restartWith(limited(2, 100, 100, LONG));
        stranger();
        stranger();
        awaitOpen(2);
        assertClosed(stranger());
        awaitRefusals(TcpRefusal.NODE_LIMIT, 1);
    }

    @Test
    void shouldBoundHowOftenASessionComesAnew() throws Exception {
        Participant often = ice.participant();
        Participant other = ice.participant();
        TcpCounters counters = ice.tcp.counters();

        // One more is let in each second, however slow this machine is.
        for (int i = 0; i < 12 * PER_SESSION; i++) {
            ice.tcpClient(often).check(true);
        }

        await().until(() -> counters.refusals(SESSION_LIMIT) > PER_SESSION);
        assertThat(often.failures).isEmpty();
        connect(other);
    }

    @Test
    void shouldBoundHowOftenASessionComesAnewByRestarts() throws Exception {
        Participant often = ice.participant();
        TcpCounters counters = ice.tcp.counters();

        for (int i = 0; i < 12 * PER_SESSION && counters.refusals(SESSION_LIMIT) == 0; i++) {
            TestClient client = ice.tcpClient(often);
            client.restart(ice.onLoop(often.session::restart));
            client.check(true);
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() ->
                            client.successes.get() > 0 || counters.refusals(SESSION_LIMIT) > 0);
        }

        assertThat(counters.refusals(SESSION_LIMIT)).isEqualTo(1);
    }

    @Test
    void shouldMakeRoomForClientsWhereStrangersWait() throws Exception {
        restartWith(limited(100, 100, 2, LONG));
        Socket first = stranger();
        awaitOpen(1);
        stranger();
        awaitOpen(2);
        connect(ice.participant());
        assertClosed(first);
        awaitRefusals(TcpRefusal.CROWDED_OUT, 1);
    }

    @Test
    void shouldLoseThePathWithItsConnectionAndTakeTheNext() throws Exception {
        Participant participant = ice.participant();
        TestClient client = connect(participant);
        client.stream().close();
        await().until(() -> participant.pathsLost == 1);
        awaitOpen(0);
        TestClient again = ice.tcpClient(participant);
        participant.setRemote(again.local(), false);
        again.check(true);
        participant.awaitPaths(2);
        assertThat(participant.paths.getLast().remotePort()).isEqualTo(again.port());
    }

    @Test
    void shouldCloseTheConnectionWithItsSession() throws Exception {
        Participant participant = ice.participant();
        TestClient client = connect(participant);
        ice.loop.run(participant.session::close);
        await().until(() -> ice.tcp.counters().open() == 0);
        assertThat(client.stream().isClosed()).isFalse();
    }

    @Test
    void shouldKeepConsentAndLoseItOverTcp() throws Exception {
        Duration consent = Duration.ofSeconds(1);
        restartWith(
                IceFixture.CHECKING_OFTEN
                        .withTcp(limited(100, 100, 100, LONG).tcp())
                        .withTimeouts(Duration.ofSeconds(20), consent, IceFixture.EACH_TICK));
        Participant participant = ice.participant();
        TestClient client = connect(participant);
        long sinceNanos = System.nanoTime();
        // A timeout and a half, in which each check is answered.
        await().until(() -> System.nanoTime() - sinceNanos > consent.toNanos() * 3 / 2);
        assertThat(participant.failures).isEmpty();
        client.answering = false;
        await().until(() -> participant.failures.contains(IceFailure.CONSENT_LOST));
    }

    @Test
    void shouldRestartOverTheSameConnection() throws Exception {
        Participant participant = ice.participant();
        TestClient client = connect(participant);
        IceCredentials fresh = ice.onLoop(participant.session::restart);
        client.restart(fresh);
        participant.setRemote(client.local(), false);
        client.check(true);
        await().until(() -> {
            client.send(RTP);
            return !participant.media.isEmpty();
        });
        ice.loop.run(() -> assertThat(participant.session.validatedPaths()).isEqualTo(1));
        assertThat(participant.pathsLost).isZero();
    }

    @Test
    void shouldSettleARoleConflict() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.tcpClient(participant);
        participant.setRemote(client.local(), false);
        // With the largest tie-breaker the client keeps the role that is ours: it is told so.
        client.send(
                new TestStun(StunMessage.BINDING_REQUEST, client.transaction())
                        .username(client.username())
                        .control(TestStun.CONTROLLED, -1)
                        .priority(1)
                        .integrity(client.password())
                        .bytes());
        await().until(() -> client.others.size() == 1);
        assertThat(client.others.getFirst()).startsWith(0x01, 0x11);
        // With the smallest it is we who take the other one, and so have to nominate.
        client.send(
                new TestStun(StunMessage.BINDING_REQUEST, client.transaction())
                        .username(client.username())
                        .control(TestStun.CONTROLLED, 0)
                        .priority(1)
                        .integrity(client.password())
                        .bytes());
        participant.awaitPaths(1);
        assertThat(client.nominations.get()).isPositive();
    }

    @Test
    void shouldDropVideoFirstForWhoDoesNotRead() throws Exception {
        Participant participant = ice.participant();
        Participant other = ice.participant();
        TestClient client = connect(participant);
        TestClient reading = connect(other);
        client.stopReading();
        Path path = participant.paths.getFirst();
        TcpCounters counters = ice.tcp.counters();
        byte[] video = Arrays.copyOf(RTP, 1_200);
        await().until(() -> {
            send(path, video, 100);
            return counters.drops(TcpFrameDrop.VIDEO_BEHIND) > 0;
        });
        assertThat(counters.drops(TcpFrameDrop.QUEUE_FULL)).isZero();
        assertThat(participant.full).isTrue();
        assertThat(other.full).isFalse();
        // Half of the queue is left for what is small, and no more than that.
        byte[] audio = Arrays.copyOf(RTP, 100);
        send(path, audio, 100);
        assertThat(counters.drops(TcpFrameDrop.QUEUE_FULL)).isZero();
        send(path, audio, 3_000);
        assertThat(counters.drops(TcpFrameDrop.QUEUE_FULL)).isGreaterThan(1_000);
        // Nobody else waits.
        send(other.paths.getFirst(), video, 20);
        await().until(() -> reading.others.size() == 20);
        // What was queued comes when it is read again, in whole frames.
        client.readOn();
        await().until(() -> client.others.stream().anyMatch(data -> data.length == 100));
        assertThat(client.others).allMatch(data -> data.length == 100 || data.length == 1_200);
        await().until(() -> !participant.full);
    }
}
