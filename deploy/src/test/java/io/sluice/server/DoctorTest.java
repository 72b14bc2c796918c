package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code ./sluice doctor} says, and how it ends. */
final class DoctorTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Map<String, String> environment, String... arguments) {
        CommandLine doctor = DoctorMain.commandLine(environment);
        doctor.setOut(new PrintWriter(out));
        doctor.setErr(new PrintWriter(err));
        return doctor.execute(arguments);
    }

    @Test
    void shouldTellOfEachThingAndItsCure() {
        int exitCode =
                run(Map.of(), "--local-address", "127.0.0.1", "--port", "0", "--udp-port", "0");

        assertThat(exitCode).isZero();
        assertThat(out.toString())
                .contains("ok      Java: ")
                .contains("ok      HTTP port: ")
                .contains("advice  Keys: ")
                .contains("        -> SLUICE_KEYS=")
                .contains("Problems: 0, ");
    }

    @Test
    void shouldFailForAPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());

            assertThat(run(Map.of(), "--port", port, "--udp-port", "0")).isEqualTo(1);
            assertThat(out.toString()).contains("PROBLEM HTTP port: TCP port " + port);
        }
    }

    @Test
    void shouldLookAtTheTcpPortOfMediaAndAtTheStunServer() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());

            int exitCode =
                    run(
                            Map.of("SLUICE_MEDIA_STUN_SERVER", "stun:nowhere.invalid:3478"),
                            "--local-address",
                            "127.0.0.1",
                            "--port",
                            "0",
                            "--udp-port",
                            "0",
                            "--set",
                            "media.tcpPort=" + port);
            assertThat(exitCode).isEqualTo(1);
            assertThat(out.toString())
                    .contains("PROBLEM Media by TCP: TCP port " + port)
                    .contains("PROBLEM Address: The STUN server nowhere.invalid, port 3478,");
        }
    }

    @Test
    void shouldLookAtTheCertificate(@TempDir Path folder) throws IOException {
        Path none = Files.writeString(folder.resolve("none.pem"), "none");
        Map<String, String> environment =
                Map.of(
                        "SLUICE_TLS_CERTIFICATE_FILE",
                        none.toString(),
                        "SLUICE_TLS_KEY_FILE",
                        none.toString());

        assertThat(run(environment, "--port", "0", "--udp-port", "0")).isEqualTo(1);
        assertThat(out.toString()).contains("PROBLEM Certificate: " + none);
    }

    @Test
    void shouldSayThatAnOptionIsWrong() {
        assertThat(run(Map.of(), "--loops", "0")).isEqualTo(64);
        assertThat(err.toString()).contains("--loops").contains("./sluice doctor --help");
    }
}
