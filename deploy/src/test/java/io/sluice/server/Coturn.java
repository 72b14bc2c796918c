package io.sluice.server;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Debian's TURN server on loopback, with a secret that it shares with Sluice. */
final class Coturn implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final long END_SECONDS = 10;

    private final Process process;
    private final Path home;

    private Coturn(Process process, Path home) {
        this.process = process;
        this.home = home;
    }

    /** Where the distribution puts it, or scripts/test-tools.sh. */
    static Optional<Path> installed() {
        Stream<Path> places =
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, "turnserver"));
        return Stream.concat(
                        places,
                        Stream.of(
                                Path.of("..", "target", "tools", "coturn", "usr", "bin")
                                        .resolve("turnserver")))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A number that is free for UDP and for TCP: coturn takes both and chooses none itself. */
    static int freePort() throws IOException {
        while (true) {
            try (ServerSocket tcp = new ServerSocket(0, 1, LOOPBACK);
                    DatagramSocket udp = new DatagramSocket(tcp.getLocalPort(), LOOPBACK)) {
                return udp.getLocalPort();
            } catch (SocketException taken) {
                // The next number that the system chooses.
            }
        }
    }

    /** Starts it, and waits until it listens. */
    static Coturn start(Path program, int port, String secret) throws IOException {
        Path home = Files.createTempDirectory("sluice-coturn-");
        Process process =
                new ProcessBuilder(
                                program.toString(),
                                "-n",
                                "--listening-ip=127.0.0.1",
                                "--relay-ip=127.0.0.1",
                                "--listening-port=" + port,
                                "--realm=sluice.example",
                                "--use-auth-secret",
                                "--static-auth-secret=" + secret,
                                "--allow-loopback-peers",
                                "--no-cli",
                                "--no-tls",
                                "--no-dtls",
                                "--userdb=" + home.resolve("users"),
                                "--pidfile=" + home.resolve("pid"),
                                "--log-file=stdout")
                        .redirectErrorStream(true)
                        .redirectOutput(home.resolve("log").toFile())
                        .start();
        Coturn coturn = new Coturn(process, home);
        try {
            await("coturn to listen")
                    .until(() -> {
                        if (!process.isAlive()) {
                            throw new IllegalStateException(
                                    "coturn ended: " + Files.readString(home.resolve("log")));
                        }
                        return listens(port);
                    });
        } catch (RuntimeException failed) {
            coturn.close();
            throw failed;
        }
        return coturn;
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(LOOPBACK, port));
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.list(home)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(home);
    }
}
