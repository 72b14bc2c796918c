package io.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of this machine as users start it, in a process of its own whose CPU time can be read.
 *
 * <p>Used by one thread.
 */
final class ServerProcess implements AutoCloseable {
    /** In proc(5)'s stat of a thread of HotSpot's: the name, eleven fields, user and system time. */
    private static final Pattern COMPILER_TIMES =
            Pattern.compile("\\(C[12] CompilerThre\\)(?: \\S+){11} (\\d+) (\\d+)");

    private static final int MILLIS_PER_HUNDREDTH = 10;

    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);
    private static final Pattern READY =
            Pattern.compile("Sluice is ready in .*http://[^:]*:(\\d+)");
    private static final int STOP_SECONDS = 20;

    private final Process process;
    private final URI address;

    private ServerProcess(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts the server of this class path, with the JVM options that the launcher would give it.
     *
     * @param jvmOptions on top of those; the last of two that contradict each other wins
     * @param arguments on top of ports that the system chooses
     */
    static ServerProcess start(List<String> jvmOptions, List<String> arguments) throws IOException {
        // Without a database: several servers run beside each other.
        List<String> all = new ArrayList<>(List.of("--calls", "off"));
        all.addAll(arguments);
        return launch(ChildJvm.command(jvmOptions, "io.sluice.server.Main"), all);
    }

    /** Starts the {@code ./sluice} of another checkout. */
    static ServerProcess startCheckout(Path root) throws IOException {
        return launch(List.of(root.resolve("sluice").toString(), "start"), List.of());
    }

    private static ServerProcess launch(List<String> command, List<String> arguments)
            throws IOException {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of("--port", "0", "--udp-port", "0"));
        whole.addAll(arguments);
        return await(new ProcessBuilder(whole), ServerProcess::address);
    }

    private static Optional<URI> address(String line) {
        Matcher ready = READY.matcher(line);
        return ready.find()
                ? Optional.of(URI.create("http://127.0.0.1:" + ready.group(1)))
                : Optional.empty();
    }

    /**
     * Starts a server and waits until it says that it is ready.
     *
     * @param address of the server, from the line of its output that says so
     */
    static ServerProcess await(ProcessBuilder builder, Function<String, Optional<URI>> address)
            throws IOException {
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Optional<URI> found = address.apply(line);
            if (found.isPresent()) {
                drain(lines);
                return new ServerProcess(process, found.get());
            }
        }
        throw new IOException("the server did not start: " + String.join(" ", builder.command()));
    }

    /** Whoever writes into a full pipe stands still. */
    private static void drain(BufferedReader lines) {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        lines.transferTo(Writer.nullWriter());
                    } catch (IOException e) {
                        LOG.debug("the server's output broke off", e);
                    }
                });
    }

    long pid() {
        return process.pid();
    }

    URI address() {
        return address;
    }

    /** User and system time of all its threads so far; the kernel counts in hundredths of a second. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /**
     * Of {@link #cpu} what the compilers took that are there still: the JVM ends one of them when there is little to do.
     */
    Duration compilersCpu() throws IOException {
        long hundredths = 0;
        Path threads = Path.of("/proc", Long.toString(pid()), "task");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
            for (Path thread : all) {
                hundredths += compilerHundredths(thread.resolve("stat"));
            }
        }
        return Duration.ofMillis(MILLIS_PER_HUNDREDTH * hundredths);
    }

    private static long compilerHundredths(Path stat) throws IOException {
        Matcher times;
        try {
            times = COMPILER_TIMES.matcher(Files.readString(stat));
        } catch (IOException over) {
            if (Files.exists(stat)) {
                throw over;
            }
            return 0;
        }
        return times.find() ? Long.parseLong(times.group(1)) + Long.parseLong(times.group(2)) : 0;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
