package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.room.Origin;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEnd;
import io.sluice.room.TrackInfo;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.BrowserOptions;
import io.sluice.server.browser.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** People meet in a room, with the page in real browsers. */
@Tag("browser")
final class ConferenceIT {
    @RegisterExtension static final BrowserStage stage = new BrowserStage();

    private static final Logger LOG = LoggerFactory.getLogger(ConferenceIT.class);
    private static final String ADA = "Ada Lovelace";
    private static final String GRACE = "Grace Hopper";
    private static final String ALAN = "Alan Turing";
    private static final List<String> THREE = List.of(ADA, GRACE, ALAN);

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration WATCHED = Duration.ofSeconds(5);

    /** Others who keep the machine busy spoil some. */
    private static final int ROUNDS = 3;

    private static final double MIN_FRAMES_PER_SECOND = 10;

    /** Of what a machine gets to send that cannot do so many. */
    private static final double MIN_SHARE = 0.8;

    private static final double FIRST_PICTURE_MILLIS_MAX = 1_000;
    private static final double FORGOTTEN_MILLIS_MAX = 2_000;

    /** By the clock that all pages have: when one leaves, and when another is left with one person. */
    private static final String CLOCKS =
            """
            (() => {
              document.querySelector("#leave").addEventListener(
                "click", () => { window.clicked = Date.now(); }, {capture: true});
              const watching = setInterval(() => {
                if (sluice.participants.length === 1) {
                  window.alone = Date.now();
                  clearInterval(watching);
                }
              }, 20);
            })()
            """;

    private static final Path PICTURE = Path.of("target", "page-with-three.png");

    private static Browser browser() {
        return stage.chromium(BrowserOptions.defaults().withViewport(1280, 800));
    }

    private static List<Guest> joinThree(String room) {
        List<Guest> guests = new ArrayList<>();
        for (String name : THREE) {
            guests.add(stage.join(browser(), room, name));
        }
        guests.forEach(guest -> guest.awaitPicturesOf(others(THREE, guest)));
        return guests;
    }

    private static List<String> others(List<String> names, Guest guest) {
        return names.stream().filter(name -> !name.equals(guest.name())).toList();
    }

    @Test
    void shouldShowThreePeopleToEachOther() throws IOException {
        List<Guest> guests = joinThree("tea-time");
        List<String> poor = List.of("nothing watched");
        for (int round = 0; round < ROUNDS && !poor.isEmpty(); round++) {
            poor = watch(guests);
        }
        assertThat(poor).isEmpty();
        for (Guest guest : guests) {
            assertThat(guest.look().path("transport").path("srtpCipher").asText())
                    .endsWith("AEAD_AES_128_GCM");
        }
        takePicture(guests.getFirst());
    }

    /** All watch each other for a while; returns which pictures and sounds were poor. */
    private static List<String> watch(List<Guest> guests) {
        List<JsonNode> before = guests.stream().map(Guest::look).toList();
        double startMillis = timestamp(guests.getFirst().look());
        await("a while of watching")
                .until(() ->
                        timestamp(guests.getFirst().look()) - startMillis >= WATCHED.toMillis());
        List<JsonNode> after = guests.stream().map(Guest::look).toList();
        List<String> poor = new ArrayList<>();
        for (int viewer = 0; viewer < guests.size(); viewer++) {
            for (int other = 0; other < guests.size(); other++) {
                if (viewer != other) {
                    double sent = sentPerSecond(before.get(other), after.get(other));
                    poor.addAll(
                            poor(
                                    before.get(viewer),
                                    after.get(viewer),
                                    guests.get(viewer).name(),
                                    guests.get(other).name(),
                                    sent));
                }
            }
        }
        return poor;
    }

    /** Frames of the encoding of which most were sent. */
    private static double sentPerSecond(JsonNode before, JsonNode after) {
        double most = 0;
        for (JsonNode last : after.path("sent")) {
            for (JsonNode first : before.path("sent")) {
                double millis = grown(first, last, "timestamp");
                if (first.path("id").equals(last.path("id")) && millis > 0) {
                    most = Math.max(most, 1_000 * grown(first, last, "framesSent") / millis);
                }
            }
        }
        return most;
    }

    private static double timestamp(JsonNode look) {
        return look.path("transport").path("timestamp").asDouble();
    }

