package io.sluice.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.sluice.bench.load.Pictures;
import io.sluice.server.browser.BrowserOptions;
import io.sluice.server.browser.Chromium;
import io.sluice.server.browser.Page;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Somebody in a call with a browser: a Chromium with one page, whose connections and CPU time are
 * counted.
 *
 * <p>Used by one thread.
 */
final class CallPage implements AutoCloseable {
    /** A machine with too few cores connects and decodes slowly: that is what is measured. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int FRAMES_PER_SECOND = 30;

    private final Path camera;
    private final Chromium browser;
    private final Page page;
    private final Pictures pictures;

    /** Counters of all connections at one time, in bytes and pictures since they were made. */
    record Counters(
            double seconds,
            int connections,
            long sent,
            long received,
            int pictures,
            long decoded) {}

    private CallPage(Path camera, Chromium browser, Page page, Pictures pictures) {
        this.camera = camera;
        this.browser = browser;
        this.page = page;
        this.pictures = pictures;
    }

    /** Whether this machine has such a browser. */
    static boolean isHere() {
        return Chromium.installed().isPresent();
    }

    /**
     * Opens a page with a camera.
     *
     * @param server whose page it is; in development mode
     * @param bitsPerSecond of each picture that it sends
     * @param recorded how many pictures of its camera are taken as the others' pictures
     * @throws IOException if there is no such browser here
     */
    static CallPage open(URI server, int bitsPerSecond, int recorded) throws IOException {
        if (!isHere()) {
            throw new IOException(
                    "there is no Chromium here to measure; get it with: apt-get install chromium");
        }
        Path camera = Files.createTempFile("topology", ".y4m");
        try {
            CameraFile.write(camera, FRAMES_PER_SECOND);
            Chromium browser =
                    Chromium.launch(
                            BrowserOptions.defaults()
                                    .withFakeFps(FRAMES_PER_SECOND)
                                    .withArguments("--use-file-for-fake-video-capture=" + camera));
            try {
                Page page = browser.open(server.resolve("/healthz").toString());
                page.evaluate(script());
                List<byte[]> frames = new ArrayList<>();
                String open = "topology.open(%d, %d)".formatted(bitsPerSecond, recorded);
                for (JsonNode frame : page.evaluate(open)) {
                    frames.add(Base64.getDecoder().decode(frame.asText()));
                }
                return new CallPage(camera, browser, page, new Pictures(frames));
            } catch (IOException | RuntimeException e) {
                browser.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(camera);
            throw e;
        }
    }

    private static String script() throws IOException {
        try (InputStream script = CallPage.class.getResourceAsStream("/topology.js")) {
            if (script == null) {
                throw new IOException("the page's script is not among the benchmarks' classes");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    String version() {
        return browser.version();
    }

    /** What its camera sees, encoded by itself. */
    Pictures pictures() {
        return pictures;
    }

    /** Its answer to somebody who wants to be connected with it straight. */
    String answer(String offer) {
        return page.evaluate("topology.answer(" + quoted(offer) + ")").asText();
    }

    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }

    /** Joins a room of its server, which begins. */
    void join(String room) {
        page.evaluate("topology.join(" + quoted(room) + ")");
    }

    /** Waits until the pictures of so many others move. */
    void awaitPictures(int others) {
        page.waitUntil(
                "topology.counters().then(({pictures}) => pictures.filter((count) => count > 1).length"
                        + " === "
                        + others
                        + ")",
                PATIENCE);
    }

    /** Ends what {@link #join} and {@link #answer} began. */
    void leave() {
        page.evaluate("topology.close()");
    }

    Counters counters() {
        JsonNode told = page.evaluate("topology.counters()");
        long decoded = 0;
        for (JsonNode one : told.path("pictures")) {
            decoded += one.asLong();
        }
        return new Counters(
                told.path("millis").asDouble() / 1e3,
                told.path("connections").asInt(),
                told.path("sent").asLong(),
                told.path("received").asLong(),
                told.path("pictures").size(),
                decoded);
    }

    /** User and system time of the browser's processes so far. */
    Duration cpu() {
        return browser.cpu();
    }

    @Override
    public void close() throws IOException {
        browser.close();
        Files.deleteIfExists(camera);
    }
}
