package io.sluice.server;

import io.sluice.history.HistoryConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of what happens in calls.
 *
 * @param enabled whether anything is: yes, since who was in a call is asked the day after
 * @param url of a PostgreSQL, as {@code jdbc:postgresql://db.example/sluice}. Empty: an H2 file in the data directory,
 *     which one server needs nobody's help for
 * @param user of that database; empty where the URL says it, or nobody is asked
 * @param password of that user; empty for none
 * @param keepFor how long events and photos are kept; a quarter is looked back at: 90 d
 * @param maxQueuedBytes of the journal while the database is away; some 200 000 events, a day of a busy server:
 *     64 MiB. What is beyond is lost, and counted
 * @param firstRetry how long after a failure the database is tried again; doubles up to half a minute: 1 s
 */
record HistorySettings(
        boolean enabled,
        String url,
        String user,
        String password,
        Duration keepFor,
        long maxQueuedBytes,
        Duration firstRetry,
        HistoryConfig.PhotoLimits photos) {
    HistorySettings {
        HistoryConfig _ =
                config(
                        Path.of(""),
                        url,
                        user,
                        password,
                        keepFor,
                        maxQueuedBytes,
                        firstRetry,
                        photos);
    }

    static HistorySettings defaults() {
        HistoryConfig of = HistoryConfig.defaults(Path.of(""));
        return new HistorySettings(
                true, "", "", "", of.keepFor(), of.maxQueuedBytes(), of.firstRetry(), of.photos());
    }

    /** Kept below a directory; null if nothing is kept. */
    @Nullable HistoryConfig config(Path directory) {
        return enabled
                ? config(
                        directory, url, user, password, keepFor, maxQueuedBytes, firstRetry, photos)
                : null;
    }

    private static HistoryConfig config(
            Path directory,
            String url,
            String user,
            String password,
            Duration keepFor,
            long maxQueuedBytes,
            Duration firstRetry,
            HistoryConfig.PhotoLimits photos) {
        return new HistoryConfig(
                directory,
                orNull(url),
                orNull(user),
                orNull(password),
                keepFor,
                maxQueuedBytes,
                firstRetry,
                photos);
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
