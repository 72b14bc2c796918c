package io.sluice.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL of its own on loopback, from Debian's package. It does not run as root, and is started as somebody
 * else then. Owned by the test's thread.
 */
final class Postgres {
    private static final long TIMEOUT_SECONDS = 60;

    private final Path programs;
    private final Path data;
    private final int port;
    private @Nullable Process server;

    private Postgres(Path programs, Path data) throws IOException {
        this.programs = programs;
        this.data = data;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    /** Where the distribution puts its programs, or scripts/test-tools.sh. */
    static Optional<Path> installed() {
        for (Path root : List.of(Path.of("/"), Path.of("..", "target", "tools", "postgresql"))) {
            Path versions = root.resolve(Path.of("usr", "lib", "postgresql"));
            if (Files.isDirectory(versions)) {
                try (Stream<Path> all = Files.list(versions)) {
                    Optional<Path> found =
                            all.map(version -> version.resolve("bin"))
                                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                                    .max(Path::compareTo);
                    if (found.isPresent()) {
                        return found.map(bin -> bin.toAbsolutePath().normalize());
                    }
                } catch (IOException unreadable) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /** Makes a database and starts it. */
    static Postgres start() throws IOException, InterruptedException {
        // Where others than root may come.
        Path data = Files.createTempDirectory("sluice-postgres");
        Postgres postgres = new Postgres(installed().orElseThrow(), data);
        if (isRoot()) {
            run(List.of("chown", "nobody", data.toString()));
        }
        run(
                postgres.program(
                        "initdb",
                        "--username=sluice",
                        "--auth=trust",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--no-sync",
                        "--pgdata=" + data.resolve("db")));
        postgres.resume();
        return postgres;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private List<String> program(String name, String... arguments) {
        List<String> line = new ArrayList<>();
        if (isRoot()) {
            line.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        }
        line.add(programs.resolve(name).toString());
        line.addAll(List.of(arguments));
        return line;
    }

    private static void run(List<String> line) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(line)
                        .directory(Path.of("/tmp").toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=sluice";
    }

    /** Starts it again. */
    void resume() throws IOException {
        server =
                new ProcessBuilder(
                                program(
                                        "postgres",
                                        "-D",
                                        data.resolve("db").toString(),
                                        "-c",
                                        "listen_addresses=127.0.0.1",
                                        "-c",
                                        "port=" + port,
                                        "-c",
                                        "unix_socket_directories=",
                                        "-c",
                                        "fsync=off"))
                        .directory(Path.of("/tmp").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
    }

    /** Ends it, and every connection to it. */
    void stop() throws IOException, InterruptedException {
        Process running = server;
        if (running != null) {
            // Its fast way: SIGTERM would wait for connections, SIGKILL leave its children behind.
            run(List.of("kill", "-INT", Long.toString(running.pid())));
            if (!running.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                running.destroyForcibly();
            }
        }
    }

    /** Ends it, and takes its files away. */
    void end() throws IOException, InterruptedException {
        stop();
        Directories.delete(data);
    }
}
