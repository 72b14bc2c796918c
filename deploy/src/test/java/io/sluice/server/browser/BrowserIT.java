package io.sluice.server.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each driver against its real browser and a page that needs no server of ours. */
@Tag("browser")
final class BrowserIT {

    private static final Duration SOON = Duration.ofSeconds(40);

    /** Two pages call each other by descriptions that the test carries, all candidates inside. */
    private static final String HTML =
            """
            <!doctype html>
            <title>browser test</title>
            <body style="margin: 0; background: rgb(0, 128, 0)">
            <video autoplay muted playsinline width="320" height="240"></video>
            <form onsubmit="sent = field.value; return false">
              <input id="field"><button id="button" type="button">count</button>
            </form>
            <script>
            let sent = null;
            let clicks = 0;
            let fired = [];
            button.onclick = event => { if (event.isTrusted) clicks++; };
            const connection = new RTCPeerConnection();
            connection.ontrack = event => {
              document.querySelector('video').srcObject = new MediaStream([event.track]);
            };
            async function gathered() {
              while (connection.iceGatheringState !== 'complete') {
                await new Promise(done => setTimeout(done, 20));
              }
              return connection.localDescription;
            }
            async function offer() {
              const camera = await navigator.mediaDevices.getUserMedia({video: true, audio: true});
              camera.getTracks().forEach(track => connection.addTrack(track, camera));
              await connection.setLocalDescription();
              return gathered();
            }
            async function answer(offered) {
              await connection.setRemoteDescription(offered);
              await connection.setLocalDescription();
              return gathered();
            }
            async function framesDecoded() {
              const report = [...(await connection.getStats()).values()];
              return report.find(s => s.type === 'inbound-rtp' && s.kind === 'video')?.framesDecoded;
            }
            </script>
            """;

    /** What the pages asked for, in order. */
    private static final Queue<String> REQUESTS = new ConcurrentLinkedQueue<>();

    private static final Map<Kind, Browser> SHARED = new EnumMap<>(Kind.class);

    private static HttpServer server;
    private static String url;

    /** What can be launched, with the name of the Debian package that brings it. */
    enum Kind {
        CHROMIUM("chromium", Chromium.installed(), Chromium::launch),
        FIREFOX("firefox-esr", Firefox.installed(), Firefox::launch);

        private final String packageName;
        private final Optional<Path> installed;
        private final Function<BrowserOptions, Browser> launcher;

        Kind(
                String packageName,
                Optional<Path> installed,
                Function<BrowserOptions, Browser> launcher) {
            this.packageName = packageName;
            this.installed = installed;
            this.launcher = launcher;
        }

        Browser launch(BrowserOptions options) {
            assumeTrue(
                    installed.isPresent(),
                    () -> "not installed: apt-get install --no-install-recommends " + packageName);
            return launcher.apply(options);
        }

        /** One for all tests that leave it as it was: to launch one takes longer than most of them. */
        Browser shared() {
            return SHARED.computeIfAbsent(this, kind -> kind.launch(BrowserOptions.defaults()));
        }
    }

