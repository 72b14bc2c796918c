package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.history.CallQuery;
import io.sluice.history.EventKind;
import io.sluice.history.EventQuery;
import io.sluice.history.History;
import io.sluice.history.HistoryUnavailableException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Shows what happened in calls, and forgets it of whom it should. Used from all event loops. */
final class HistoryOperations {
    private static final String HISTORY = "/api/v1/history";

    private static final int MAX_PAGE_EVENTS = 1_000;
    private static final int MAX_PAGE_CALLS = 100;
    private static final int DEFAULT_PAGE = 100;

    /** A text to be searched for. */
    private static final int MAX_TEXT_CHARS = 200;

    private final @Nullable History history;

    /**
     * @param history null: none is kept
     */
    HistoryOperations(@Nullable History history) {
        this.history = history;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(HISTORY + "/calls", Operation.Access.BEARER, this::calls),
                Operation.get(HISTORY + "/events", Operation.Access.BEARER, this::events),
                Operation.get(HISTORY + "/export", Operation.Access.BEARER, this::export),
                Operation.delete(HISTORY + "/people/{identity}", this::erase));
    }

    private History history() throws Refusal {
        return required(history);
    }

    static History required(@Nullable History history) throws Refusal {
        if (history == null) {
            throw new Refusal(
                    404,
                    "no-history",
                    "Not found",
                    "This server keeps no history: it was started without, or its directory could"
                            + " not be used; its log says more.");
        }
        return history;
    }

    /** Says in the API's words that the database is away. */
    static <T> CompletableFuture<T> told(CompletableFuture<T> reply) {
        return reply.exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return CompletableFuture.failedFuture(
                    cause instanceof HistoryUnavailableException ? unavailable() : failure);
        });
    }

    private static Refusal unavailable() {
        return new Refusal(
                503,
                "history-unavailable",
                "Try later",
                "The history's database cannot be reached now. What happens meanwhile is kept, and"
                        + " shown when it is back.");
    }

    /** Who may see all rooms sees all calls; who administers a room, those of it. */
    private static void requireAccess(Call call, @Nullable String room) throws Refusal {
        if (room == null) {
            call.requireRoomList();
        } else {
            call.requireListOrAdminOf(room);
        }
    }

    private void calls(Call call) throws Refusal {
        String room = room(call);
        requireAccess(call, room);
        call.requireQueryOf(
                Set.of("room", "callId", "identity", "text", "from", "to", "limit", "before"));
        int limit = limit(call.query("limit"), MAX_PAGE_CALLS);
        CallQuery query =
                new CallQuery(
                        text(call, "callId"),
                        room,
                        text(call, "identity"),
                        text(call, "text"),
                        time(call, "from"),
                        time(call, "to"),
                        key(call, "before", Long.MAX_VALUE),
                        limit);
        call.await(
                told(history().calls(query)),
                page -> {
                    ObjectNode answer = RestJson.object();
                    ArrayNode calls = answer.putArray("calls");
                    page.forEach(one -> calls.add(HistoryJson.call(one)));
                    if (page.size() == limit) {
                        answer.put("next", Long.toString(page.getLast().key()));
                    }
                    call.answer(200, answer);
                });
    }

    private static final Set<String> EVENT_FILTERS =
            Set.of("room", "callId", "identity", "kind", "text", "from", "to");

    private EventQuery events(Call call, String... others) throws Refusal {
        String room = room(call);
        requireAccess(call, room);
        Set<String> known = new TreeSet<>(EVENT_FILTERS);
        known.addAll(List.of(others));
        call.requireQueryOf(known);
        return new EventQuery(
                text(call, "callId"),
                room,
                text(call, "identity"),
                kind(call.query("kind")),
                text(call, "text"),
                time(call, "from"),
                time(call, "to"),
                key(call, "after", 0),
                limit(call.query("limit"), MAX_PAGE_EVENTS));
    }

    private void events(Call call) throws Refusal {
        EventQuery query = events(call, "limit", "after");
        call.await(
                told(history().events(query)),
                page -> {
                    ObjectNode answer = RestJson.object();
                    ArrayNode events = answer.putArray("events");
                    page.forEach(one -> events.add(HistoryJson.event(one)));
                    if (page.size() == query.limit()) {
                        answer.put("next", Long.toString(page.getLast().key()));
                    }
                    call.answer(200, answer);
                });
    }

    private void export(Call call) throws Refusal {
        EventQuery query = events(call, "format");
        String wanted = call.query("format");
        EventFormat format =
                switch (wanted == null ? "json" : wanted) {
                    case "csv" -> EventFormat.CSV;
                    case "json" -> EventFormat.JSON;
                    default -> throw invalid("format must be csv or json");
                };
        History there = history();
        call.await(
                told(there.events(HistoryExport.firstPage(query))),
                page -> HistoryExport.begin(call, there, query, format, page));
    }

    private void erase(Call call) throws Refusal {
        call.requireRoomCreate();
        call.requireQueryOf(Set.of());
        String identity = call.parameter("identity");
        call.await(
                told(history().erase(identity)),
                erased -> call.answer(200, RestJson.object().put("erased", erased)));
    }

    // ---- parameters

    private static @Nullable String room(Call call) throws Refusal {
        String room = call.query("room");
        return room == null ? null : Call.roomName(room);
    }

    private static @Nullable String text(Call call, String name) throws Refusal {
        String text = call.query(name);
        if (text == null || text.isEmpty()) {
            return null;
        }
        if (text.length() > MAX_TEXT_CHARS || text.indexOf('\0') >= 0) {
            throw invalid(name + " must have no more than " + MAX_TEXT_CHARS + " characters");
        }
        return text;
    }

    private static @Nullable EventKind kind(@Nullable String word) throws Refusal {
        if (word == null) {
            return null;
        }
        return EventKind.ofWord(word)
                .orElseThrow(() ->
                        invalid(
                                "kind must be one of started, ended, joined, left, not_connected,"
                                        + " published, unpublished, quality, chat, snapshot,"
                                        + " missed"));
    }

    /** A moment, or the beginning of a day in UTC. */
    private static @Nullable Long time(Call call, String name) throws Refusal {
        String text = call.query(name);
        if (text == null) {
            return null;
        }
        try {
            Instant moment =
                    text.length() > 10
                            ? Instant.parse(text)
                            : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            return moment.toEpochMilli();
        } catch (DateTimeException | ArithmeticException malformed) {
            throw invalid(name + " must be a day as 2026-11-21 or a time as 2026-11-21T20:00:00Z");
        }
    }

    private static int limit(@Nullable String text, int most) throws Refusal {
        if (text == null) {
            return Math.min(DEFAULT_PAGE, most);
        }
        int limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > most) {
            throw invalid("limit must be a whole number from 1 to " + most);
        }
        return limit;
    }

    private static long key(Call call, String name, long otherwise) throws Refusal {
        String text = call.query(name);
        if (text == null) {
            return otherwise;
        }
        // 18 digits fit into a long.
        if (!text.matches("[0-9]{1,18}")) {
            throw invalid(name + " must be the \"next\" of a page before");
        }
        return Long.parseLong(text);
    }

    private static Refusal invalid(String what) {
        return Refusal.invalid("invalid-parameter", "The parameter " + what + ".");
    }
}
