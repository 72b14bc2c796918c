package io.sluice.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import java.io.File;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two sides of one library share its errors; OpenSSL has errors of its own. */
class OpenSslTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Up to the end of its line: the output is read while it is written. */
    private static final Pattern MATERIAL = Pattern.compile("Keying material: ([0-9A-F]+)\\R");

    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({
        "SRTP_AEAD_AES_128_GCM, AEAD_AES_128_GCM",
        "SRTP_AEAD_AES_256_GCM, AEAD_AES_256_GCM",
        "SRTP_AES128_CM_SHA1_80, AES128_CM_SHA1_80",
        "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM, AEAD_AES_128_GCM"
    })
    void shouldExportWhatOpenSslExports(String offered, SrtpProfile chosen) throws Exception {
        assumeTrue(installed(), "openssl is not installed");
        run(
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
                        + " -subj /CN=test -keyout key.pem -out certificate.pem");
        String fingerprint =
                run("openssl x509 -in certificate.pem -noout -fingerprint -sha256")
                        .strip()
                        .replaceFirst("(?i)sha256 fingerprint=", "sha-256 ");
        try (TestLoop loop = new TestLoop();
                DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Side server =
                    new Side(
                            loop,
                            DtlsRole.SERVER,
                            Side.IDENTITY,
                            List.of(fingerprint),
                            new DtlsHandshakes(DtlsConfig.defaults()));
            loop.run(server.association::start);
            serve(socket, loop, server);
            int bytes = 2 * (chosen.keyBytes() + chosen.saltBytes());
            Process client =
                    start(
                            "openssl s_client -dtls1_2 -connect 127.0.0.1:"
                                    + socket.getLocalPort()
                                    + " -cert certificate.pem -key key.pem -use_srtp "
                                    + offered
                                    + " -keymatexport EXTRACTOR-dtls_srtp -keymatexportlen "
                                    + bytes);
            try {
                await().atMost(PATIENCE).until(server::over);
                assertThat(server.failure).isNull();
                SrtpKeys keys = server.agreedKeys();
                assertThat(keys.profile()).isEqualTo(chosen);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(output()).containsPattern(MATERIAL));
                Matcher material = MATERIAL.matcher(output());
                assertThat(material.find()).isTrue();
                assertThat(joined(keys)).isEqualTo(HexFormat.of().parseHex(material.group(1)));

                exchangeData(loop, server, client);
                // The end of its input makes it say close_notify.
                client.getOutputStream().close();
                await().atMost(PATIENCE).until(() -> server.closed);
            } finally {
                client.destroyForcibly().waitFor();
            }
        }
    }

    private void exchangeData(TestLoop loop, Side server, Process client) throws IOException {
        byte[] spoken = "from the server\n".getBytes(StandardCharsets.US_ASCII);
        assertThat(loop.call(() -> server.association.send(spoken, 0, spoken.length))).isTrue();
        for (String line : List.of("first\n", "second\n")) {
            client.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().flush();
            await().atMost(PATIENCE).until(() -> heard(loop, server).endsWith(line));
        }
        assertThat(heard(loop, server)).isEqualTo("first\nsecond\n");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(output()).contains("from the server"));
    }

    private static String heard(TestLoop loop, Side server) {
        StringBuilder heard = new StringBuilder();
        loop.call(() -> List.copyOf(server.data))
                .forEach(one -> heard.append(new String(one, StandardCharsets.US_ASCII)));
        return heard.toString();
    }

    /** RFC 5764 4.2: the client's key is what we receive with. */
    private static byte[] joined(SrtpKeys keys) {
        String hex =
                HexFormat.of().formatHex(keys.receiveKey())
                        + HexFormat.of().formatHex(keys.sendKey())
                        + HexFormat.of().formatHex(keys.receiveSalt())
                        + HexFormat.of().formatHex(keys.sendSalt());
        return HexFormat.of().parseHex(hex);
    }

    private static void serve(DatagramSocket socket, TestLoop loop, Side server) {
        Thread.ofVirtual()
                .start(() -> {
                    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
                    while (receive(socket, packet)) {
                        byte[] datagram = Arrays.copyOf(packet.getData(), packet.getLength());
                        InetSocketAddress from = (InetSocketAddress) packet.getSocketAddress();
                        loop.execute(() -> {
                            server.network = data -> send(socket, data, from);
                            server.receive(datagram);
                        });
                    }
                });
    }

    /** False: the test is over. */
    private static boolean receive(DatagramSocket socket, DatagramPacket packet) {
        try {
            packet.setLength(2048);
            socket.receive(packet);
            return true;
        } catch (SocketException closed) {
            return false;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void send(DatagramSocket socket, byte[] data, InetSocketAddress to) {
        try {
            socket.send(new DatagramPacket(data, data.length, to));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean installed() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "openssl")));
    }

    private Process start(String command) throws IOException {
        return new ProcessBuilder(command.split(" "))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private String run(String command) throws Exception {
        assertThat(start(command).waitFor()).as("%s: %s", command, output()).isZero();
        return output();
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"), StandardCharsets.ISO_8859_1);
    }
}