    @BeforeAll
    static void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    REQUESTS.add(exchange.getRequestURI().toString());
                    byte[] body = HTML.getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        // By name: a secure context in every browser, so that there is a camera.
        url = "http://localhost:" + server.getAddress().getPort() + "/";
    }

    @AfterAll
    static void stop() {
        SHARED.values().forEach(Browser::close);
        server.stop(0);
    }

    @ParameterizedTest
    @EnumSource
    void valuesPromisesAndErrorsComeBack(Kind kind) {
        try (Page page = kind.shared().open(url)) {
            assertThat(page.evaluate("1 + 1 // two").asInt()).isEqualTo(2);
            assertThat(page.evaluate("Promise.resolve({a: [1, 'x', null]})").toString())
                    .isEqualTo("{\"a\":[1,\"x\",null]}");
            assertThat(page.evaluate("undefined").isNull()).isTrue();
            assertThat(page.evaluate("await 7").asInt()).isEqualTo(7);
            assertThatThrownBy(
                            () -> page.evaluate("(function inner() { throw new Error('boom') })()"))
                    .isInstanceOfSatisfying(
                            JavaScriptException.class,
                            e -> assertThat(e.scriptStack()).contains("inner"))
                    .hasMessageContaining("Error: boom");
            assertThatThrownBy(() -> page.evaluate("Promise.reject(new TypeError('late'))"))
                    .isInstanceOf(JavaScriptException.class)
                    .hasMessageContaining("TypeError: late");
            assertThatThrownBy(() -> page.evaluate("1 +"))
                    .isInstanceOf(JavaScriptException.class)
                    .hasMessageContaining("SyntaxError");
            assertThatThrownBy(() -> page.evaluate("new Promise(() => {})", Duration.ofMillis(300)))
                    .isInstanceOf(BrowserException.class)
                    .hasMessageContaining("longer than 300 ms");
        }
    }

    @ParameterizedTest
    @EnumSource
    void waitingEndsWithTheConditionOrSaysWhatItSaw(Kind kind) {
        try (Page page = kind.shared().open(url)) {
            page.evaluate("void setTimeout(() => window.later = {ready: true}, 300)");
            page.waitUntil("later.ready", SOON);

            page.evaluate("console.error('it is', 42)");
            page.evaluate("void setTimeout(() => { throw new Error('nobody caught me') })");
            await().atMost(SOON)
                    .until(() -> page.console().toString().contains("nobody caught me"));
            assertThatThrownBy(() -> page.waitUntil("missing.ready", Duration.ofMillis(500)))
                    .isInstanceOf(BrowserException.class)
                    .hasMessageContaining("missing.ready")
                    .hasMessageContaining("ReferenceError")
                    .hasMessageContaining("error: it is 42")
                    .hasMessageContaining("nobody caught me");
            assertThat(page.console()).contains("error: it is 42");
        }
    }

    @ParameterizedTest
    @EnumSource
    void navigationInputAndScreenshotWork(Kind kind) throws IOException {
        BrowserOptions options = BrowserOptions.defaults().withViewport(640, 480);
        try (Browser browser = kind.launch(options);
                Page page = browser.open(url)) {
            page.click("#button");
            page.click("#button");
            assertThat(page.evaluate("clicks").asInt()).isEqualTo(2);
            page.type("#field", "grüße ");
            page.type("#field", "\"x\"\n");
            assertThat(page.evaluate("sent").asText()).isEqualTo("grüße \"x\"");

            page.reload();
            assertThat(page.evaluate("clicks").asInt()).isZero();
            page.navigate(url + "?other");
            assertThat(page.evaluate("location.search").asText()).isEqualTo("?other");
            page.navigate(url + "?other#part");
            assertThat(page.evaluate("location.hash").asText()).isEqualTo("#part");
            assertThatThrownBy(() -> page.navigate("http://127.0.0.1:1/"))
                    .isInstanceOf(BrowserException.class);

            page.navigate(url);
            var image = ImageIO.read(new ByteArrayInputStream(page.screenshot()));
            assertThat(List.of(image.getWidth(), image.getHeight())).isEqualTo(List.of(640, 480));
            assertThat(image.getRGB(600, 440) & 0xFFFFFF).isEqualTo(0x008000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void twoPagesSeeEachOther(Kind kind) {
        try (Page caller = kind.shared().open(url);
                Page callee = kind.shared().open(url)) {
            JsonNode offer = caller.evaluate("offer()");
            assertThat(offer.path("sdp").asText()).contains(" 127.0.0.1 ");
            JsonNode answer = callee.evaluate("answer(" + offer + ")");
            caller.evaluate("connection.setRemoteDescription(" + answer + ")");
            callee.waitUntil("(await framesDecoded()) > 0", SOON);
            callee.waitUntil("document.querySelector('video').videoWidth > 0", SOON);
        }
    }

    @ParameterizedTest
    @EnumSource
    void killingAPageLeavesTheOthersAlone(Kind kind) {
        try (Browser browser = kind.launch(BrowserOptions.defaults());
                Page survivor = browser.open(url)) {
            Page victim = browser.open(url);
            victim.evaluate(
                    "void addEventListener('pagehide', () => navigator.sendBeacon('/killed'))");
            victim.kill();
            assertThatThrownBy(() -> victim.evaluate("1"))
                    .isInstanceOf(BrowserException.class)
                    .hasMessageContaining("killed");
            assertThat(survivor.evaluate("1").asInt()).isEqualTo(1);
            victim.close();
            assertThat(browser.open(url).evaluate("2").asInt()).isEqualTo(2);
            assertThat(REQUESTS).doesNotContain("/killed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeLeavesNeitherProcessesNorFiles(Kind kind) throws IOException {
        List<Path> before = temporaryFiles();
        List<ProcessHandle> others = ProcessHandle.current().children().toList();
        Browser browser = kind.launch(BrowserOptions.defaults());
        Page page = browser.open(url);
        page.evaluate("void addEventListener('pagehide', () => navigator.sendBeacon('/closed'))");
        page.close();
        await().atMost(SOON).until(() -> REQUESTS.remove("/closed"));
        assertThatThrownBy(() -> page.evaluate("1")).hasMessageContaining("closed");
        List<ProcessHandle> processes =
                ProcessHandle.current()
                        .children()
                        .filter(child -> !others.contains(child))
                        .flatMap(child -> Stream.concat(Stream.of(child), child.descendants()))
                        .toList();
        assertThat(processes).anyMatch(BrowserProcess::runs);
        browser.close();
        assertThat(processes).noneMatch(BrowserProcess::runs);
        // What others have left there, or a run that was killed, is not ours.
        assertThat(temporaryFiles()).isSubsetOf(before);
    }

    private static List<Path> temporaryFiles() throws IOException {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(path -> path.getFileName().toString().startsWith("sluice-")).toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void hiddenAddressesAreLocalNames(Kind kind) throws IOException {
        assumeTrue(hasDefaultRoute(), "no default route: then nothing is gathered under a name");
        BrowserOptions options = BrowserOptions.defaults().withAddressesHidden();
        try (Browser browser = kind.launch(options);
                Page page = browser.open(url)) {
            List<String> candidates =
                    page.evaluate("offer()")
                            .path("sdp")
                            .asText()
                            .lines()
                            .filter(line -> line.startsWith("a=candidate:"))
                            .toList();
            assertThat(candidates).isNotEmpty().allMatch(line -> line.contains(".local "));
        }
    }

    private static boolean hasDefaultRoute() throws IOException {
        try (Stream<String> routes = Files.lines(Path.of("/proc/net/route"))) {
            return routes.anyMatch(line -> line.split("\t")[1].equals("00000000"));
        }
    }
}
