package io.sluice.history;

import io.sluice.database.LocalDatabase;
import io.sluice.database.SharedDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes what happened into the database, an H2 or a PostgreSQL.
 *
 * <p>Owned by the database thread of {@link History}.
 */
final class HistoryDatabase implements AutoCloseable {
    private static final String SCHEMA = "io/sluice/history/schema";
    private static final String VERSIONS = "sluice_history_version";
    private static final int VALID_WITHIN_SECONDS = 2;

    /** Of a result that may be larger than what one wants in memory. */
    private static final int FETCHED_ROWS = 1_000;

    /** Reasons for the end of a call whose server is gone. */
    static final String SERVER_LOST = "server_lost";

    private final Connection connection;
    private final String serverId;

    private HistoryDatabase(Connection connection, String serverId) {
        this.connection = connection;
        this.serverId = serverId;
    }

    /**
     * Opens the database, and brings it to this version.
     *
     * @param serverId whose calls are closed when it comes back
     */
    static HistoryDatabase open(HistoryConfig config, String serverId)
            throws SQLException, IOException {
        String url = config.url();
        Connection connection =
                url == null
                        ? LocalDatabase.open(config.directory(), "history", SCHEMA)
                        : SharedDatabase.open(
                                url, config.user(), config.password(), SCHEMA, VERSIONS);
        return new HistoryDatabase(connection, serverId);
    }

    Connection connection() {
        return connection;
    }

    /** Whether it is worth to ask once more. */
    boolean isThere() {
        try {
            return connection.isValid(VALID_WITHIN_SECONDS);
        } catch (SQLException gone) {
            return false;
        }
    }

    /** Takes events in, all or none; those that are there already are left alone. */
    void add(List<CallEvent> events) throws SQLException {
        try {
            Set<String> known = known(events);
            List<CallEvent> plain = new ArrayList<>();
            for (CallEvent event : events) {
                if (known.add(event.eventId())) {
                    if (event.kind() == EventKind.SERVER_STARTED) {
                        insert(plain);
                        plain.clear();
                        closeLost(event);
                    } else {
                        plain.add(event);
                    }
                }
            }
            insert(plain);
            connection.commit();
        } catch (SQLException | RuntimeException failed) {
            connection.rollback();
            throw failed;
        }
    }

