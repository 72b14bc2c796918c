package io.sluice.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.server.doctor.Finding.Verdict;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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

    /** Of a STUN message (RFC 8489 5). */
    private static final int HEADER_BYTES = 20;

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

    @Test
    void shouldSayThatTheTcpPortOfMediaIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, LOOPBACK)) {
            Finding finding = NetworkChecks.mediaByTcp(List.of(LOOPBACK), taken.getLocalPort());

            assertThat(finding.verdict()).isEqualTo(Verdict.PROBLEM);
            assertThat(finding.text()).contains("TCP port " + taken.getLocalPort());
            assertThat(finding.cure()).contains("media.tcpPort");
        }
        assertThat(NetworkChecks.mediaByTcp(List.of(LOOPBACK), 0).verdict())
                .isEqualTo(Verdict.GOOD);
    }

    /** With an address in its answer, and without. */
    @ParameterizedTest
    @CsvSource({"true, GOOD, 203.0.113.7", "false, PROBLEM, does not say"})
    void shouldAskForThePublicAddress(boolean says, Verdict verdict, String text) throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, LOOPBACK)) {
            Thread answering = Thread.ofVirtual().start(() -> answer(server, says));
            Finding finding =
                    NetworkChecks.stunServer(
                            InetSocketAddress.createUnresolved("localhost", server.getLocalPort()),
                            PATIENCE,
                            new Random(SEED));
            answering.join();

            assertThat(finding.verdict()).as(finding.text()).isEqualTo(verdict);
            assertThat(finding.text()).contains(text);
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
            Thread answering = Thread.ofVirtual().start(() -> answer(server, false));
            Finding finding =
                    NetworkChecks.iceServer(
                            "stun:127.0.0.1:" + server.getLocalPort(), PATIENCE, new Random(SEED));
            answering.join();

            assertThat(finding.verdict()).as(finding.text()).isEqualTo(Verdict.GOOD);
            assertThat(finding.text()).contains("answers");
        }
    }

    private static void answer(DatagramSocket server, boolean saysAddress) {
        try {
            DatagramPacket request = new DatagramPacket(new byte[100], 100);
            server.receive(request);
            byte[] message = request.getData();
            message[0] = 1;
            if (saysAddress) {
                // XOR-MAPPED-ADDRESS (RFC 8489 14.2) of 203.0.113.7, masked with the cookie
                // 0x2112a442.
                byte[] attribute = {
                    0, 0x20, 0, 8, 0, 1, 0, 0, (byte) 0xea, 0x12, (byte) 0xd5, 0x45
                };
                System.arraycopy(attribute, 0, message, HEADER_BYTES, attribute.length);
                message[3] = (byte) attribute.length;
                request.setLength(HEADER_BYTES + attribute.length);
            }
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
