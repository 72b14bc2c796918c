package io.sluice.server.metrics;

/**
 * Who may read {@code /metrics}. It names no room and no participant, but it says how busy the server is
 * and what it refuses, which helps an attacker, and a scrape costs some milliseconds of a core.
 *
 * @param token that a scrape brings as Bearer; Prometheus reads it from a file ({@code authorization:
 *     credentials_file}). Empty: nobody but in development mode, where everybody may read. Not the API's
 *     tokens, since they expire and Prometheus cannot renew them; and not the address of the client, since
 *     behind a proxy every request comes from loopback. At least 16 characters
 * @param maxScrapes at the same time; more are told to come later. Two Prometheus servers and somebody who
 *     looks: 4
 */
public record MetricsConfig(String token, int maxScrapes) {
    private static final int MIN_TOKEN_CHARS = 16;

    public MetricsConfig {
        if (!token.isEmpty() && token.length() < MIN_TOKEN_CHARS) {
            throw new IllegalArgumentException(
                    "The token of /metrics must have at least "
                            + MIN_TOKEN_CHARS
                            + " characters, as from openssl rand -hex 16.");
        }
        if (maxScrapes < 1) {
            throw new IllegalArgumentException(
                    "maxScrapes is " + maxScrapes + " but must be at least 1.");
        }
    }

    public static MetricsConfig defaults() {
        return new MetricsConfig("", 4);
    }

    public MetricsConfig withToken(String changed) {
        return new MetricsConfig(changed, maxScrapes);
    }
}
