package io.sluice.calls;

import io.sluice.database.LocalDatabase;
import io.sluice.room.Topology;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The database of calls.
 *
 * <p>Owned by the thread of {@link CallBook}, but for its opening.
 */
final class CallDatabase implements AutoCloseable {
    private static final String SCHEMA = "io/sluice/calls/schema";

    private final Connection connection;

    private CallDatabase(Connection connection) {
        this.connection = connection;
    }

    /**
     * Opens the database in a directory, which is made if there is none.
     *
     * @throws IOException if it cannot be opened, as when another server has it open
     */
    static CallDatabase open(Path directory) throws IOException {
        return new CallDatabase(LocalDatabase.open(directory, "calls", SCHEMA));
    }

    /** The secret that signs the tokens of calls, if there is one. */
    Optional<String> signingSecret() throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT secret FROM call_signing")) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }

    void saveSigningSecret(String secret) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO call_signing (secret) VALUES (?)")) {
            insert.setString(1, secret);
            insert.executeUpdate();
            connection.commit();
        }
    }

    List<CallRecord> load() throws SQLException {
        Map<String, Map<String, Member>> members = members();
        List<CallRecord> calls = new ArrayList<>();
        try (Statement query = connection.createStatement();
                ResultSet row =
                        query.executeQuery(
                                "SELECT code, title, password_hash, lobby, audio_only, locked,"
                                        + " max_participants, host_key_hash, used_millis, broadcast,"
                                        + " topology, keep_chat FROM call_record")) {
            while (row.next()) {
                String code = row.getString(1);
                CallSettings settings =
                        new CallSettings(
                                row.getString(2),
                                row.getString(3),
                                row.getBoolean(4),
                                row.getBoolean(5),
                                row.getBoolean(6),
                                row.getBoolean(10),
                                Topology.valueOf(row.getString(11)),
                                row.getInt(7),
                                row.getBoolean(12));
                calls.add(
                        new CallRecord(
                                code,
                                settings,
                                row.getString(8),
                                row.getLong(9),
                                members.getOrDefault(code, Map.of())));
            }
        }
        return calls;
    }

    private Map<String, Map<String, Member>> members() throws SQLException {
        Map<String, Map<String, Member>> members = new HashMap<>();
        try (Statement query = connection.createStatement();
                ResultSet row =
                        query.executeQuery(
                                "SELECT code, identity, role, standing, name FROM call_member ORDER"
                                        + " BY code, position")) {
            while (row.next()) {
                members.computeIfAbsent(row.getString(1), _ -> new LinkedHashMap<>())
                        .put(
                                row.getString(2),
                                new Member(
                                        Role.valueOf(row.getString(3)),
                                        Standing.valueOf(row.getString(4)),
                                        row.getString(5)));
            }
        }
        return members;
    }

    /** Writes a call as it is now. */
    void save(CallRecord call) throws SQLException {
        try (PreparedStatement merge =
                        connection.prepareStatement(
                                "MERGE INTO call_record (code, title, password_hash, lobby,"
                                        + " audio_only, locked, max_participants, host_key_hash,"
                                        + " used_millis, broadcast, topology, keep_chat) KEY (code) VALUES"
                                        + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
                PreparedStatement clear =
                        connection.prepareStatement("DELETE FROM call_member WHERE code = ?");
                PreparedStatement insert =
                        connection.prepareStatement(
                                "INSERT INTO call_member (code, position, identity, role, standing,"
                                        + " name) VALUES (?, ?, ?, ?, ?, ?)")) {
            CallSettings settings = call.settings();
            merge.setString(1, call.code());
            merge.setString(2, settings.title());
            merge.setString(3, settings.passwordHash());
            merge.setBoolean(4, settings.lobby());
            merge.setBoolean(5, settings.audioOnly());
            merge.setBoolean(6, settings.locked());
            merge.setInt(7, settings.maxParticipants());
            merge.setString(8, call.hostKeyHash());
            merge.setLong(9, call.usedMillis());
            merge.setBoolean(10, settings.broadcast());
            merge.setString(11, settings.topology().name());
            merge.setBoolean(12, settings.keepChat());
            merge.executeUpdate();
            clear.setString(1, call.code());
            clear.executeUpdate();
            int position = 0;
            for (Map.Entry<String, Member> one : call.members().entrySet()) {
                insert.setString(1, call.code());
                insert.setInt(2, position++);
                insert.setString(3, one.getKey());
                insert.setString(4, one.getValue().role().name());
                insert.setString(5, one.getValue().standing().name());
                insert.setString(6, one.getValue().name());
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
        } catch (SQLException | RuntimeException failed) {
            connection.rollback();
            throw failed;
        }
    }

    void delete(String code) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM call_record WHERE code = ?")) {
            delete.setString(1, code);
            delete.executeUpdate();
            connection.commit();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
