package io.sluice.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.server.doctor.Finding.Verdict;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetworkChecksTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long SEED = 1;

    @Test
    void shouldSayThatTheHttpPortIsTaken() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, LOOPBACK)) {
            port = taken.getLocalPort();
            Finding finding = NetworkChecks.http("127.0.0.1", port);

            assertThat(finding.verdict()).isEqualTo(Verdict.PROBLEM);
            assertThat(finding.text()).contains("TCP port " + port);
            assertThat(finding.cure()).contains("--port");
        }
        assertThat(NetworkChecks.http("127.0.0.1", 0).verdict()).isEqualTo(Verdict.GOOD);
    }

    @Test
    void shouldSayThatAMediaPortIsTaken() throws IOException {
        try (DatagramSocket taken = new DatagramSocket(0, LOOPBACK)) {
            Finding finding = NetworkChecks.media(List.of(LOOPBACK), taken.getLocalPort(), 1);

            assertThat(finding.verdict()).isEqualTo(Verdict.PROBLEM);
            assertThat(finding.text()).contains("UDP port " + taken.getLocalPort());
            assertThat(finding.cure()).contains("--udp-port");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.1.7, false, ADVICE",
        "10.0.0.1, false, ADVICE",
        "fd00::1, false, ADVICE",
        "10.0.0.1, true, GOOD",
        "203.0.113.7, false, GOOD",
        "2001:db8::1, false, GOOD"
    })
    void shouldKnowAddressesThatOthersReach(String local, boolean advertised, Verdict verdict) {
        Finding finding =
                NetworkChecks.addresses(List.of(InetAddress.ofLiteral(local)), advertised);

        assertThat(finding.verdict()).isEqualTo(verdict);
    }

    @Test
    void shouldAskAStunServer() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, LOOPBACK)) {
            Thread answering = Thread.ofVirtual().start(() -> answer(server));
            Finding finding =
                    NetworkChecks.iceServer(
                            "stun:127.0.0.1:" + server.getLocalPort(), PATIENCE, new Random(SEED));
            answering.join();

            assertThat(finding.verdict()).as(finding.text()).isEqualTo(Verdict.GOOD);
            assertThat(finding.text()).contains("answers");
        }
    }

    private static void answer(DatagramSocket server) {
        try {
            DatagramPacket request = new DatagramPacket(new byte[100], 100);
            server.receive(request);
            request.getData()[0] = 1;
            server.send(request);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void shouldSayThatAStunServerIsSilent() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, LOOPBACK)) {
            Finding finding =
                    NetworkChecks.iceServer(
                            "turn:127.0.0.1:" + silent.getLocalPort() + "?transport=udp",
                            Duration.ofMillis(30),
                            new Random(SEED));

            assertThat(finding.verdict()).isEqualTo(Verdict.PROBLEM);
            assertThat(finding.cure()).contains("UDP port " + silent.getLocalPort());
        }
    }
}
