package io.sluice.webhook;

import io.sluice.database.LocalDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The database of events and deliveries. Whoever interrupts a thread in here closes the database: the file's channel
 * does not survive it.
 *
 * <p>Owned by the thread of {@link Webhooks}, but for its opening.
 */
final class EventStore implements AutoCloseable {
    private static final String SCHEMA = "io/sluice/webhook/schema";

    /** What an error may say of itself, as the table has it. */
    private static final int MAX_ERROR_CHARS = 512;

    private final Connection connection;

    private EventStore(Connection connection) {
        this.connection = connection;
    }

    /**
     * Opens the database in a directory, which is made if there is none, and brings it to this version.
     *
     * @throws IOException if it cannot be opened, as when another server has it open
     */
    static EventStore open(Path directory) throws IOException {
        return new EventStore(LocalDatabase.open(directory, "sluice", SCHEMA));
    }

    /**
     * Takes events in, each for all receivers.
     *
     * @param kept hears of each delivery, in order, before they are committed
     */
    void add(List<WebhookEvent> events, List<String> urls, Consumer<WebhookQueue.Item> kept)
            throws SQLException {
        try (PreparedStatement event =
                        connection.prepareStatement(
                                "INSERT INTO room_event (event_id, type, room, created_millis, body)"
                                        + " VALUES (?, ?, ?, ?, ?)",
                                Statement.RETURN_GENERATED_KEYS);
                PreparedStatement delivery =
                        connection.prepareStatement(
                                "INSERT INTO webhook_delivery (room_event_id, url, state, attempts,"
                                        + " next_attempt_millis, last_error) VALUES (?, ?, 'PENDING', 0,"
                                        + " ?, '')",
                                Statement.RETURN_GENERATED_KEYS)) {
            for (WebhookEvent each : events) {
                event.setString(1, each.eventId());
                event.setString(2, each.type());
                event.setString(3, each.room());
                event.setLong(4, each.createdMillis());
                event.setString(5, each.body().get());
                long eventKey = insert(event);
                for (String url : urls) {
                    delivery.setLong(1, eventKey);
                    delivery.setString(2, url);
                    delivery.setLong(3, each.createdMillis());
                    kept.accept(
                            new WebhookQueue.Item(
                                    insert(delivery), url, each.room(), each.createdMillis(), 0));
                }
            }
            connection.commit();
        } catch (SQLException | RuntimeException failed) {
            connection.rollback();
            throw failed;
        }
    }

    private static long insert(PreparedStatement row) throws SQLException {
        row.executeUpdate();
        try (ResultSet keys = row.getGeneratedKeys()) {
            keys.next();
            return keys.getLong(1);
        }
    }

    /** What waits from another life of the server, in order. */
    void loadPending(WebhookQueue into) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet rows =
                        query.executeQuery(
                                "SELECT d.id, d.url, e.room, e.created_millis, d.attempts,"
                                        + " d.next_attempt_millis FROM webhook_delivery d JOIN"
                                        + " room_event e ON e.id = d.room_event_id WHERE d.state ="
                                        + " 'PENDING' ORDER BY d.id")) {
            while (rows.next()) {
                into.add(
                        new WebhookQueue.Item(
                                rows.getLong(1),
                                rows.getString(2),
                                rows.getString(3),
                                rows.getLong(4),
                                rows.getInt(5)),
                        rows.getLong(6));
            }
        }
    }

    /** Gives up what waits for receivers that are configured no more; returns how much that was. */
    int abandonOthers(List<String> urls, long nowMillis) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        "UPDATE webhook_delivery SET state = 'EXPIRED', finished_millis = ?,"
                                + " last_error = 'this receiver is configured no more' WHERE state ="
                                + " 'PENDING' AND url NOT IN ("
                                + "?, ".repeat(urls.size() - 1)
                                + "?)")) {
            update.setLong(1, nowMillis);
            for (int i = 0; i < urls.size(); i++) {
                update.setString(i + 2, urls.get(i));
            }
            int abandoned = update.executeUpdate();
            connection.commit();
            return abandoned;
        }
    }

    /** What is to be sent. */
    String body(long delivery) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT e.body FROM webhook_delivery d JOIN room_event e ON e.id ="
                                + " d.room_event_id WHERE d.id = ?")) {
            query.setLong(1, delivery);
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    throw new SQLException("delivery " + delivery + " is not there");
                }
                return rows.getString(1);
            }
        }
    }

    void finish(long delivery, DeliveryState state, int attempts, String error, long nowMillis)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        "UPDATE webhook_delivery SET state = ?, attempts = ?, last_error = ?,"
                                + " finished_millis = ? WHERE id = ?")) {
            update.setString(1, state.name());
            update.setInt(2, attempts);
            update.setString(3, cut(error));
            update.setLong(4, nowMillis);
            update.setLong(5, delivery);
            update.executeUpdate();
            connection.commit();
        }
    }

    void retryLater(long delivery, int attempts, String error, long againMillis)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        "UPDATE webhook_delivery SET attempts = ?, last_error = ?,"
                                + " next_attempt_millis = ? WHERE id = ?")) {
            update.setInt(1, attempts);
            update.setString(2, cut(error));
            update.setLong(3, againMillis);
            update.setLong(4, delivery);
            update.executeUpdate();
            connection.commit();
        }
    }

    private static String cut(String error) {
        return error.length() <= MAX_ERROR_CHARS ? error : error.substring(0, MAX_ERROR_CHARS);
    }

    /** Forgets what has been over for long. */
    void forget(long finishedBeforeMillis) throws SQLException {
        try (PreparedStatement delivered =
                        connection.prepareStatement(
                                "DELETE FROM webhook_delivery WHERE state <> 'PENDING' AND"
                                        + " finished_millis < ?");
                Statement events = connection.createStatement()) {
            delivered.setLong(1, finishedBeforeMillis);
            delivered.executeUpdate();
            events.executeUpdate(
                    "DELETE FROM room_event e WHERE NOT EXISTS (SELECT 1 FROM webhook_delivery d"
                            + " WHERE d.room_event_id = e.id)");
            connection.commit();
        }
    }

    /** A page of deliveries, the oldest first. */
    List<Delivery> list(DeliveryQuery wanted) throws SQLException {
        List<Delivery> page = new ArrayList<>();
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT d.id, e.event_id, e.type, e.room, d.url, d.state, d.attempts,"
                                + " d.last_error, e.created_millis, d.next_attempt_millis,"
                                + " d.finished_millis FROM webhook_delivery d JOIN room_event e ON"
                                + " e.id = d.room_event_id WHERE d.id > ? AND (? IS NULL OR d.state"
                                + " = ?) AND (? IS NULL OR e.room = ?) ORDER BY d.id LIMIT ?")) {
            String state = wanted.state() == null ? null : wanted.state().name();
            query.setLong(1, wanted.after());
            query.setString(2, state);
            query.setString(3, state);
            query.setString(4, wanted.room());
            query.setString(5, wanted.room());
            query.setInt(6, wanted.limit());
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    page.add(delivery(rows));
                }
            }
        }
        return page;
    }

    private static Delivery delivery(ResultSet row) throws SQLException {
        long finishedMillis = row.getLong(11);
        @Nullable Instant finished = row.wasNull() ? null : Instant.ofEpochMilli(finishedMillis);
        return new Delivery(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                DeliveryState.valueOf(row.getString(6)),
                row.getInt(7),
                row.getString(8),
                Instant.ofEpochMilli(row.getLong(9)),
                Instant.ofEpochMilli(row.getLong(10)),
                finished);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
