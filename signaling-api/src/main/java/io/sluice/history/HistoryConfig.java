package io.sluice.history;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the history of calls is kept, and for how long.
 *
 * @param directory of the journal, of the photos and, without a URL, of the database: each server needs its own
 * @param url of a PostgreSQL, as {@code jdbc:postgresql://host/name}; null: an H2 file in the directory
 * @param user of that database; null where the URL says it, or nobody is asked
 * @param password of that user
 * @param keepFor how long events and photos are kept: 90 days
 * @param maxQueuedBytes of the journal while the database is away; 64 MiB are some 200 000 events, a day of a busy
 *     server. What is beyond is lost, and counted
 * @param firstRetry how long after a failure the database is tried again; doubles up to half a minute: 1 s
 * @param photos what is kept of pictures
 */
public record HistoryConfig(
        Path directory,
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        Duration keepFor,
        long maxQueuedBytes,
        Duration firstRetry,
        PhotoLimits photos) {

    /**
     * What is kept of pictures.
     *
     * @param maxBytes of one: a still of 4K in JPEG has 2 MiB: 4 MiB
     * @param maxInRoom of one room, the oldest make way: 200
     * @param maxTotalBytes of all: 2 GiB; beyond it none is taken
     */
    public record PhotoLimits(int maxBytes, int maxInRoom, long maxTotalBytes) {
        static PhotoLimits defaults() {
            return new PhotoLimits(4 * 1024 * 1024, 200, 2L * 1024 * 1024 * 1024);
        }
    }

    private static final String POSTGRESQL = "jdbc:postgresql:";
    private static final Duration LONGEST = Duration.ofDays(36_500);

    public HistoryConfig {
        if (url != null && !url.startsWith(POSTGRESQL)) {
            throw new IllegalArgumentException(
                    "The history's database is a PostgreSQL, as"
                            + " jdbc:postgresql://db.example/sluice.");
        }
        if (keepFor.compareTo(Duration.ofDays(1)) < 0 || keepFor.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("The history is kept for 1 to 36500 days.");
        }
    }

    /** In files of this directory. */
    public static HistoryConfig defaults(Path directory) {
        return new HistoryConfig(
                directory,
                null,
                null,
                null,
                Duration.ofDays(90),
                64L * 1024 * 1024,
                Duration.ofSeconds(1),
                PhotoLimits.defaults());
    }

    /** In a PostgreSQL. */
    public HistoryConfig withDatabase(
            String changed, @Nullable String changedUser, @Nullable String changedPassword) {
        return new HistoryConfig(
                directory,
                changed,
                changedUser,
                changedPassword,
                keepFor,
                maxQueuedBytes,
                firstRetry,
                photos);
    }

    public HistoryConfig withKeepFor(Duration changed) {
        return new HistoryConfig(
                directory, url, user, password, changed, maxQueuedBytes, firstRetry, photos);
    }
}
