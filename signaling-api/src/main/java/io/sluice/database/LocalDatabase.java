package io.sluice.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.h2.jdbcx.JdbcDataSource;

/** Opens databases that are files of this server alone. */
public final class LocalDatabase {
    private LocalDatabase() {}

    /**
     * Opens a database, which is made if there is none, and brings it to this version. Blocks, the first time for
     * most of a second.
     *
     * @param directory made if there is none
     * @param schema the class path folder of its migrations
     * @return without auto-commit
     * @throws IOException if it cannot be opened, as when another server has it open; the message says why
     */
    public static Connection open(Path directory, String name, String schema) throws IOException {
        try {
            Files.createDirectories(directory);
            return open(directory.toAbsolutePath().resolve(name), schema);
        } catch (SQLException unusable) {
            throw new IOException(
                    "the database in " + directory + ": " + unusable.getMessage(), unusable);
        }
    }

    private static Connection open(Path file, String schema) throws SQLException {
        JdbcDataSource source = new JdbcDataSource();
        // A commit is on the disk when it returns; what H2 has to say comes as exceptions.
        source.setURL(
                "jdbc:h2:file:"
                        + file
                        + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0");
        // First, so that the database stays open while the schema is looked at.
        Connection connection = source.getConnection();
        try {
            Flyway.configure(LocalDatabase.class.getClassLoader())
                    .dataSource(source)
                    .locations("classpath:" + schema)
                    .load()
                    .migrate();
            connection.setAutoCommit(false);
            return connection;
        } catch (FlywayException | SQLException failed) {
            connection.close();
            throw failed instanceof SQLException sql ? sql : new SQLException(failed);
        }
    }
}
