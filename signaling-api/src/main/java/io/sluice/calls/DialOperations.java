package io.sluice.calls;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.AddressRates;
import io.sluice.api.rest.Call;
import io.sluice.api.rest.Fields;
import io.sluice.api.rest.Operation;
import io.sluice.api.rest.Refusal;
import io.sluice.calls.Dialing.News;
import io.sluice.calls.Dialing.Outgoing;
import io.sluice.calls.Dialing.Presence;
import io.sluice.calls.Dialing.Reach;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Ringing one device from another, into a call for both. Used from all event loops. */
final class DialOperations {
    private static final String DIAL = "/api/v1/dial";
    private static final String RING = DIAL + "/rings/{ring}";

    /** More than anybody looks through on a start page. */
    private static final int MAX_CONTACTS = 50;

    private static final int MAX_NUMBER_CHARS = 48;

    /** One who calls through a list of people, and is not reached by most, stays below. */
    private static final Duration RING_INTERVAL = Duration.ofSeconds(6);

    private static final int RING_BURST = 20;

    private final Dialing dialing;
    private final CallOperations calls;
    private final AddressRates rates;
    private final InstantSource clock;

    DialOperations(Dialing dialing, CallOperations calls, CallsConfig config, InstantSource clock) {
        this.dialing = dialing;
        this.calls = calls;
        this.clock = clock;
        rates = new AddressRates(RING_INTERVAL, RING_BURST, config.maxAddresses());
    }

    List<Operation> operations() {
        return List.of(
                Operation.post(DIAL + "/here", Operation.Access.OPEN, this::here),
                Operation.post(DIAL + "/gone", Operation.Access.OPEN, this::gone),
                Operation.post(DIAL + "/rings", Operation.Access.OPEN, this::ring),
                Operation.get(RING, Operation.Access.OPEN, this::show),
                new Operation(HttpMethod.DELETE, RING, Operation.Access.OPEN, false, this::cancel),
                Operation.post(RING + "/answer", Operation.Access.OPEN, this::answer));
    }

    // ---- whoever can be rung

    private void here(Call call) throws Refusal {
        call.requireQueryOf(Set.of("wait", "after"));
        Duration wait = LobbyOperations.waitTime(call);
        Long after = LobbyOperations.number(call, "after", Long.MAX_VALUE);
        Fields body = call.body();
        String number = DialNumbers.of(CallAccess.device(body));
        Long seen = body.whole("seenMissed", 0, Long.MAX_VALUE);
        Presence presence =
                new Presence(
                        number,
                        PersonNames.name(body),
                        body.flag("busy", false),
                        numbers(body, "contacts"),
                        numbers(body, "instant"),
                        seen == null ? 0 : seen);
        body.requireNoOthers();
        News news = dialing.here(presence, System.nanoTime());
        if (after == null || wait.isZero() || news.version() != after) {
            tell(call, number, news);
            return;
        }
        call.awaitNews(
                dialing.awaitNews(number, after),
                wait,
                () -> tell(call, number, dialing.look(number, System.nanoTime()).orElse(news)));
    }

    private static Set<String> numbers(Fields body, String field) throws Refusal {
        List<String> sent = body.texts(field, MAX_CONTACTS);
        Set<String> numbers = new LinkedHashSet<>();
        for (String one : sent == null ? List.<String>of() : sent) {
            numbers.add(number(field, one));
        }
        return numbers;
    }

    private static String number(String field, String typed) throws Refusal {
        return DialNumbers.read(typed)
                .orElseThrow(() -> Fields.invalid(field, "must be numbers of twelve letters"));
    }

    private static void tell(Call call, String number, News news) {
        ObjectNode answer =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("number", number)
                        .put("version", news.version());
        ArrayNode contacts = answer.putArray("contacts");
        news.contacts()
                .forEach(one ->
                        contacts.addObject()
                                .put("number", one.number())
                                .put("state", word(one.reach())));
        ArrayNode incoming = answer.putArray("incoming");
        for (Dialing.Incoming one : news.incoming()) {
            incoming.addObject()
                    .put("id", one.id())
                    .put("number", one.number())
                    .put("name", one.name())
                    .put("audioOnly", one.audioOnly())
                    .put("instant", one.instant());
        }
        ArrayNode missed = answer.putArray("missed");
        news.missed()
                .forEach(one ->
                        missed.addObject()
                                .put("id", one.id())
                                .put("number", one.number())
                                .put("name", one.name())
                                .put("at", Instant.ofEpochMilli(one.atMillis()).toString()));
        call.answer(200, answer);
    }

