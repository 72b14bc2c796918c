package io.sluice.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/** Opens databases of other servers, which several of ours may share. */
public final class SharedDatabase {
    /** So long a database may take for anything; one that is slower is as good as away. */
    private static final String TIMEOUT_SECONDS = "15";

    private static final String CONNECT_TIMEOUT_SECONDS = "5";

    private SharedDatabase() {}

    /**
     * Opens a PostgreSQL and brings its tables to this version. Blocks.
     *
     * @param url of JDBC
     * @param schema the class path folder of its migrations
     * @param versionTable where the versions of the tables stand: others may have tables in there too
     * @return without auto-commit
     * @throws SQLException if it cannot be reached, or refuses
     */
    public static Connection open(
            String url,
            @Nullable String user,
            @Nullable String password,
            String schema,
            String versionTable)
            throws SQLException {
        Properties properties = new Properties();
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        properties.setProperty("connectTimeout", CONNECT_TIMEOUT_SECONDS);
        properties.setProperty("socketTimeout", TIMEOUT_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "sluice");
        // First, since Flyway tries for long where nobody answers.
        Connection connection = DriverManager.getConnection(url, properties);
        try {
            Flyway.configure(SharedDatabase.class.getClassLoader())
                    .dataSource(url, user, password)
                    .locations("classpath:" + schema)
                    .table(versionTable)
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
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
