package io.sluice.calls;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.rest.Call;
import io.sluice.api.rest.Fields;
import io.sluice.api.rest.Operation;
import io.sluice.api.rest.Refusal;
import io.sluice.calls.Lobbies.Answer;
import io.sluice.calls.Lobbies.Seat;
import io.sluice.calls.Lobbies.Waiting;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The lobby, seen by guests and by the host. Used from all event loops. */
final class LobbyOperations {
    private static final String LOBBY = CallAccess.CALL + "/lobby";
    private static final String ONE = LOBBY + "/{guest}";

    /** Proxies close what is silent for 30 to 60 s. */
    private static final int MAX_WAIT_SECONDS = 25;

    private final CallAccess access;
    private final Entrance entrance;
    private final Lobbies lobbies;

    LobbyOperations(CallAccess access, Entrance entrance, Lobbies lobbies) {
        this.access = access;
        this.entrance = entrance;
        this.lobbies = lobbies;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(LOBBY, Operation.Access.BEARER, this::list),
                Operation.get(ONE, Operation.Access.OPEN, this::show),
                Operation.post(ONE, Operation.Access.BEARER, this::answer),
                new Operation(HttpMethod.DELETE, ONE, Operation.Access.OPEN, false, this::leave));
    }

    // ---- the guest, by its ticket

    private void show(Call call) throws Refusal {
        call.requireQueryOf(Set.of("wait"));
        Duration wait = waitTime(call);
        CallRecord record = access.find(call);
        Seat seat = seat(call, record.code());
        if (seat.answer() != Answer.WAITING || wait.isZero()) {
            tell(call, record.code());
            return;
        }
        call.awaitNews(
                lobbies.guestNews(call.parameter("guest")), wait, () -> tell(call, record.code()));
    }

    private Seat seat(Call call, String code) throws Refusal {
        return lobbies.look(code, call.parameter("guest"), System.nanoTime())
                .orElseThrow(LobbyOperations::noTicket);
    }

    private static Refusal noTicket() {
        return new Refusal(
                404,
                "ticket-not-found",
                "Not found",
                "Nobody waits with this ticket (any more): ask to join again.");
    }

    private void tell(Call call, String code) throws Refusal {
        CallRecord record = access.again(code);
        Seat seat = seat(call, code);
        ObjectNode answer =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("state", seat.answer().name().toLowerCase(Locale.ROOT));
        switch (seat.answer()) {
            case WAITING, REFUSED -> call.answer(200, answer);
            case ADMITTED ->
                    entrance.admit(
                            call,
                            record,
                            seat.identity(),
                            seat.name(),
                            false,
                            door -> {
                                // Used up: whoever is removed later does not come back by it.
                                lobbies.leave(code, call.parameter("guest"));
                                call.answer(200, answer.set("join", door));
                            });
        }
    }

    private void leave(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        CallRecord record = access.find(call);
        lobbies.leave(record.code(), call.parameter("guest"));
        call.answerNothing();
    }

    // ---- the host

    private void list(Call call) throws Refusal {
        call.requireQueryOf(Set.of("wait", "after"));
        Duration wait = waitTime(call);
        Long after = number(call, "after", Long.MAX_VALUE);
        CallRecord record = access.requireHost(call);
        if (after == null || wait.isZero()) {
            list(call, record.code());
            return;
        }
        // Who is gone for long is a change too.
        Waiting _ = lobbies.waiting(record.code(), System.nanoTime());
        CompletableFuture<Void> news = lobbies.hostNews(record.code(), after);
        call.awaitNews(
                news,
                wait,
                () -> {
                    lobbies.hostLeft(record.code(), news);
                    list(call, access.again(record.code()).code());
                });
    }

    private void list(Call call, String code) {
        Waiting waiting = lobbies.waiting(code, System.nanoTime());
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("version", waiting.version());
        ArrayNode guests = answer.putArray("waiting");
        waiting.guests()
                .forEach(guest ->
                        guests.addObject()
                                .put("id", guest.id())
                                .put("name", guest.name())
                                .put(
                                        "since",
                                        Instant.ofEpochMilli(guest.sinceMillis()).toString()));
        call.answer(200, answer);
    }

    private void answer(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        CallRecord record = access.requireHost(call);
        Fields body = call.body();
        Boolean admit = body.flag("admit");
        body.requireNoOthers();
        if (admit == null) {
            throw Fields.invalid("admit", "is missing");
        }
        String id = call.parameter("guest");
        Seat seat =
                lobbies.seat(record.code(), id)
                        .orElseThrow(() ->
                                new Refusal(
                                        404,
                                        "guest-not-found",
                                        "Not found",
                                        "Nobody waits under this id (any more)."));
        lobbies.answer(record.code(), id, admit);
        call.answer(
                200,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("identity", seat.identity())
                        .put("admitted", admit));
    }

    // ---- the query

    static Duration waitTime(Call call) throws Refusal {
        Long seconds = number(call, "wait", MAX_WAIT_SECONDS);
        return Duration.ofSeconds(seconds == null ? 0 : seconds);
    }

    static @Nullable Long number(Call call, String name, long most) throws Refusal {
        String text = call.query(name);
        if (text == null) {
            return null;
        }
        if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) > most) {
            throw Refusal.invalid(
                    "invalid-parameter",
                    "The parameter \""
                            + name
                            + "\" must be a whole number from 0 to "
                            + most
                            + ".");
        }
        return Long.parseLong(text);
    }
}