    private static List<String> poor(
            JsonNode before, JsonNode after, String viewer, String of, double sentPerSecond) {
        JsonNode first = Guest.video(before, of);
        JsonNode last = Guest.video(after, of);
        double seconds =
                (last.path("timestamp").asDouble() - first.path("timestamp").asDouble()) / 1_000;
        String what = viewer + " watches " + of + ": " + last;
        double framesPerSecond = grown(first, last, "framesDecoded") / seconds;
        double frozenSeconds = grown(first, last, "totalFreezesDuration");
        LOG.info(
                "{} watches {}: {} x {}, {} of {} frames/s, frozen for {} s",
                viewer,
                of,
                last.path("frameWidth"),
                last.path("frameHeight"),
                framesPerSecond,
                sentPerSecond,
                frozenSeconds);
        List<String> poor = new ArrayList<>();
        if (framesPerSecond < Math.min(MIN_FRAMES_PER_SECOND, MIN_SHARE * sentPerSecond)) {
            poor.add("%.1f of %.1f frames/s: %s".formatted(framesPerSecond, sentPerSecond, what));
        }
        // Of a busy machine some; of a stream that misses packets or keyframes most of the time.
        if (frozenSeconds >= seconds / 4) {
            poor.add("frozen for %.1f of %.1f s: %s".formatted(frozenSeconds, seconds, what));
        }
        if (Guest.audioEnergy(after, of) <= Guest.audioEnergy(before, of)) {
            poor.add("silent: " + what);
        }
        return poor;
    }

    private static double grown(JsonNode before, JsonNode after, String field) {
        return after.path(field).asDouble() - before.path(field).asDouble();
    }

    /** For the README: three tiles, all with a picture. */
    private static void takePicture(Guest guest) throws IOException {
        guest.page().waitUntil("(await look()).pictures === 3", SOON);
        Files.createDirectories(PICTURE.toAbsolutePath().getParent());
        Files.write(PICTURE, guest.page().screenshot());
    }

    @Test
    void shouldShowWhatIsMutedAndByWhomAndWhyTheRoomEnds() {
        Guest ada = stage.join(browser(), "muted", ADA);
        Guest grace = stage.join(browser(), "muted", GRACE);
        ada.awaitPicturesOf(List.of(GRACE));
        grace.awaitPicturesOf(List.of(ADA));
        Page seen = ada.page();
        grace.page().click("#camera");
        seen.waitUntil("document.querySelectorAll('.has-picture').length === 1", SOON);
        grace.page().click("#camera");
        seen.waitUntil("document.querySelectorAll('.has-picture').length === 2", SOON);

        Room room = stage.server().sluice().rooms().find("muted").orElseThrow();
        String track =
                seen.evaluate("sluice.participants[0].tracks.find(t => t.kind === 'audio').id")
                        .asText();
        CompletableFuture<TrackInfo> muted = new CompletableFuture<>();
        room.submit(new RoomCommand.Mute(track, true, Origin.ROOM, "", muted));
        seen.waitUntil("document.querySelectorAll('.tile.muted').length === 1", SOON);
        grace.page()
                .waitUntil(
                        "document.querySelector('#alert-text').textContent ==="
                                + " 'The room muted your microphone.'",
                        SOON);
        // The room allows it, unless it says otherwise.
        grace.page().click("#microphone");
        seen.waitUntil("document.querySelectorAll('.tile.muted').length === 0", SOON);

        room.submit(new RoomCommand.Close(RoomEnd.DELETED, new CompletableFuture<>()));
        seen.waitUntil("!document.body.classList.contains('in-call')", SOON);
        assertThat(seen.evaluate("document.querySelector('#alert-text').textContent").asText())
                .isEqualTo("The room was closed.");
    }

    @Test
    void shouldShowAPictureToALatecomerWithinASecond() {
        List<Guest> guests = joinThree("late");

        List<String> missed = new ArrayList<>();
        boolean soon = false;
        for (int round = 0; round < ROUNDS && !soon; round++) {
            Guest late = stage.guest(browser(), "late", "Late " + round);
            late.startStopwatch();
            late.join();
            late.awaitPicturesOf(THREE);
            Map<String, Double> delaysMillis = late.pictureDelaysMillis();
            // A slow machine is slow with that, too.
            double mostMillis = Math.max(FIRST_PICTURE_MILLIS_MAX, late.connectedAfterMillis());
            LOG.info(
                    "milliseconds from connected to first pictures: {}, to connected {}",
                    delaysMillis,
                    late.connectedAfterMillis());
            assertThat(delaysMillis).hasSize(THREE.size());
            soon = delaysMillis.values().stream().allMatch(delay -> delay < mostMillis);
            missed.add("%s, at most %.0f".formatted(delaysMillis, mostMillis));
            List<String> four = new ArrayList<>(THREE);
            four.add(late.name());
            guests.forEach(guest -> guest.awaitPicturesOf(others(four, guest)));
            late.page().click("#leave");
            guests.forEach(guest -> guest.awaitOnly(others(THREE, guest), SOON));
        }
        assertThat(soon).as("%s", missed).isTrue();
    }

