package io.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of this machine as users start it, in a process of its own whose CPU time can be read.
 *
 * <p>Used by one thread.
 */
final class ServerProcess implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("Sluice is ready in .*http://[^:]*:(\\d+)");
    private static final int STOP_SECONDS = 20;

    private final Process process;
    private final URI address;

    private ServerProcess(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /** Starts the {@code sluice} of a checkout and waits for its ready line. */
    static ServerProcess start(Path root) throws IOException {
        Process process =
                new ProcessBuilder(
                                List.of(
                                        root.resolve("sluice").toString(),
                                        "start",
                                        "--port",
                                        "0",
                                        "--udp-port",
                                        "0"))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                return new ServerProcess(process, URI.create("http://127.0.0.1:" + ready.group(1)));
            }
        }
        throw new IOException("the server of " + root + " did not start");
    }

    URI address() {
        return address;
    }

    /** User and system time of all its threads so far; the kernel counts in hundredths of a second. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
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
