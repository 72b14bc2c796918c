package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.BrowserOptions;
import io.sluice.server.browser.Chromium;
import io.sluice.server.client.ClientLoop;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.NativeClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code ./sluice package} makes runs where nothing else is. */
@Tag("browser")
final class PackageIT {
    /** Of each step. On a machine with nothing else to do all of them together take fifteen seconds. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Pattern ADDRESS = Pattern.compile("Sluice is ready in .*: (http\\S+) ");

    /**
     * Of a server that nobody has come to, not warmed up, without a cache of classes. It is 160 to 210 on a machine with
     * nothing else to do; what exceeds this is held for no reason.
     */
    private static final long IDLE_MEGABYTES_MAX = 300;

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    /** Sooner than usual, so that nobody waits for it. */
    private static final String GIVES_BACK_SOON =
            " -XX:ZUncommitDelay=1 -XX:TrimNativeHeapInterval=1000";

    private static final List<String> THREE = List.of("Ada", "Grace", "Alan");
    private static final Logger LOG = LoggerFactory.getLogger(PackageIT.class);

    /** All that the launcher needs of a system. */
    private static final List<String> TOOLS = List.of("sh", "dirname", "readlink", "getconf");

    /** Of nobody. */
    private static final String PLAIN_USER = "65534";

    /** What ended a process that was sent SIGTERM. */
    private static final int TERMINATED = 143;

    @TempDir private Path folder;

    private static String run(ProcessBuilder command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("package", ".log");
        try {
            Process process =
                    command.redirectErrorStream(true).redirectOutput(output.toFile()).start();
            boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            process.destroyForcibly();
            String text = Files.readString(output);
            assertThat(ended).as(text).isTrue();
            assertThat(process.exitValue()).as(text).isZero();
            return text;
        } finally {
            Files.delete(output);
        }
    }

