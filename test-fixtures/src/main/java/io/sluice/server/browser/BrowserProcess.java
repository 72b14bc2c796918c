package io.sluice.server.browser;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The processes of one browser and the directory they write to.
 *
 * <p>Both end with {@link #close()} or with this JVM, whichever comes first.
 */
final class BrowserProcess implements AutoCloseable {

    private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

    private final Path home;
    private final Process process;
    private final ConsoleLines output = new ConsoleLines();
    private final CompletableFuture<URI> address = new CompletableFuture<>();
    private final Thread atExit = new Thread(this::end, "browser-end");

    /**
     * Starts a browser.
     *
     * @param home a fresh directory that belongs to the browser alone; its name must occur in the command line of
     *     processes that outlive their parent
     * @param marker what stands on the line of output before the address of the control socket
     */
    static BrowserProcess start(
            List<String> command, Map<String, String> environment, Path home, String marker) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().put("HOME", home.toString());
        Path temporary = home.resolve("tmp");
        builder.environment().put("TMPDIR", temporary.toString());
        // With these set, a browser would write outside its home, or talk to a desktop session.
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("XDG_") || name.startsWith("DBUS_"));
        builder.environment().putAll(environment);
        try {
            Files.createDirectory(temporary);
            return new BrowserProcess(builder.start(), home, marker);
        } catch (IOException e) {
            deleteTree(home);
            throw new BrowserException("cannot start " + command.getFirst(), e);
        }
    }

    static Path freshHome(String prefix) {
        try {
            return Files.createTempDirectory(prefix);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private BrowserProcess(Process process, Path home, String marker) {
        this.process = process;
        this.home = home;
        Runtime.getRuntime().addShutdownHook(atExit);
        Thread.ofVirtual().name("browser-output").start(() -> readOutput(marker));
    }

    /** Waits for the browser to say where it takes commands. */
    URI address(Duration timeout) {
        try {
            return RemoteControl.await(address, timeout, "start of the browser");
        } catch (BrowserException e) {
            throw new BrowserException(e.getMessage() + "; its output:\n" + output.tail(30), e);
        }
    }

    /** The user and system time so far of the processes of its tree that run. */
    Duration cpu() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .flatMap(one -> one.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is on its way down, and the hook does the work.
            return;
        }
        end();
    }

    private void end() {
        // Looked for before the root dies: its children then belong to another parent.
        List<ProcessHandle> tree =
                Stream.concat(
                                Stream.of(process.toHandle()),
                                Stream.concat(process.descendants(), strays()))
                        .toList();
        tree.forEach(ProcessHandle::destroyForcibly);
        long endNanos = System.nanoTime() + EXIT_TIMEOUT.toNanos();
        while (tree.stream().anyMatch(BrowserProcess::runs) && System.nanoTime() < endNanos) {
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
        deleteTree(home);
    }

    /**
     * Returns whether a process does anything. One that is dead but not waited for counts as alive to Java; its new
     * parent, the first process of a container, may never wait for it.
     */
    static boolean runs(ProcessHandle handle) {
        return handle.isAlive() && handle.info().command().isPresent();
    }

    /** Returns helpers that left the tree on purpose, such as the one that takes crash reports. */
    private Stream<ProcessHandle> strays() {
        return ProcessHandle.allProcesses()
                .filter(handle ->
                        handle.info()
                                .commandLine()
                                .filter(line -> line.contains(home.toString()))
                                .isPresent());
    }

    private void readOutput(String marker) {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.add(line);
                int at = line.indexOf(marker);
                if (at >= 0) {
                    address.complete(URI.create(line.substring(at + marker.length()).strip()));
                }
            }
        } catch (IOException e) {
            output.add("(output ended: " + e.getMessage() + ")");
        }
        address.completeExceptionally(new BrowserException("it exited"));
    }

    /** Deletes what it can, and tries again for a moment: a dying process may still create files. */
    private static void deleteTree(Path root) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (!deletedOnce(root) && System.nanoTime() < endNanos) {
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
    }

    private static boolean deletedOnce(Path root) {
        if (!Files.exists(root)) {
            return true;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
            return true;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }
}
