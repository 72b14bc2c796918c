package io.sluice.api.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.ApiConfig;
import io.sluice.api.ApiLimits;
import io.sluice.api.ApiLimits.EventLimits;
import io.sluice.api.Grants;
import io.sluice.room.RoomEvent;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EventFeedTest {
    private static final EventLimits USUAL = ApiLimits.defaults().events();
    private static final String EVENTS = "/api/v1/events";

    private RestServer server;

    @BeforeEach
    void start() throws IOException {
        serve(USUAL);
    }

    private void serve(EventLimits limits) throws IOException {
        ApiConfig config = RestServer.config();
        server = new RestServer(config.withLimits(config.limits().withEvents(limits)));
    }

    private void restart(EventLimits limits) throws IOException {
        server.close();
        serve(limits);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private EventReader read(String path, @Nullable String lastEventId) {
        HttpRequest.Builder request =
                server.request(path).header("Authorization", "Bearer " + server.operator);
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        return new EventReader(server.stream(request));
    }

    private EventReader read() {
        return read(EVENTS, null);
    }

    private void create(String room) {
        String body = new JsonObject().put("name", room).encode();
        assertThat(server.ask("POST", "/api/v1/rooms", body).statusCode()).isEqualTo(201);
    }

    @Test
    void shouldTellTheLifeOfARoomInOrder() throws IOException {
        Manual manual = new Manual(server.ask("GET", "/api/v1/openapi.yaml", null, null).body());
        try (EventReader events = read()) {
            create("maths");
            LiveRooms.Guest ada = server.live.join("maths", "ada");
            server.live.publish("maths", ada, "TR_a");
            String mute = "/api/v1/rooms/maths/tracks/TR_a/mute";
            server.ask("POST", mute, "{\"muted\": true}");
            server.ask("POST", mute, "{\"muted\": false}");
            server.ask("PATCH", "/api/v1/rooms/maths", "{\"metadata\": \"m\"}");
            server.ask("PATCH", "/api/v1/rooms/maths/participants/ada", "{\"name\": \"A\"}");
            server.ask("DELETE", "/api/v1/rooms/maths", null);

            for (String type :
                    List.of(
                            "room-started",
                            "participant-joined",
                            "track-published",
                            "track-muted",
                            "track-unmuted",
                            "room-updated",
                            "participant-updated")) {
                hold(manual, events.next(), type);
            }
            EventReader.Event last;
            do {
                last = events.next();
                hold(manual, last, last.type());
            } while (!last.type().equals("room-ended"));
            assertThat(last.data().getString("reason")).isEqualTo("deleted");
        }
    }

    private static void hold(Manual manual, EventReader.Event event, String type) {
        assertThat(event.type()).isEqualTo(type);
        if (type.equals("room-started")) {
            JsonObject room = event.data().copy();
            room.remove("at");
            manual.holdSchema("/components/schemas/Room", room.encode(), type);
        } else {
            assertThat(event.data().getString("room")).isEqualTo("maths");
            manual.holdSchema("/components/schemas/Event", event.data().encode(), type);
        }
    }

    @Test
    void shouldGoOnWhereAReaderLeft() {
        String lastId;
        try (EventReader first = read()) {
            create("a");
            lastId = first.next().id();
        }
        create("b");
        create("c");

        try (EventReader again = read(EVENTS, lastId)) {
            assertThat(again.next().data().getString("name")).isEqualTo("b");
            assertThat(again.next().data().getString("name")).isEqualTo("c");
            create("d");
            assertThat(again.next().data().getString("name")).isEqualTo("d");
        }
    }

    @Test
    void shouldGiveANumberToComeBackWithBeforeAnythingHappens() {
        String id;
        try (EventReader first = read()) {
            id = first.nextId();
        }
        create("a");

        try (EventReader again = read(EVENTS, id)) {
            assertThat(again.next().data().getString("name")).isEqualTo("a");
        }
    }

    @Test
    void shouldSayHowManyEventsAReaderHasMissed() throws IOException {
        restart(new EventLimits(10, 2, 10_000, 10_000, 100, Duration.ofSeconds(15)));
        String id;
        try (EventReader first = read()) {
            id = first.nextId();
        }
        List.of("a", "b", "c", "d", "e").forEach(this::create);
        // A reader of now has all five behind it.
        await().until(() -> {
            try (EventReader now = read()) {
                return now.nextId().endsWith("-5");
            }
        });

        try (EventReader again = read(EVENTS, id)) {
            EventReader.Event gap = again.next();
            assertThat(gap.type()).isEqualTo("gap");
            assertThat(gap.data().getInteger("missed")).isEqualTo(3);
            assertThat(again.next().data().getString("name")).isEqualTo("d");
        }
        // The gap itself is a place to come back to.
        try (EventReader again = read(EVENTS, id.replaceAll("-0$", "-3"))) {
            assertThat(again.next().data().getString("name")).isEqualTo("d");
        }
    }

    @Test
    void shouldKnowThatANumberIsOfAnotherLifeOrNone() {
        for (String id : List.of("00000000-1", "nonsense", "7", "-1", "x".repeat(10_000))) {
            try (EventReader events = read(EVENTS, id)) {
                assertThat(events.next().type()).isEqualTo("gap");
            }
        }
    }

    @Test
    void shouldTellOfOneRoomOnly() {
        String admin = server.token(Grants.administration("a", false, false, "maths"));
        HttpRequest.Builder request = server.request(EVENTS + "?room=maths&access_token=" + admin);
        try (EventReader events = new EventReader(server.stream(request))) {
            create("chess");
            create("maths");

            assertThat(events.next().data().getString("name")).isEqualTo("maths");
        }
        assertThat(server.ask("GET", EVENTS, admin, null).statusCode()).isEqualTo(403);
        assertThat(server.ask("GET", EVENTS + "?room=chess", admin, null).statusCode())
                .isEqualTo(403);
    }

    @Test
    void shouldShowSignsOfLifeWithTheNewestNumber() throws IOException {
        restart(new EventLimits(10, 10, 10_000, 10_000, 100, Duration.ofMillis(20)));
        try (EventReader events = read(EVENTS + "?room=maths", null)) {
            create("chess");

            await().until(() -> events.nextId().endsWith("-1"));
        }
    }

    @Test
    void shouldEndWithItsToken() throws IOException {
        restart(new EventLimits(10, 10, 10_000, 10_000, 100, Duration.ofMillis(20)));
        // Of clocks that differ by a minute this one is good, but for no longer.
        String token = server.tokens.issue("key", RestServer.OPERATOR, Duration.ofMillis(-10));
        HttpRequest.Builder request = server.request(EVENTS + "?access_token=" + token);

        try (EventReader events = new EventReader(server.stream(request))) {
            assertThat(events.hasEnded()).isTrue();
        }
        await().until(() -> server.api.events().streams() == 0);
    }

    @Test
    void shouldRefuseMoreStreamsThanItMayHave() throws IOException {
        restart(new EventLimits(1, 10, 10_000, 10_000, 100, Duration.ofMillis(20)));
        try (EventReader events = read()) {
            events.nextId();
            assertThat(server.get(EVENTS).statusCode()).isEqualTo(503);
            assertThat(server.api.events().refusedStreams()).isEqualTo(1);
        }
        await().until(() -> server.api.events().streams() == 0);
        try (EventReader events = read()) {
            assertThat(events.nextId()).isNotEmpty();
        }
    }

    @Test
    void shouldCutOffWhoDoesNotRead() throws IOException {
        restart(new EventLimits(10, 10, 10_000, 200_000, 1_000, Duration.ofSeconds(15)));
        var event = new RoomEvent.RoomUpdated("x".repeat(4_096));
        try (Socket sleeper = server.connect();
                EventReader reader = read()) {
            sleeper.setReceiveBufferSize(4_096);
            String request =
                    "GET " + EVENTS + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ";
            sleeper.getOutputStream()
                    .write(
                            (request + server.operator + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            await().until(() -> server.api.events().streams() == 2);

            for (int i = 0; server.api.events().slowReaders() == 0 && i < 50_000; i++) {
                server.api.events().onRoomEvent("RM_x", "maths", event);
                // Who reads is not cut off.
                assertThat(reader.next().type()).isEqualTo("room-updated");
            }

            assertThat(server.api.events().slowReaders()).isEqualTo(1);
            await().until(() -> server.api.events().streams() == 1);
        }
    }

    @Test
    void shouldSayThatEventsGotLostOnTheirWay() throws Exception {
        restart(new EventLimits(10, 10, 10_000, 10_000, 2, Duration.ofMillis(20)));
        try (EventReader events = read()) {
            events.nextId();
            CountDownLatch goOn = new CountDownLatch(1);
            CountDownLatch held = new CountDownLatch(1);
            server.api
                    .events()
                    .onOwnLoop(() -> {
                        held.countDown();
                        awaitQuietly(goOn);
                    });
            awaitQuietly(held);
            server.live.join("maths", "ada");
            server.live.join("maths", "bob");
            server.live.join("maths", "eve");
            goOn.countDown();

            assertThat(events.next().type()).isEqualTo("gap");
            assertThat(server.api.events().lostEvents()).isPositive();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