    private Set<String> known(List<CallEvent> events) throws SQLException {
        Set<String> known = new HashSet<>();
        String places = "?" + ", ?".repeat(events.size() - 1);
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT event_id FROM history_event WHERE event_id IN (" + places + ")")) {
            int place = 1;
            for (CallEvent event : events) {
                query.setString(place++, event.eventId());
            }
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    known.add(rows.getString(1));
                }
            }
        }
        return known;
    }

    private void insert(List<CallEvent> events) throws SQLException {
        if (events.isEmpty()) {
            return;
        }
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO history_event (event_id, kind, call_id, room, at_millis,"
                                + " participant_id, identity, name, detail, searched) VALUES (?,"
                                + " ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (CallEvent event : events) {
                insert.setString(1, event.eventId());
                insert.setString(2, event.kind().word());
                insert.setString(3, event.callId());
                insert.setString(4, event.room());
                insert.setLong(5, event.atMillis());
                insert.setString(6, event.participantId());
                insert.setString(7, event.identity());
                insert.setString(8, event.name());
                insert.setString(9, event.detail());
                insert.setString(10, event.searched());
                insert.addBatch();
            }
            insert.executeBatch();
        }
        for (CallEvent event : events) {
            switch (event.kind()) {
                case STARTED -> begin(event);
                case ENDED -> end(event.callId(), event.atMillis(), reason(event));
                case JOINED,
                        LEFT,
                        NOT_CONNECTED,
                        PUBLISHED,
                        UNPUBLISHED,
                        QUALITY,
                        CHAT,
                        SNAPSHOT,
                        MISSED,
                        SERVER_STARTED -> {}
            }
        }
    }

    private static String reason(CallEvent event) {
        return event.details().path("reason").asText();
    }

    private void begin(CallEvent event) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO history_call (call_id, server_id, room, title, started_millis,"
                                + " end_reason) VALUES (?, ?, ?, ?, ?, '')")) {
            insert.setString(1, event.callId());
            insert.setString(2, serverId);
            insert.setString(3, event.room());
            String title = event.details().path("title").asText();
            insert.setString(4, title.substring(0, Math.min(title.length(), 256)));
            insert.setLong(5, event.atMillis());
            insert.executeUpdate();
        }
    }

    private void end(String callId, long atMillis, String reason) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        "UPDATE history_call SET ended_millis = ?, end_reason = ? WHERE call_id ="
                                + " ?")) {
            update.setLong(1, atMillis);
            update.setString(2, reason);
            update.setString(3, callId);
            update.executeUpdate();
        }
    }

    // ---- calls whose server died

    private record Lost(String callId, String room, long lastMillis) {}

    private record Somebody(String participantId, String identity, String name) {}

    /** What was open when this server started was ended by its death, when it was last known to live. */
    private void closeLost(CallEvent started) throws SQLException {
        long aliveMillis = started.details().path("aliveMillis").asLong();
        for (Lost call : lost()) {
            long endMillis = Math.min(started.atMillis(), Math.max(call.lastMillis(), aliveMillis));
            List<CallEvent> ends = new ArrayList<>();
            for (Somebody one : stillThere(call.callId())) {
                ends.add(lostEvent(EventKind.LEFT, call, one, endMillis));
            }
            ends.add(lostEvent(EventKind.ENDED, call, new Somebody("", "", ""), endMillis));
            insert(ends);
        }
    }

    /** The same each time, so that it stands there once. */
    private static CallEvent lostEvent(EventKind kind, Lost call, Somebody one, long atMillis) {
        String whose = one.participantId().isEmpty() ? call.callId() : one.participantId();
        return new CallEvent(
                whose + "-lost",
                kind,
                call.callId(),
                call.room(),
                atMillis,
                one.participantId(),
                one.identity(),
                one.name(),
                "{\"reason\":\"" + SERVER_LOST + "\"}");
    }

    private List<Lost> lost() throws SQLException {
        List<Lost> lost = new ArrayList<>();
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT c.call_id, c.room, COALESCE((SELECT MAX(e.at_millis) FROM"
                                + " history_event e WHERE e.call_id = c.call_id),"
                                + " c.started_millis) FROM history_call c WHERE c.server_id = ? AND"
                                + " c.ended_millis IS NULL ORDER BY c.id")) {
            query.setString(1, serverId);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    lost.add(new Lost(rows.getString(1), rows.getString(2), rows.getLong(3)));
                }
            }
        }
        return lost;
    }

    private List<Somebody> stillThere(String callId) throws SQLException {
        List<Somebody> there = new ArrayList<>();
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT j.participant_id, j.identity, j.name FROM history_event j WHERE"
                                + " j.call_id = ? AND j.kind = 'joined' AND NOT EXISTS (SELECT 1"
                                + " FROM history_event l WHERE l.call_id = j.call_id AND l.kind ="
                                + " 'left' AND l.participant_id = j.participant_id) ORDER BY"
                                + " j.id")) {
            query.setString(1, callId);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    there.add(
                            new Somebody(rows.getString(1), rows.getString(2), rows.getString(3)));
                }
            }
        }
        return there;
    }

    // ---- what is not kept any longer

    /** Forgets what happened before; a call goes when all of it has. Returns how many events that were. */
    int forget(long beforeMillis) throws SQLException {
        try (PreparedStatement events =
                        connection.prepareStatement(
                                "DELETE FROM history_event WHERE at_millis < ?");
                PreparedStatement calls =
                        connection.prepareStatement(
                                "DELETE FROM history_call WHERE ended_millis < ? AND NOT EXISTS"
                                        + " (SELECT 1 FROM history_event e WHERE e.call_id ="
                                        + " history_call.call_id)")) {
            events.setLong(1, beforeMillis);
            int forgotten = events.executeUpdate();
            calls.setLong(1, beforeMillis);
            calls.executeUpdate();
            connection.commit();
            return forgotten;
        } catch (SQLException | RuntimeException failed) {
            connection.rollback();
            throw failed;
        }
    }

    /**
     * Deletes all that is kept of a person: its events, and the entries of stills it took or is on, and of calls that it
     * did not take.
     */
    Erased erase(String identity) throws SQLException {
        try (PreparedStatement photos =
                        connection.prepareStatement(
                                "SELECT id, identity, detail FROM history_event WHERE kind ="
                                        + " 'snapshot' AND call_id IN (SELECT call_id FROM"
                                        + " history_event WHERE identity = ?)");
                PreparedStatement photo =
                        connection.prepareStatement("DELETE FROM history_event WHERE id = ?");
                PreparedStatement events =
                        connection.prepareStatement(
                                "DELETE FROM history_event WHERE identity = ?")) {
            List<String> photoIds = new ArrayList<>();
            int erased = 0;
            photos.setString(1, identity);
            try (ResultSet rows = photos.executeQuery()) {
                while (rows.next()) {
                    var detail = CallEvent.details(rows.getString(3));
                    boolean isOf = detail.path("of").asText().equals(identity);
                    if (isOf || rows.getString(2).equals(identity)) {
                        photoIds.add(detail.path("photoId").asText());
                        photo.setLong(1, rows.getLong(1));
                        erased += photo.executeUpdate();
                    }
                }
            }
            events.setString(1, identity);
            erased += events.executeUpdate();
            erased += eraseMissed(identity);
            connection.commit();
            return new Erased(erased, photoIds);
        } catch (SQLException | RuntimeException failed) {
            connection.rollback();
            throw failed;
        }
    }

    /** What was missed stands there under the number of who called: that of who was called is in its detail. */
    private int eraseMissed(String identity) throws SQLException {
        try (PreparedStatement missed =
                        connection.prepareStatement(
                                "SELECT id, detail FROM history_event WHERE room = ? AND kind ="
                                        + " 'missed'");
                PreparedStatement event =
                        connection.prepareStatement("DELETE FROM history_event WHERE id = ?")) {
            missed.setString(1, History.DIAL_ROOM);
            missed.setFetchSize(FETCHED_ROWS);
            int erased = 0;
            try (ResultSet rows = missed.executeQuery()) {
                while (rows.next()) {
                    var detail = CallEvent.details(rows.getString(2));
                    if (detail.path("to").asText().equals(identity)) {
                        event.setLong(1, rows.getLong(1));
                        erased += event.executeUpdate();
                    }
                }
            }
            return erased;
        }
    }

    /** Deletes the entries of a still; returns how many there were. */
    int forgetPhoto(String room, String photoId) throws SQLException {
        int forgotten = 0;
        try (PreparedStatement photos =
                        connection.prepareStatement(
                                "SELECT id, detail FROM history_event WHERE kind = 'snapshot' AND"
                                        + " room = ?");
                PreparedStatement photo =
                        connection.prepareStatement("DELETE FROM history_event WHERE id = ?")) {
            photos.setString(1, room);
            try (ResultSet rows = photos.executeQuery()) {
                while (rows.next()) {
                    var detail = CallEvent.details(rows.getString(2));
                    if (detail.path("photoId").asText().equals(photoId)) {
                        photo.setLong(1, rows.getLong(1));
                        forgotten += photo.executeUpdate();
                    }
                }
            }
            connection.commit();
            return forgotten;
        } catch (SQLException | RuntimeException failed) {
            connection.rollback();
            throw failed;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
