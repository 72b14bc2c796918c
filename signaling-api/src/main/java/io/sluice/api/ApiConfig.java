package io.sluice.api;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;

/**
 * Settings of the web server and of the protocols on it.
 *
 * @param host to listen on. A loopback address by default: whoever opens the server to the network does it
 *     knowingly, and behind a proxy that does TLS nothing else is needed
 * @param port of HTTP and WebSocket; LiveKit's, so that only the host name changes in a client: 7880. 0
 *     lets the system choose
 * @param devMode whether anybody gets a token from {@code POST /api/v1/dev/token}
 * @param keys whose holders may sign tokens
 * @param allowedOrigins of pages, beside the server's own, whose scripts may connect; {@code *} for all
 * @param autoCreate whether a room is made by its first join, as in LiveKit: yes
 * @param resumeTimeout how long a participant outlives its WebSocket; a change from WLAN to mobile takes a
 *     few seconds, and others should not see a frozen picture longer than this: 10 s
 * @param maxSockets open at a time; each costs a descriptor and some KiB: 20 000
 * @param maxRequestLineBytes of an HTTP request; tokens and LiveKit's join requests are in it: 64 KiB
 * @param httpThreads event loops of the web server; signaling is a thousandth of the media's work: 1
 */
public record ApiConfig(
        String host,
        int port,
        boolean devMode,
        ApiKeys keys,
        Set<String> allowedOrigins,
        boolean autoCreate,
        Duration resumeTimeout,
        int maxSockets,
        int maxRequestLineBytes,
        int httpThreads,
        SocketLimits socketLimits,
        ApiLimits limits) {
    private static final int MAX_PORT = 65_535;
    private static final int MIN_REQUEST_LINE_BYTES = 4 * 1024;

    public ApiConfig {
        allowedOrigins = Set.copyOf(allowedOrigins);
        Settings.requireAtLeast("port", port, 0);
        Settings.requireAtMost("port", port, MAX_PORT);
        Settings.requirePositive("resumeTimeout", resumeTimeout);
        Settings.requireAtLeast("maxSockets", maxSockets, 1);
        Settings.requireAtLeast("maxRequestLineBytes", maxRequestLineBytes, MIN_REQUEST_LINE_BYTES);
        Settings.requireAtLeast("httpThreads", httpThreads, 1);
        if (keys.isEmpty()) {
            throw new IllegalArgumentException(
                    "There is no API key, so nobody could join: give one with --keys \"key:"
                            + " secret\", or start with --dev.");
        }
        if (!devMode) {
            keys.requireStrongSecrets();
        }
    }

    /** A server with real keys. */
    public static ApiConfig defaults(ApiKeys keys) {
        return withDefaults(false, keys);
    }

    /** A server to try things on one machine: known keys, and tokens for everybody. */
    public static ApiConfig development() {
        return withDefaults(true, ApiKeys.DEV);
    }

    private static ApiConfig withDefaults(boolean devMode, ApiKeys keys) {
        return new ApiConfig(
                "127.0.0.1",
                7880,
                devMode,
                keys,
                Set.of(),
                true,
                Duration.ofSeconds(10),
                20_000,
                64 * 1024,
                1,
                SocketLimits.defaults(),
                ApiLimits.defaults());
    }

    public ApiConfig withAddress(String newHost, int newPort) {
        return new ApiConfig(
                newHost,
                newPort,
                devMode,
                keys,
                allowedOrigins,
                autoCreate,
                resumeTimeout,
                maxSockets,
                maxRequestLineBytes,
                httpThreads,
                socketLimits,
                limits);
    }

    public ApiConfig withAllowedOrigins(Set<String> origins) {
        return new ApiConfig(
                host,
                port,
                devMode,
                keys,
                origins,
                autoCreate,
                resumeTimeout,
                maxSockets,
                maxRequestLineBytes,
                httpThreads,
                socketLimits,
                limits);
    }

    public ApiConfig withAutoCreate(boolean newAutoCreate) {
        return new ApiConfig(
                host,
                port,
                devMode,
                keys,
                allowedOrigins,
                newAutoCreate,
                resumeTimeout,
                maxSockets,
                maxRequestLineBytes,
                httpThreads,
                socketLimits,
                limits);
    }

    public ApiConfig withSessions(Duration newResumeTimeout, SocketLimits newLimits) {
        return new ApiConfig(
                host,
                port,
                devMode,
                keys,
                allowedOrigins,
                autoCreate,
                newResumeTimeout,
                maxSockets,
                maxRequestLineBytes,
                httpThreads,
                newLimits,
                limits);
    }

    public ApiConfig withLimits(ApiLimits newLimits) {
        return new ApiConfig(
                host,
                port,
                devMode,
                keys,
                allowedOrigins,
                autoCreate,
                resumeTimeout,
                maxSockets,
                maxRequestLineBytes,
                httpThreads,
                socketLimits,
                newLimits);
    }

    /** Whether only this machine can reach the web server. */
    public boolean isLoopback() {
        return host.equals("localhost")
                || (isLiteral(host) && InetAddress.ofLiteral(host).isLoopbackAddress());
    }

    private static boolean isLiteral(String text) {
        return text.indexOf(':') >= 0 || text.matches("[0-9.]+");
    }
}
