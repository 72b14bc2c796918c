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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** People meet in a room, with the page in real browsers. */
final class ConferenceIT {
    @RegisterExtension static final BrowserStage stage = new BrowserStage();

    private static final Logger LOG = LoggerFactory.getLogger(ConferenceIT.class);
    private static final String ADA = "Ada Lovelace";
    private static final String GRACE = "Grace Hopper";
    private static final String ALAN = "Alan Turing";
    private static final List<String> THREE = List.of(ADA, GRACE, ALAN);

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration WATCHED = Duration.ofSeconds(10);
    private static final double MIN_FRAMES_PER_SECOND = 10;
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

        List<JsonNode> before = guests.stream().map(Guest::look).toList();
        double startMillis = timestamp(guests.getFirst().look());
        await("a while of watching")
                .atMost(WATCHED.multipliedBy(2))
                .until(() ->
                        timestamp(guests.getFirst().look()) - startMillis >= WATCHED.toMillis());
        List<JsonNode> after = guests.stream().map(Guest::look).toList();

        for (int i = 0; i < guests.size(); i++) {
            Guest guest = guests.get(i);
            assertThat(after.get(i).path("transport").path("srtpCipher").asText())
                    .endsWith("AEAD_AES_128_GCM");
            for (String other : others(THREE, guest)) {
                assertGoodPicture(before.get(i), after.get(i), guest.name(), other);
            }
        }
        takePicture(guests.getFirst());
    }

    private static double timestamp(JsonNode look) {
        return look.path("transport").path("timestamp").asDouble();
    }

    private static void assertGoodPicture(
            JsonNode before, JsonNode after, String viewer, String of) {
        JsonNode first = Guest.video(before, of);
        JsonNode last = Guest.video(after, of);
        double seconds =
                (last.path("timestamp").asDouble() - first.path("timestamp").asDouble()) / 1_000;
        String what = viewer + " watches " + of + ": " + last;
        double framesPerSecond = grown(first, last, "framesDecoded") / seconds;
        LOG.info(
                "{} watches {}: {} x {}, {} frames/s, frozen for {} s",
                viewer,
                of,
                last.path("frameWidth"),
                last.path("frameHeight"),
                framesPerSecond,
                grown(first, last, "totalFreezesDuration"));
        assertThat(framesPerSecond).as(what).isGreaterThanOrEqualTo(MIN_FRAMES_PER_SECOND);
        // Of a busy machine some; of a stream that misses packets or keyframes most of the time.
        assertThat(grown(first, last, "totalFreezesDuration")).as(what).isLessThan(seconds / 4);
        assertThat(Guest.audioEnergy(after, of))
                .as("energy of " + of + " as " + viewer + " hears it")
                .isGreaterThan(Guest.audioEnergy(before, of));
    }

    private static double grown(JsonNode before, JsonNode after, String field) {
        return after.path(field).asDouble() - before.path(field).asDouble();
    }

    /** For the README: three tiles, all with a picture. */
    private static void takePicture(Guest guest) throws IOException {
        guest.page().waitUntil("(await look()).pictures === 3", Duration.ofSeconds(5));
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

        Guest late = stage.guest(browser(), "late", "Late");
        late.startStopwatch();
        late.join();
        late.awaitPicturesOf(THREE);

        Map<String, Double> delaysMillis = late.pictureDelaysMillis();
        LOG.info("milliseconds from connected to first pictures: {}", delaysMillis);
        assertThat(delaysMillis.values())
                .as("%s", delaysMillis)
                .hasSize(THREE.size())
                .allMatch(delay -> delay < 1_000);
        List<String> four = new ArrayList<>(THREE);
        four.add(late.name());
        guests.forEach(guest -> guest.awaitPicturesOf(others(four, guest)));
    }

    /** A percent sign that is no code of a character. */
    @Test
    void shouldJoinARoomThatSomebodyTypedIntoTheAddress() {
        Page page = stage.open(browser(), "/#50%");
        assertThat(page.evaluate("document.querySelector('[name=room]').value").asText())
                .isEqualTo("50%");
        page.type("[name=name]", ADA);
        page.click("[name=enter]");
        page.waitUntil("sluice.state === 'connected'", SOON);
    }

    @Test
    void shouldForgetWhoLeavesWithinTwoSeconds() {
        List<Guest> guests = joinThree("leaving");

        guests.get(2).page().click("#leave");

        guests.get(0).awaitOnly(List.of(GRACE), Duration.ofSeconds(2));
        guests.get(1).awaitOnly(List.of(ADA), Duration.ofSeconds(2));
        assertThat(guests.get(2).look().path("state").asText()).isEqualTo("ended");
    }

    @Test
    void shouldTakeAReloadedPageBackAsTheSamePerson() {
        List<Guest> guests = joinThree("reload");
        Guest reloaded = guests.get(1);
        String identity = reloaded.page().evaluate("sluice.self.identity").asText();

        reloaded.reload();

        guests.forEach(guest -> guest.awaitPicturesOf(others(THREE, guest)));
        guests.forEach(guest -> guest.awaitOnly(others(THREE, guest), Duration.ofSeconds(2)));
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
                .atMost(Duration.ofSeconds(5))
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
                    .atMost(passed.plusSeconds(5))
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
                .atMost(Duration.ofSeconds(2))
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
