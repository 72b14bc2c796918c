package io.sluice.server;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The clients of others that come from npm: their packages, as the lock file names them, and scripts that use them. Where
 * there is no Node.js or no registry, tests that need them are skipped.
 */
final class NodeProject {
    private static final Path SOURCE = Path.of("src", "test", "livekit");
    private static final Path PLACE = Path.of("target", "livekit");
    private static final long INSTALL_SECONDS = 100;
    private static final long BUNDLE_SECONDS = 60;

    private NodeProject() {}

    /** A script that runs; what it says comes line by line. */
    record Script(Process process, BufferedReader out) implements AutoCloseable {

        /** The next line; null at the end. */
        @Nullable String line() throws IOException {
            return out.readLine();
        }

        void say(String line) throws IOException {
            Writer in = process.outputWriter(StandardCharsets.UTF_8);
            in.write(line + "\n");
            in.flush();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** Where a file of one of the packages is. */
    static Path file(String first, String... more) throws IOException {
        install();
        return PLACE.resolve("node_modules").resolve(Path.of(first, more));
    }

    /** Starts a script of the project. */
    static Script start(String script, String... arguments) throws IOException {
        install();
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .directory(PLACE.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        return new Script(process, process.inputReader(StandardCharsets.UTF_8));
    }

    /**
     * Builds what a page loads of a source of the project.
     *
     * @return a directory with a script and a style of the source's name
     */
    static Path bundle(String source) throws IOException {
        install();
        Path built = PLACE.resolve("built");
        List<String> command =
                List.of(
                        Path.of("node_modules", ".bin", "esbuild").toString(),
                        source,
                        "--bundle",
                        "--minify",
                        "--jsx=automatic",
                        "--define:process.env.NODE_ENV=\"production\"",
                        "--outdir=built",
                        "--log-level=warning");
        if (!succeeds(command, BUNDLE_SECONDS, "bundle.log")) {
            throw new IOException("not built: see " + PLACE.resolve("bundle.log"));
        }
        return built;
    }

    /** Copies the project, and fetches its packages if they are others than last time. */
    private static synchronized void install() throws IOException {
        Files.createDirectories(PLACE);
        // Tests in another JVM may want them at the same time.
        try (FileChannel file = FileChannel.open(PLACE.resolve("lock"), CREATE, WRITE);
                FileLock _ = file.lock()) {
            installLocked();
        }
    }

    private static void installLocked() throws IOException {
        Path lock = PLACE.resolve("package-lock.json");
        boolean same =
                Files.isDirectory(PLACE.resolve("node_modules"))
                        && Files.exists(lock)
                        && Files.mismatch(lock, SOURCE.resolve("package-lock.json")) < 0;
        try (var files = Files.list(SOURCE)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        PLACE.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (!same && !fetched()) {
            Files.deleteIfExists(lock);
            Assumptions.abort("npm cannot fetch the clients' packages here");
        }
    }

    private static boolean fetched() {
        try {
            return succeeds(
                    List.of("npm", "ci", "--no-audit", "--no-fund"), INSTALL_SECONDS, "npm.log");
        } catch (IOException missing) {
            Assumptions.abort("there is no npm here");
            throw new UncheckedIOException(missing);
        }
    }

    private static boolean succeeds(List<String> command, long seconds, String log)
            throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .directory(PLACE.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(PLACE.resolve(log).toFile())
                        .start();
        try {
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return false;
        }
    }
}
