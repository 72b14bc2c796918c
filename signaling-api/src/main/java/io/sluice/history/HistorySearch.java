package io.sluice.history;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds calls and events. Whatever is searched for travels as a parameter of the statement.
 *
 * <p>Owned by the database thread of {@link History}.
 */
final class HistorySearch {
    /** People named with a call in a list. */
    private static final int MAX_PEOPLE = 100;

    private static final int TIMEOUT_SECONDS = 10;

    private final Connection connection;

    HistorySearch(Connection connection) {
        this.connection = connection;
    }

    /** A statement that grows, with what stands in its places. */
    private static final class Conditions {
        private final StringBuilder sql = new StringBuilder();
        private final List<Object> values = new ArrayList<>();

        void add(String condition, Object... ofPlaces) {
            sql.append(values.isEmpty() && sql.isEmpty() ? " WHERE " : " AND ").append(condition);
            values.addAll(List.of(ofPlaces));
        }

        void fill(PreparedStatement statement) throws SQLException {
            for (int i = 0; i < values.size(); i++) {
                switch (values.get(i)) {
                    case Long number -> statement.setLong(i + 1, number);
                    case Object text -> statement.setString(i + 1, text.toString());
                }
            }
        }
    }

    /** Somewhere in a text, whatever signs it has that LIKE would understand. */
    private static String somewhere(String text) {
        return "%"
                + text.toLowerCase(Locale.ROOT)
                        .replace("!", "!!")
                        .replace("%", "!%")
                        .replace("_", "!_")
                + "%";
    }

    /** A page, the oldest first. */
    List<KeptEvent> events(EventQuery wanted) throws SQLException {
        Conditions where = new Conditions();
        where.add("id > ?", wanted.after());
        equal(where, "call_id", wanted.callId());
        equal(where, "room", wanted.room());
        equal(where, "identity", wanted.identity());
        equal(where, "kind", wanted.kind() == null ? null : wanted.kind().word());
        if (wanted.fromMillis() != null) {
            where.add("at_millis >= ?", wanted.fromMillis());
        }
        if (wanted.toMillis() != null) {
            where.add("at_millis < ?", wanted.toMillis());
        }
        if (wanted.text() != null) {
            where.add(EVENT_TEXT, somewhere(wanted.text()));
        }
        List<KeptEvent> page = new ArrayList<>();
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT id, event_id, kind, call_id, room, at_millis, participant_id,"
                                + " identity, name, detail FROM history_event"
                                + where.sql
                                + " ORDER BY id LIMIT "
                                + wanted.limit())) {
            query.setQueryTimeout(TIMEOUT_SECONDS);
            where.fill(query);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    page.add(event(rows));
                }
            }
        }
        return page;
    }

    private static final String EVENT_TEXT = "searched LIKE ? ESCAPE '!'";

    private static void equal(Conditions where, String column, @Nullable String value) {
        if (value != null) {
            where.add(column + " = ?", value);
        }
    }

    private static KeptEvent event(ResultSet row) throws SQLException {
        return new KeptEvent(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                Instant.ofEpochMilli(row.getLong(6)),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                CallEvent.details(row.getString(10)));
    }

    /** A page, the newest first. */
    List<KeptCall> calls(CallQuery wanted) throws SQLException {
        Conditions where = new Conditions();
        where.add("c.id < ?", wanted.before());
        equal(where, "c.call_id", wanted.callId());
        equal(where, "c.room", wanted.room());
        if (wanted.fromMillis() != null) {
            where.add("c.started_millis >= ?", wanted.fromMillis());
        }
        if (wanted.toMillis() != null) {
            where.add("c.started_millis < ?", wanted.toMillis());
        }
        if (wanted.identity() != null) {
            where.add(
                    "c.call_id IN (SELECT call_id FROM history_event WHERE identity = ?)",
                    wanted.identity());
        }
        if (wanted.text() != null) {
            // A call's title is in its first event.
            where.add(
                    "c.call_id IN (SELECT call_id FROM history_event WHERE " + EVENT_TEXT + ")",
                    somewhere(wanted.text()));
        }
        Map<String, KeptCall> page = new LinkedHashMap<>();
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT c.id, c.call_id, c.room, c.title, c.started_millis, c.ended_millis,"
                                + " c.end_reason FROM history_call c"
                                + where.sql
                                + " ORDER BY c.id DESC LIMIT "
                                + wanted.limit())) {
            query.setQueryTimeout(TIMEOUT_SECONDS);
            where.fill(query);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    KeptCall call = call(rows);
                    page.put(call.callId(), call);
                }
            }
        }
        return withPeople(page);
    }

    private static KeptCall call(ResultSet row) throws SQLException {
        long endedMillis = row.getLong(6);
        @Nullable Instant ended = row.wasNull() ? null : Instant.ofEpochMilli(endedMillis);
        return new KeptCall(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                Instant.ofEpochMilli(row.getLong(5)),
                ended,
                row.getString(7),
                List.of(),
                0);
    }

    private List<KeptCall> withPeople(Map<String, KeptCall> page) throws SQLException {
        if (page.isEmpty()) {
            return List.of();
        }
        Map<String, Map<String, KeptCall.Person>> people = new LinkedHashMap<>();
        Map<String, Integer> photos = new LinkedHashMap<>();
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT call_id, kind, identity, name FROM history_event WHERE kind IN"
                                + " ('joined', 'snapshot') AND call_id IN (?"
                                + ", ?".repeat(page.size() - 1)
                                + ") ORDER BY id")) {
            query.setQueryTimeout(TIMEOUT_SECONDS);
            int place = 1;
            for (String callId : page.keySet()) {
                query.setString(place++, callId);
            }
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    String callId = rows.getString(1);
                    if (rows.getString(2).equals(EventKind.SNAPSHOT.word())) {
                        photos.merge(callId, 1, Integer::sum);
                        continue;
                    }
                    var there = people.computeIfAbsent(callId, _ -> new LinkedHashMap<>());
                    String identity = rows.getString(3);
                    if (there.size() < MAX_PEOPLE || there.containsKey(identity)) {
                        there.put(identity, new KeptCall.Person(identity, rows.getString(4)));
                    }
                }
            }
        }
        return page.values().stream()
                .map(call ->
                        new KeptCall(
                                call.key(),
                                call.callId(),
                                call.room(),
                                call.title(),
                                call.startedAt(),
                                call.endedAt(),
                                call.endReason(),
                                List.copyOf(people.getOrDefault(call.callId(), Map.of()).values()),
                                photos.getOrDefault(call.callId(), 0)))
                .toList();
    }
}