    private Path unpack() throws IOException, InterruptedException {
        Path sources = Path.of("..").toRealPath();
        assumeTrue(Files.isDirectory(Path.of("target", "lib")), "the jars are not packed yet");
        // The cache of classes would take as long again, and changes nothing but the time of a
        // start.
        ProcessBuilder making =
                new ProcessBuilder(
                        sources.resolve("scripts/package.sh").toString(),
                        "--fast",
                        "--to",
                        folder.toString());
        making.environment().put("SLUICE_ROOT", sources.toString());
        making.environment().put("JAVA_HOME", System.getProperty("java.home"));
        String made = run(making).lines().toList().getLast();
        assertThat(made).startsWith(folder.toString()).endsWith(".tar.gz");
        Path empty = Files.createDirectory(folder.resolve("an empty folder"));
        run(new ProcessBuilder("tar", "xzf", made, "-C", empty.toString()));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Stream<Path> content = Files.list(empty)) {
            return content.findFirst().orElseThrow();
        }
    }

    /** A search path with what the launcher needs, and with no Java. */
    private Path tools() throws IOException {
        Path tools = Files.createDirectory(folder.resolve("bin"));
        for (String tool : TOOLS) {
            Path installed = Path.of("/usr/bin", tool);
            Files.createSymbolicLink(tools.resolve(tool), installed.toRealPath());
        }
        return tools;
    }

    /** What to put before a command so that nobody runs it; nothing where this is not root, or may not do that. */
    private static List<String> asPlainUser(String launcher)
            throws IOException, InterruptedException {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of();
        }
        List<String> become =
                List.of(
                        "setpriv",
                        "--reuid=" + PLAIN_USER,
                        "--regid=" + PLAIN_USER,
                        "--clear-groups",
                        "--");
        List<String> trial = new ArrayList<>(List.of("sh", "-c", "\"$@\" || exit 1", "sh"));
        trial.addAll(become);
        trial.addAll(List.of("test", "-x", launcher));
        Process tried =
                new ProcessBuilder(trial)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return tried.waitFor() == 0 ? become : List.of();
    }

    private Process start(Path unpacked, Path output) throws IOException, InterruptedException {
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        String launcher = unpacked.resolve("sluice").toString();
        List<String> command = new ArrayList<>(asPlainUser(launcher));
        if (!command.isEmpty()) {
            Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        command.add(launcher);
        command.addAll(List.of("start", "--port", "0", "--udp-port", "0", "--no-warm-up"));
        command.addAll(List.of("--local-address", "127.0.0.1", "--loops", "1"));
        ProcessBuilder server =
                new ProcessBuilder(command)
                        .directory(scratch.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        server.environment().clear();
        server.environment().put("PATH", tools().toString());
        // Nothing is unpacked to it, and it cannot be: it belongs to another.
        server.environment()
                .put(
                        "SLUICE_JAVA_OPTS",
                        "-Djava.io.tmpdir=" + temporary.toAbsolutePath() + GIVES_BACK_SOON);
        return server.start();
    }

    private static URI ready(Process server, Path output) {
        String[] text = new String[1];
        await("the server is ready")
                .atMost(PATIENCE)
                .until(() -> {
                    text[0] = Files.readString(output);
                    assertThat(server.isAlive()).as(text[0]).isTrue();
                    return ADDRESS.matcher(text[0]).find();
                });
        Matcher address = ADDRESS.matcher(text[0]);
        assertThat(address.find()).isTrue();
        LOG.info("{}", address.group());
        return URI.create(address.group(1).replace("localhost", "127.0.0.1"));
    }

    private static void awaitRest(Process server) {
        Path status = Path.of("/proc", Long.toString(server.pid()), "status");
        long[] megabytes = new long[1];
        await("what the start has left behind is given back")
                .atMost(PATIENCE)
                .until(() -> {
                    Matcher resident = RESIDENT.matcher(Files.readString(status));
                    assertThat(resident.find()).isTrue();
                    megabytes[0] = Long.parseLong(resident.group(1)) / 1024;
                    return megabytes[0] < IDLE_MEGABYTES_MAX;
                });
        LOG.info("With nothing to do it holds {} MB", megabytes[0]);
    }

    /** Three pages of one browser. */
    private static void callInChromium(URI server) {
        if (Chromium.installed().isEmpty()) {
            LOG.warn("No browser: apt-get install --no-install-recommends chromium");
            return;
        }
        try (Browser chromium = Chromium.launch(BrowserOptions.defaults())) {
            List<Guest> guests = new ArrayList<>();
            for (String name : THREE) {
                // By name: browsers give camera and microphone to pages of localhost.
                String page = "http://localhost:" + server.getPort() + "/plain/?room=tea-time";
                Guest guest = new Guest(name, chromium.open(page));
                guest.join();
                guests.add(guest);
            }
            for (Guest guest : guests) {
                List<String> others =
                        THREE.stream().filter(name -> !name.equals(guest.name())).toList();
                guest.awaitPicturesOf(others);
                JsonNode before = guest.look();
                await("pictures move")
                        .atMost(PATIENCE)
                        .until(() -> Guest.hasMoreFrames(before, guest.look(), others));
            }
        }
    }

    private static void call(URI server) {
        try (ClientLoop loop = new ClientLoop();
                NativeClient ada = join(loop, server, "ada");
                NativeClient bob = join(loop, server, "bob")) {
            NativeStage.awaitTracks(ada, 2);
            NativeStage.awaitTracks(bob, 2);
            NativeStage.holdClean(ada);
            NativeStage.holdClean(bob);
        }
    }

    private static NativeClient join(ClientLoop loop, URI server, String identity) {
        return NativeClient.join(loop, ClientOptions.of(server, "conference", identity));
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void shouldRunACallFromNothingButItsContent() throws Exception {
        Path unpacked = unpack();
        Path output = folder.resolve("server.log");
        Process server = start(unpacked, output);
        try {
            URI address = ready(server, output);
            awaitRest(server);
            call(address);
            callInChromium(address);
            assertThat(Files.readString(output)).contains("SRTP by").doesNotContain("ERROR");
            server.destroy();
            assertThat(server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).as(() -> "the server's end").isEqualTo(TERMINATED);
        } finally {
            server.destroyForcibly();
        }
        verifyUnit(unpacked);
    }

    private void verifyUnit(Path unpacked) throws IOException, InterruptedException {
        if (!Files.isExecutable(Path.of("/usr/bin/systemd-analyze"))) {
            return;
        }
        String unit = Files.readString(unpacked.resolve("systemd/sluice.service"));
        // Systemd takes no path with a space in it.
        Path linked = Files.createSymbolicLink(folder.resolve("opt"), unpacked);
        Path file = folder.resolve("sluice.service");
        Files.writeString(file, unit.replace("/opt/sluice/", linked + "/"));
        assertThat(run(new ProcessBuilder("systemd-analyze", "verify", file.toString())))
                .doesNotContain("sluice.service:");
    }
}