    /** A percent sign that is no code of a character. */
    @Test
    void shouldJoinARoomThatSomebodyTypedIntoTheAddress() {
        Page page = stage.open(browser(), "/plain/#50%");
        assertThat(page.evaluate("document.querySelector('[name=room]').value").asText())
                .isEqualTo("50%");
        page.type("[name=name]", ADA);
        page.click("[name=enter]");
        page.waitUntil("sluice.state === 'connected'", SOON);
    }

    @Test
    void shouldForgetWhoLeavesWithinTwoSeconds() {
        List<Guest> guests = joinThree("leaving");
        List<Page> staying = List.of(guests.get(0).page(), guests.get(1).page());
        guests.forEach(guest -> guest.page().evaluate(CLOCKS));

        guests.get(2).page().click("#leave");

        guests.get(0).awaitOnly(List.of(GRACE), SOON);
        guests.get(1).awaitOnly(List.of(ADA), SOON);
        Page left = guests.get(2).page();
        left.waitUntil("sluice.state === 'ended'", SOON);
        double leftMillis = left.evaluate("clicked").asDouble();
        for (Page page : staying) {
            page.waitUntil("window.alone", SOON);
            assertThat(page.evaluate("alone").asDouble() - leftMillis)
                    .isLessThan(FORGOTTEN_MILLIS_MAX);
        }
    }

    @Test
    void shouldTakeAReloadedPageBackAsTheSamePerson() {
        List<Guest> guests = joinThree("reload");
        Guest reloaded = guests.get(1);
        String identity = reloaded.page().evaluate("sluice.self.identity").asText();

        reloaded.reload();

        guests.forEach(guest -> guest.awaitPicturesOf(others(THREE, guest)));
        guests.forEach(guest -> guest.awaitOnly(others(THREE, guest), SOON));
        assertThat(reloaded.page().evaluate("sluice.self.identity").asText()).isEqualTo(identity);
    }

    @Test
    void shouldGoOnOverAnIceRestart() {
        Guest ada = stage.join(browser(), "restart", ADA);
        Guest grace = stage.join(browser(), "restart", GRACE);
        ada.awaitPicturesOf(List.of(GRACE));
        grace.awaitPicturesOf(List.of(ADA));
        ada.page()
                .evaluate(
                        "void (window.states = [], sluice.pc.onconnectionstatechange ="
                                + " () => states.push(sluice.pc.connectionState))");
        List<String> before = ufrags(ada);

        ada.page().evaluate("sluice.restartIce()");
        await("new credentials on both sides, in use")
                .until(() -> {
                    List<String> now = ufrags(ada);
                    String used =
                            ada.look().path("transport").path("iceLocalUsernameFragment").asText();
                    return !now.get(0).equals(before.get(0))
                            && !now.get(1).equals(before.get(1))
                            && used.equals(now.get(0));
                });

        // The first look: right after; the second: when the old credentials have long expired.
        Duration overlap = SluiceConfig.development().ice().timeouts().restartOverlap();
        for (Duration passed : List.of(Duration.ZERO, overlap.plusSeconds(1))) {
            double startMillis = timestamp(ada.look());
            await("time passes")
                    .until(() -> timestamp(ada.look()) - startMillis >= passed.toMillis());
            assertMediaFlows(ada, grace);
        }
        assertThat(ada.page().evaluate("states").toString())
                .doesNotContain("disconnected", "failed");
    }

    private static void assertMediaFlows(Guest one, Guest other) {
        JsonNode oneBefore = one.look();
        JsonNode otherBefore = other.look();
        await("frames both ways")
                .until(() ->
                        Guest.hasMoreFrames(oneBefore, one.look(), List.of(other.name()))
                                && Guest.hasMoreFrames(
                                        otherBefore, other.look(), List.of(one.name())));
    }

    /** The first of the descriptions, local and remote; all sections are bundled. */
    private static List<String> ufrags(Guest guest) {
        List<String> ufrags = new ArrayList<>();
        for (String side : List.of("local", "remote")) {
            ufrags.add(
                    guest.page()
                            .evaluate(
                                    "sluice.pc."
                                            + side
                                            + "Description.sdp.match(/a=ice-ufrag:(.*)/)[1].trim()")
                            .asText());
        }
        return ufrags;
    }
}
