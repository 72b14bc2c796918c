package io.sluice.api;

import java.time.Duration;

/**
 * What connections and requests to the web server may cost us.
 *
 * @param maxAddresses whose rates are counted at a time, some 100 bytes each: 10 000. Further ones have to wait
 *     until one of these has been quiet
 */
public record ApiLimits(
        ConnectionLimits connections, RestLimits rest, EventLimits events, int maxAddresses) {

    /**
     * What TCP connections may cost us.
     *
     * @param maximum open at a time, WebSockets among them; a descriptor and some KiB each, and more
     *     than the WebSockets may be, so that administration still gets in: 25 000
     * @param headerTimeout from the connection to the end of its first request's header. Who dribbles a header
     *     holds a connection for no longer; a phone with a bad network needs two or three: 10 s
     * @param keepAliveTimeout from an answer to the end of the next request's header; browsers close after a
     *     minute or more themselves: 60 s
     * @param bodyTimeout from the end of a header to the end of its body: 10 s
     */
    public record ConnectionLimits(
            int maximum, Duration headerTimeout, Duration keepAliveTimeout, Duration bodyTimeout) {
        public ConnectionLimits {
            Settings.requireAtLeast("maximum", maximum, 1);
            Settings.requirePositive("headerTimeout", headerTimeout);
            Settings.requirePositive("keepAliveTimeout", keepAliveTimeout);
            Settings.requirePositive("bodyTimeout", bodyTimeout);
        }
    }

    /**
     * What requests to the REST API may cost us.
     *
     * @param requests from one address (one /64 of IPv6). A dashboard asks a few, a back end behind one address
     *     some tens: 100 a second; one that fills its rooms in the morning: 500 at once
     * @param requestsPerKey with tokens of one API key, from whichever addresses; as many again with tokens that do
     *     no more than join a room, so that people leave enough to the application. The limit of each address is
     *     enough where all keys are one's own: 1 000 000, which is no limit
     * @param maxBodyBytes of a request. Metadata of 4,096 characters is 24 KiB where each is escaped: 64 KiB
     * @param roomTimeout for the answer of a room. A room answers within a turn of its loop; a loop that is
     *     stuck must not hold its clients as well: 5 s
     * @param maxTokenValidity of a token from {@code POST /tokens}: who needs more has the API key: 24 h
     */
    public record RestLimits(
            Rate requests,
            Rate requestsPerKey,
            int maxBodyBytes,
            Duration roomTimeout,
            Duration maxTokenValidity) {
        /** The smallest in which a room with metadata can be asked for. */
        private static final int MIN_BODY_BYTES = 1024;

        public RestLimits {
            Settings.requireAtLeast("maxBodyBytes", maxBodyBytes, MIN_BODY_BYTES);
            Settings.requirePositive("roomTimeout", roomTimeout);
            Settings.requirePositive("maxTokenValidity", maxTokenValidity);
        }

        public RestLimits withRequests(Rate changed) {
            return new RestLimits(
                    changed, requestsPerKey, maxBodyBytes, roomTimeout, maxTokenValidity);
        }

        public RestLimits withRequestsPerKey(Rate changed) {
            return new RestLimits(requests, changed, maxBodyBytes, roomTimeout, maxTokenValidity);
        }

        public RestLimits withRoomTimeout(Duration changed) {
            return new RestLimits(
                    requests, requestsPerKey, maxBodyBytes, changed, maxTokenValidity);
        }
    }

    /**
     * What the streams of events may cost us.
     *
     * @param maxStreams open at a time; each gets a copy of every event: 100
     * @param maxKeptEvents for those who come back, if they are small: 4 096
     * @param maxKeptBytes of kept events, so that all of them fit into {@code maxQueuedBytes}: 512 KiB
     * @param maxQueuedBytes that may wait to be written to a slow reader, which is then cut off: 1 MiB
     * @param maxPending events on their way from the rooms to the streams; more than that is lost, and
     *     said to be: 10 000
     * @param heartbeat between signs of life; proxies close what is silent for 30 to 60 s: 15 s
     */
    public record EventLimits(
            int maxStreams,
            int maxKeptEvents,
            int maxKeptBytes,
            int maxQueuedBytes,
            int maxPending,
            Duration heartbeat) {
        public EventLimits {
            Settings.requireAtLeast("maxStreams", maxStreams, 0);
            Settings.requireAtLeast("maxKeptEvents", maxKeptEvents, 0);
            Settings.requireAtLeast("maxKeptBytes", maxKeptBytes, 0);
            Settings.requireAtLeast("maxQueuedBytes", maxQueuedBytes, maxKeptBytes);
            Settings.requireAtLeast("maxPending", maxPending, 1);
            Settings.requirePositive("heartbeat", heartbeat);
        }
    }

    public ApiLimits {
        Settings.requireAtLeast("maxAddresses", maxAddresses, 1);
    }

    public static ApiLimits defaults() {
        return new ApiLimits(
                new ConnectionLimits(
                        25_000,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(10)),
                new RestLimits(
                        new Rate(100, 500),
                        new Rate(1_000_000, 1_000_000),
                        64 * 1024,
                        Duration.ofSeconds(5),
                        Duration.ofHours(24)),
                new EventLimits(
                        100, 4_096, 512 * 1024, 1024 * 1024, 10_000, Duration.ofSeconds(15)),
                10_000);
    }

    public ApiLimits withConnections(ConnectionLimits changed) {
        return new ApiLimits(changed, rest, events, maxAddresses);
    }

    public ApiLimits withRest(RestLimits changed) {
        return new ApiLimits(connections, changed, events, maxAddresses);
    }

    public ApiLimits withEvents(EventLimits changed) {
        return new ApiLimits(connections, rest, changed, maxAddresses);
    }
}
