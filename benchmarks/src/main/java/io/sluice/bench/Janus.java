package io.sluice.bench;

import io.sluice.bench.load.JanusSignaling;
import io.sluice.bench.load.Signaling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Janus's VideoRoom, as the package of Debian has it: ICE-lite, an event loop a core, no other plugin.
 *
 * <p>It passes over loopback interfaces, so a library is preloaded that calls them ordinary
 * ({@code src/main/c/loopback.c}). Debian's libsrtp2 is built on NSS, which is slower than OpenSSL.
 */
final class Janus implements ServerKind {
    private static final String BINARY = "usr/bin/janus";
    private static final String PLUGIN = "libjanus_videoroom.so";
    private static final String TRANSPORT = "libjanus_websockets.so";
    private static final String READY = "WebSockets thread started";

    private final Path binary;
    private final Path libraries;
    private final Path preloaded;
    private final Path directory;

    private Janus(Path binary, Path libraries, Path preloaded, Path directory) {
        this.binary = binary;
        this.libraries = libraries;
        this.preloaded = preloaded;
        this.directory = directory;
    }

    /** The one of this machine, or the one that {@code scripts/test-tools.sh} has unpacked. */
    static Janus find(Path root) throws IOException, InterruptedException {
        Path prefix =
                prefix(root)
                        .orElseThrow(() ->
                                new IOException(
                                        "no Janus here to compare with; get it with:"
                                                + " scripts/test-tools.sh janus"));
        Path preloaded = Compiler.compile(root, "loopback.c", "loopback.so", "-shared", "-fPIC");
        return new Janus(
                prefix.resolve(BINARY),
                libraries(prefix).orElseThrow(),
                preloaded,
                Files.createDirectories(root.resolve("benchmarks/target/janus")));
    }

    static boolean isHere(Path root) throws IOException {
        return prefix(root).isPresent();
    }

    private static Optional<Path> prefix(Path root) throws IOException {
        for (Path prefix : List.of(Path.of("/"), root.resolve("target/tools/janus"))) {
            if (Files.isExecutable(prefix.resolve(BINARY)) && libraries(prefix).isPresent()) {
                return Optional.of(prefix);
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> libraries(Path prefix) throws IOException {
        try (Stream<Path> found = Files.list(prefix.resolve("usr/lib"))) {
            return found.map(system -> system.resolve("janus"))
                    .filter(path -> Files.exists(path.resolve("plugins").resolve(PLUGIN)))
                    .findFirst();
        }
    }

    @Override
    public String title() {
        return "Janus";
    }

    @Override
    public ServerProcess start() throws IOException {
        int port = freePort();
        write(
                "janus.jcfg",
                """
                general: {
                    plugins_folder = "%1$s/plugins"
                    transports_folder = "%1$s/transports"
                    loggers_folder = "%1$s/none"
                    events_folder = "%1$s/none"
                    debug_level = 3
                    debug_colors = false
                    session_timeout = 0
                    event_loops = %2$d
                }
                nat: { ice_lite = true }
                plugins: { disable = "%3$s" }
                transports: { disable = "%4$s" }
                """
                        .formatted(
                                libraries,
                                Runtime.getRuntime().availableProcessors(),
                                others("plugins", PLUGIN),
                                others("transports", TRANSPORT)));
        write(
                "janus.transport.websockets.jcfg",
                "general: { ws = true, ws_port = %d, ws_ip = \"127.0.0.1\" }\n".formatted(port));
        write("janus.plugin.videoroom.jcfg", "general: { string_ids = true }\n");
        ProcessBuilder builder =
                new ProcessBuilder(binary.toString(), "-F", directory.toString(), "-d", "4");
        builder.environment().put("LD_PRELOAD", preloaded.toString());
        return ServerProcess.await(
                builder,
                line ->
                        line.contains(READY)
                                ? Optional.of(URI.create("ws://127.0.0.1:" + port))
                                : Optional.empty());
    }

    /** All there are in a folder but one, as Janus wants to be told. */
    private String others(String folder, String wanted) throws IOException {
        try (Stream<Path> found = Files.list(libraries.resolve(folder))) {
            return String.join(
                    ",",
                    found.map(path -> path.getFileName().toString())
                            .filter(name -> name.endsWith(".so") && !name.equals(wanted))
                            .sorted()
                            .toList());
        }
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }

    /** Janus cannot be asked for the port that the system chose. */
    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Signaling signaling(ServerProcess server) {
        return new JanusSignaling(server.address());
    }
}
