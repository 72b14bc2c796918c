package io.sluice.server;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.server.browser.BrowserException;
import io.sluice.server.browser.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Somebody who is in a room with the page. Used by one thread. */
final class Guest {
    /** From the click to pictures of everybody; a busy machine starts a page in seconds. */
    private static final Duration SOON = Duration.ofSeconds(40);

    /**
     * {@code look()} says what the page has and what its connection receives, by the names of the others.
     */
    private static final String OBSERVER =
            """
            (() => {
              window.look = async () => {
                const received = {};
                for (const {name, tracks} of sluice.participants) {
                  received[name] = {};
                  for (const {kind, media, unavailable} of tracks) {
                    const receiver = sluice.pc.getReceivers().find(({track}) => track === media);
                    const report = receiver ? [...(await receiver.getStats()).values()] : [];
                    const inbound = report.find(({type}) => type === 'inbound-rtp');
                    received[name][kind] = inbound ?? {unavailable};
                  }
                }
                const report = sluice.pc ? [...(await sluice.pc.getStats()).values()] : [];
                return {
                  name: sluice.self?.name,
                  state: sluice.state,
                  connection: sluice.pc?.connectionState,
                  names: sluice.participants.map(({name}) => name),
                  tiles: document.querySelectorAll('.tile').length,
                  pictures: document.querySelectorAll('.tile.has-picture').length,
                  received,
                  sent: report.filter(({type}) => type === 'outbound-rtp'),
                  pair: report.find(({nominated}) => nominated),
                  transport: report.find(({type}) => type === 'transport'),
                };
              };
            })()
            """;

    /** {@code times} says when it began, when the connection was connected, and when each first picture was decoded. */
    private static final String STOPWATCH =
            """
            (() => {
              window.times = {begun: performance.now(), pictures: {}};
              setInterval(async () => {
                if (sluice.pc?.connectionState === 'connected') times.connected ??= performance.now();
                for (const [name, {video}] of Object.entries((await look()).received)) {
                  if (video?.framesDecoded > 0) times.pictures[name] ??= performance.now();
                }
              }, 25);
            })()
            """;

    /** Of a session description: who sends what, and where to. */
    private static final String TELLING_LINES =
            "m=.*|a=(mid|candidate|ice-ufrag|ssrc|sendrecv|sendonly|recvonly|inactive)\\b.*";

    private final String name;
    private final Page page;

    /** Takes a page that has just been opened for a room. */
    Guest(String name, Page page) {
        this.name = name;
        this.page = page;
        page.evaluate(OBSERVER);
    }

    /** Fills in the form and joins. */
    void join() {
        page.type("[name=name]", name);
        page.click("[name=enter]");
    }

    /** Loads the page again and joins with what the form remembers. */
    void reload() {
        page.reload();
        page.evaluate(OBSERVER);
        page.click("[name=enter]");
    }

    /** Takes the time from now on; it costs a busy machine too much to do so always. */
    void startStopwatch() {
        page.evaluate(STOPWATCH);
    }

    /** Milliseconds from the stopwatch's start to the connection's being connected. */
    double connectedAfterMillis() {
        JsonNode times = page.evaluate("times");
        return times.path("connected").asDouble() - times.path("begun").asDouble();
    }

    /** Milliseconds from the connection's being connected to each first picture, by name. */
    Map<String, Double> pictureDelaysMillis() {
        JsonNode times = page.evaluate("times");
        double connectedMillis = times.path("connected").asDouble();
        Map<String, Double> delays = new TreeMap<>();
        times.path("pictures")
                .properties()
                .forEach(picture ->
                        delays.put(
                                picture.getKey(), picture.getValue().asDouble() - connectedMillis));
        return delays;
    }

    String name() {
        return name;
    }

    Page page() {
        return page;
    }

    /** What the page has and receives at this moment. */
    JsonNode look() {
        return page.evaluate("look()");
    }

    /** Waits until pictures and sound of exactly these are there. */
    void awaitPicturesOf(Collection<String> others) {
        awaitPicturesOf(others, List.of());
    }

    /** The same where some are in the room besides who publish nothing. */
    void awaitPicturesOf(Collection<String> others, Collection<String> silent) {
        await(name + " sees and hears " + others)
                .atMost(SOON)
                .ignoreException(BrowserException.class)
                .until(this::look, seesExactly(others, silent));
    }

    private static Predicate<JsonNode> seesExactly(
            Collection<String> others, Collection<String> silent) {
        List<String> present = Stream.concat(others.stream(), silent.stream()).sorted().toList();
        return look ->
                names(look).equals(present)
                        && others.stream()
                                .allMatch(other ->
                                        framesDecoded(look, other) > 0
                                                && audioEnergy(look, other) > 0);
    }

    /** Waits until the page shows nobody but these. */
    void awaitOnly(Collection<String> others, Duration timeout) {
        await(name + " has only " + others + " in the room")
                .atMost(timeout)
                .until(
                        this::look,
                        look ->
                                names(look).equals(others.stream().sorted().toList())
                                        && look.path("tiles").asInt() == others.size() + 1);
    }

    /** Who else is in the room, as the page knows it; somebody who is there twice is there twice. */
    static List<String> names(JsonNode look) {
        List<String> names = new ArrayList<>();
        look.path("names").forEach(name -> names.add(name.asText()));
        names.sort(null);
        return names;
    }

    static JsonNode video(JsonNode look, String of) {
        return look.path("received").path(of).path("video");
    }

    static long framesDecoded(JsonNode look, String of) {
        return video(look, of).path("framesDecoded").asLong();
    }

    static double audioEnergy(JsonNode look, String of) {
        return look.path("received").path(of).path("audio").path("totalAudioEnergy").asDouble();
    }

    /** Whether more video of each of these was decoded than before. */
    static boolean hasMoreFrames(JsonNode before, JsonNode now, Collection<String> of) {
        return of.stream()
                .allMatch(other -> framesDecoded(now, other) > framesDecoded(before, other));
    }

    /** All there is to know when a test has failed. */
    String describe() {
        StringBuilder text = new StringBuilder(name);
        try {
            text.append(" sees ").append(look());
            for (String side : List.of("local", "remote")) {
                text.append("\n  ").append(side);
                page.evaluate("sluice.pc?." + side + "Description?.sdp")
                        .asText()
                        .lines()
                        .filter(line -> line.matches(TELLING_LINES))
                        .forEach(line -> text.append("\n    ").append(line));
            }
        } catch (BrowserException gone) {
            text.append(" does not answer: ").append(gone.getMessage());
        }
        page.console().forEach(line -> text.append("\n  console ").append(line));
        return text.toString();
    }
}
