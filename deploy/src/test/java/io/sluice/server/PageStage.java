package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.calls.CallsConfig;
import io.sluice.history.HistoryConfig;
import io.sluice.ice.TcpCounters;
import io.sluice.server.browser.Chromium;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server with the conference page, and the program that drives browsers on it ({@code web-client/e2e}). Where the
 * page cannot be built, or there is no Chromium, the tests are skipped. Used by one thread.
 */
final class PageStage implements BeforeAllCallback, AfterAllCallback {
    private static final Logger LOG = LoggerFactory.getLogger(PageStage.class);
    private static final Path CLIENT = Path.of("..", "web-client");
    private static final Path BUILT = CLIENT.resolve(Path.of("target", "classes", "conference"));

    /** On the class path, where the server looks for it. */
    private static final Path PLACE = Path.of("target", "test-classes", "conference");

    private static final int ANY_PORT = 0;

    /** Where calls outlive the server. */
    private Path directory = Path.of("target");

    private final boolean hasNetwork;
    private @Nullable NetworkNamespace network;
    private @Nullable TestServer server;
    private @Nullable Process program;
    private @Nullable BufferedReader answers;

    PageStage() {
        this(false);
    }

    private PageStage(boolean hasNetwork) {
        this.hasNetwork = hasNetwork;
    }

    /** One whose server is reached from a network without UDP, too, where this machine lets us make one. */
    static PageStage withNetwork() {
        return new PageStage(true);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        BrowserStage.holdTagged(context);
        assumeTrue(Chromium.installed().isPresent(), "Chromium is not installed");
        putPage();
        directory = Files.createTempDirectory(Path.of("target"), "calls");
        network = hasNetwork ? network() : null;
        server = TestServer.start(config(ANY_PORT));
        ProcessBuilder checks =
                new ProcessBuilder("node", Path.of("e2e", "checks.mjs").toString(), url() + "/")
                        .directory(CLIENT.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        if (network != null) {
            checks.environment().put("SLUICE_NAMESPACE", network.name());
            String host = network.outside().getHostAddress();
            int port = server.sluice().httpPort();
            checks.environment().put("SLUICE_FROM_THERE", "http://%s:%d/".formatted(host, port));
        }
        program = checks.start();
        answers = program.inputReader(StandardCharsets.UTF_8);
        assertThat(answers.readLine()).isEqualTo("ready");
    }

    private static @Nullable NetworkNamespace network() throws InterruptedException {
        try {
            return NetworkNamespace.withoutUdp();
        } catch (IOException impossible) {
            LOG.warn("there is no network without UDP: {}", impossible.getMessage());
            return null;
        }
    }

    /** Skips the test where no network without UDP can be made. */
    void assumeNetwork() {
        assumeTrue(network != null, "no network namespace can be made: see the log");
    }

    /** What connections of ICE over TCP have brought and taken so far. */
    TcpCounters tcp() {
        return Objects.requireNonNull(server).sluice().tcp().orElseThrow().counters();
    }

    /** Puts the page in its place; skips the tests where it cannot be built. */
    static void putPage() throws IOException, InterruptedException {
        Process build =
                new ProcessBuilder(Path.of("..", "scripts", "page.sh").toString())
                        .redirectErrorStream(true)
                        .start();
        String said;
        try (BufferedReader out = build.inputReader(StandardCharsets.UTF_8)) {
            said = String.join(" ", out.lines().toList());
        }
        assumeTrue(build.waitFor() == 0, said);
        try (Stream<Path> files = Files.walk(BUILT)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = PLACE.resolve(BUILT.relativize(file));
                Files.createDirectories(Objects.requireNonNull(copy.getParent()));
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    String url() {
        return Objects.requireNonNull(server).url();
    }

    /** Ends the server as a crash or an update does, and starts it again in its place. */
    void restartServer() throws StartException {
        int port = Objects.requireNonNull(server).sluice().httpPort();
        server.close();
        server = TestServer.start(config(port));
    }

    private SluiceConfig config(int port) {
        SluiceConfig config = TestServer.config();
        String host = "127.0.0.1";
        if (network != null) {
            config = config.withMedia(TestServer.media(network.outside()));
            host = "0.0.0.0";
        }
        return config.withApi(config.api().withAddress(host, port))
                .withCalls(CallsConfig.defaults().withDirectory(directory))
                .withHistory(HistoryConfig.defaults(directory));
    }

    /** Types, form, and unit tests of the page. */
    void checkSources() throws IOException, InterruptedException {
        Process npm =
                new ProcessBuilder("npm", "run", "--silent", "check")
                        .directory(CLIENT.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said;
        try (BufferedReader out = npm.inputReader(StandardCharsets.UTF_8)) {
            said = String.join("\n", out.lines().toList());
        }
        assertThat(npm.waitFor()).as(said).isZero();
    }

    /** Runs a check by its name, and says what it measured. */
    void check(String name) {
        try {
            Writer in = Objects.requireNonNull(program).outputWriter(StandardCharsets.UTF_8);
            in.write(name + "\n");
            in.flush();
            String answer = Objects.requireNonNull(answers).readLine();
            LOG.info("{}: {}", name, answer);
            assertThat(answer).as(name).startsWith("ok");
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        Process running = program;
        try {
            if (running != null) {
                // The end of its input is its end: it closes the browser.
                closeInput(running);
                running.waitFor();
            }
        } finally {
            if (server != null) {
                server.close();
            }
            if (network != null) {
                network.close();
            }
        }
    }

    private static void closeInput(Process running) {
        try {
            running.outputWriter(StandardCharsets.UTF_8).close();
        } catch (IOException gone) {
            LOG.debug("it has ended already", gone);
        }
    }
}
