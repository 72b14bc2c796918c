package io.sluice.webhook;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Who is told of what happens in rooms, and for how long it is tried.
 *
 * @param urls of the receivers; each hears everything
 * @param directory where the queue is kept
 * @param maxQueued deliveries that wait at a time, in memory some 200 bytes each and in the database one or two KiB:
 *     100 000 is a day of a server with a room a second. What is beyond is lost, and counted
 * @param maxInFlight requests to one receiver at a time, each of another room: 8
 * @param requestTimeout from the connection to the end of the answer; LiveKit's SDKs answer at once: 10 s
 * @param retryFor after the event: 24 h
 * @param keepFinished how long deliveries are shown after they are over: 24 h
 */
public record WebhookConfig(
        List<URI> urls,
        Path directory,
        int maxQueued,
        int maxInFlight,
        Duration requestTimeout,
        Duration retryFor,
        Duration keepFinished) {
    /** The longest that fits the database. */
    private static final int MAX_URL_CHARS = 2_048;

    public WebhookConfig {
        urls = List.copyOf(urls);
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("no webhook is configured");
        }
        for (URI url : urls) {
            boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (!isHttp || url.getHost() == null || url.toString().length() > MAX_URL_CHARS) {
                throw new IllegalArgumentException(
                        "A webhook's address begins with http:// or https:// and a host: " + url);
            }
        }
        if (maxQueued < 1 || maxInFlight < 1) {
            throw new IllegalArgumentException("Webhooks need a queue, and requests.");
        }
    }

    public static WebhookConfig defaults(List<URI> urls, Path directory) {
        return new WebhookConfig(
                urls,
                directory,
                100_000,
                8,
                Duration.ofSeconds(10),
                Duration.ofHours(24),
                Duration.ofHours(24));
    }
}
