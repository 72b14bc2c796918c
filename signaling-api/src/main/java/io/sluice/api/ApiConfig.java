package io.sluice.api;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;

/**
 * Settings of the web server and of the protocols on it.
 *
 * @param resumeTimeout how long a participant outlives its WebSocket; a change from WLAN to mobile takes a
 *     few seconds, and others should not see a frozen picture longer than this: 10 s
 * @param maxSockets open at a time; each costs a descriptor and some KiB: 20 000
 */
public record ApiConfig(
        Http http,
        Access access,
        Duration resumeTimeout,
        int maxSockets,
        SocketLimits socketLimits,
        ApiLimits limits) {

    /**
     * Where HTTP is served.
     *
     * @param host to listen on. A loopback address by default: whoever opens the server to the network does it
     *     knowingly, and behind a proxy that does TLS nothing else is needed
     * @param port of HTTP and WebSocket; LiveKit's, so that only the host name changes in a client: 7880. 0
     *     lets the system choose
     * @param threads event loops of the web server; signaling is a thousandth of the media's work: 1
     * @param maxRequestLineBytes of an HTTP request; tokens and LiveKit's join requests are in it: 64 KiB
     */
    public record Http(String host, int port, int threads, int maxRequestLineBytes) {
        private static final int MAX_PORT = 65_535;
        private static final int MIN_REQUEST_LINE_BYTES = 4 * 1024;

        public Http {
            Settings.requireAtLeast("port", port, 0);
            Settings.requireAtMost("port", port, MAX_PORT);
            Settings.requireAtLeast("threads", threads, 1);
            Settings.requireAtLeast(
                    "maxRequestLineBytes", maxRequestLineBytes, MIN_REQUEST_LINE_BYTES);
        }

        /** Whether only this machine can reach it. */
        public boolean isLoopback() {
            return host.equals("localhost")
                    || (isLiteral(host) && InetAddress.ofLiteral(host).isLoopbackAddress());
        }

        private static boolean isLiteral(String text) {
            return text.indexOf(':') >= 0 || text.matches("[0-9.]+");
        }
    }

    /**
     * Who gets in.
     *
     * @param devMode whether anybody gets a token from {@code POST /api/v1/dev/token}
     * @param keys whose holders may sign tokens
     * @param allowedOrigins of pages, beside the server's own, whose scripts may connect; {@code *} for all
     * @param autoCreate whether a room is made by its first join, as in LiveKit: yes
     */
    public record Access(
            boolean devMode, ApiKeys keys, Set<String> allowedOrigins, boolean autoCreate) {
        public Access {
            allowedOrigins = Set.copyOf(allowedOrigins);
            if (keys.isEmpty()) {
                throw new IllegalArgumentException(
                        "There is no API key, so nobody could join: give one with --keys \"key:"
                                + " secret\", or start with --dev.");
            }
            if (!devMode) {
                keys.requireStrongSecrets();
            }
        }
    }

    public ApiConfig {
        Settings.requirePositive("resumeTimeout", resumeTimeout);
        Settings.requireAtLeast("maxSockets", maxSockets, 1);
    }

    /** A server with real keys. */
    public static ApiConfig defaults(ApiKeys keys) {
        return withDefaults(new Access(false, keys, Set.of(), true));
    }

    /** A server to try things on one machine: known keys, and tokens for everybody. */
    public static ApiConfig development() {
        return withDefaults(new Access(true, ApiKeys.DEV, Set.of(), true));
    }

    private static ApiConfig withDefaults(Access access) {
        return new ApiConfig(
                new Http("127.0.0.1", 7880, 1, 64 * 1024),
                access,
                Duration.ofSeconds(10),
                20_000,
                SocketLimits.defaults(),
                ApiLimits.defaults());
    }

    public ApiConfig withAddress(String host, int port) {
        Http changed = new Http(host, port, http.threads, http.maxRequestLineBytes);
        return new ApiConfig(changed, access, resumeTimeout, maxSockets, socketLimits, limits);
    }

    public ApiConfig withAllowedOrigins(Set<String> origins) {
        return with(new Access(access.devMode, access.keys, origins, access.autoCreate));
    }

    public ApiConfig withAutoCreate(boolean autoCreate) {
        return with(new Access(access.devMode, access.keys, access.allowedOrigins, autoCreate));
    }

    private ApiConfig with(Access changed) {
        return new ApiConfig(http, changed, resumeTimeout, maxSockets, socketLimits, limits);
    }

    public ApiConfig withSessions(Duration newResumeTimeout, SocketLimits changed) {
        return new ApiConfig(http, access, newResumeTimeout, maxSockets, changed, limits);
    }

    public ApiConfig withLimits(ApiLimits changed) {
        return new ApiConfig(http, access, resumeTimeout, maxSockets, socketLimits, changed);
    }
}