    private void gone(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        Fields body = call.body();
        String device = CallAccess.device(body);
        body.requireNoOthers();
        dialing.gone(DialNumbers.of(device));
        call.answerNothing();
    }

    private void answer(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        Fields body = call.body();
        String number = DialNumbers.of(CallAccess.device(body));
        Boolean accept = body.flag("accept");
        body.requireNoOthers();
        if (accept == null) {
            throw Fields.invalid("accept", "is missing");
        }
        Outgoing ring =
                dialing.answer(number, call.parameter("ring"), accept, System.nanoTime())
                        .orElseThrow(DialOperations::noRing);
        ObjectNode answer = state(ring);
        call.answer(200, accept ? answer.put("code", ring.code()) : answer);
    }

    // ---- whoever rings

    private void ring(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        Fields body = call.body();
        String device = CallAccess.device(body);
        String name = PersonNames.name(body);
        String to = number("to", body.requiredText("to", MAX_NUMBER_CHARS));
        boolean audioOnly = body.flag("audioOnly", false);
        body.requireNoOthers();
        String number = DialNumbers.of(device);
        if (number.equals(to)) {
            throw Refusal.invalid("own-number", "Nobody can ring the device that rings.");
        }
        if (!rates.pass(call.address(), System.nanoTime())) {
            throw CallAccess.tooMany(
                    call,
                    RING_INTERVAL.toSeconds(),
                    "too-many-calls",
                    "Too many calls are made from your address.");
        }
        Presence from = new Presence(number, name, false, Set.of(), Set.of(), 0);
        Reach reach = dialing.reach(to, System.nanoTime());
        switch (reach) {
            case ABSENT, BUSY -> {
                dialing.missed(from, to, reach, clock.millis());
                throw notReached(reach);
            }
            case FREE -> {
                CallRecord made = calls.makeForTwo(device, name, audioOnly);
                Outgoing ring =
                        dialing.ring(
                                        from,
                                        to,
                                        audioOnly,
                                        made.code(),
                                        clock.millis(),
                                        System.nanoTime())
                                .orElse(null);
                if (ring == null) {
                    calls.forget(made.code());
                    throw notReached(Reach.BUSY);
                }
                call.answer(
                        201,
                        state(ring)
                                .put("ring", ring.secret())
                                .set("call", calls.door(call, made, device)));
            }
        }
    }

    private static Refusal notReached(Reach reach) {
        return reach == Reach.BUSY
                ? new Refusal(409, "busy-there", "Busy", "Whoever has this number is in a call.")
                : new Refusal(409, "absent", "Not there", "No page is open that has this number.");
    }

    private void show(Call call) throws Refusal {
        call.requireQueryOf(Set.of("wait"));
        Duration wait = LobbyOperations.waitTime(call);
        String secret = call.parameter("ring");
        Outgoing ring = find(secret);
        if (ring.state() != Dialing.State.RINGING || wait.isZero()) {
            call.answer(200, state(ring));
            return;
        }
        call.awaitNews(
                dialing.awaitAnswer(secret), wait, () -> call.answer(200, state(find(secret))));
    }

    private Outgoing find(String secret) throws Refusal {
        return dialing.outgoing(secret, System.nanoTime()).orElseThrow(DialOperations::noRing);
    }

    private void cancel(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        dialing.cancel(call.parameter("ring"));
        call.answerNothing();
    }

    private static Refusal noRing() {
        return new Refusal(404, "ring-not-found", "Not found", "This rings no more.");
    }

    private static ObjectNode state(Outgoing ring) {
        return JsonNodeFactory.instance.objectNode().put("state", word(ring.state()));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
