package io.sluice.api;

import java.time.Duration;

/**
 * What one WebSocket may cost us.
 *
 * @param maxQueuedBytes that may wait to be written to a slow reader: 1 MiB
 * @param joins upgrades from one address (one /64 of IPv6). A join costs some milliseconds of ICE and DTLS, so
 *     that one address takes a few hundredths of a core. All who sit behind one NAT, or a proxy on another
 *     machine, count as one; give more where that is so: 20 a second. At once they come from a lecture hall, or
 *     when its access point restarts; nobody reloads a page so often: 200
 */
public record SocketLimits(Incoming incoming, Patience patience, int maxQueuedBytes, Rate joins) {

    /**
     * What may come in.
     *
     * @param maxMessageBytes of one message. Descriptions of 15 to 24 KB are usual and one with fifty sections
     *     has some 200 KB: 256 KiB
     * @param messages a client that gathers candidates sends some tens: 100 a second, 200 at once
     * @param bytes what costs us is reading descriptions, a millisecond for some 100 KB; two a second of fifty
     *     sections are more than any client needs: 512 KiB a second, 2 MiB at once, which must hold a message
     * @param maxErrors after how many messages that were not understood the socket is closed: a client that
     *     errs that often does not listen: 20
     */
    public record Incoming(int maxMessageBytes, Rate messages, Rate bytes, int maxErrors) {
        /** Smaller ones cannot hold a session description. */
        private static final int MIN_MESSAGE_BYTES = 16 * 1024;

        public Incoming {
            Settings.requireAtLeast("maxMessageBytes", maxMessageBytes, MIN_MESSAGE_BYTES);
            Settings.requireAtLeast("bytes.burst", bytes.burst(), maxMessageBytes);
            Settings.requireAtLeast("maxErrors", maxErrors, 1);
        }
    }

    /**
     * How long silence is borne.
     *
     * @param firstMessage for {@code join} after the upgrade; LiveKit's clients wait as long: 5 s
     * @param pingInterval between WebSocket pings; short of the 30 to 60 s after which proxies close a silent
     *     connection: 10 s
     * @param silence after which a socket from which not even a pong came is closed: two and a half pings: 25 s
     * @param slowReader how long a socket may be unable to take more: 10 s
     */
    public record Patience(
            Duration firstMessage, Duration pingInterval, Duration silence, Duration slowReader) {
        public Patience {
            Settings.requirePositive("firstMessage", firstMessage);
            Settings.requirePositive("pingInterval", pingInterval);
            Settings.requirePositive("silence", silence);
            Settings.requirePositive("slowReader", slowReader);
        }

        /** As patient with one who says nothing at first as with one who says nothing later. */
        public Patience withSilence(Duration changed) {
            return new Patience(changed, pingInterval, changed, slowReader);
        }
    }

    public SocketLimits {
        Settings.requireAtLeast("maxQueuedBytes", maxQueuedBytes, incoming.maxMessageBytes());
    }

    public static SocketLimits defaults() {
        return new SocketLimits(
                new Incoming(
                        256 * 1024, new Rate(100, 200), new Rate(512 * 1024, 2 * 1024 * 1024), 20),
                new Patience(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(25),
                        Duration.ofSeconds(10)),
                1024 * 1024,
                new Rate(20, 200));
    }

    public SocketLimits withPatience(Patience changed) {
        return new SocketLimits(incoming, changed, maxQueuedBytes, joins);
    }

    public SocketLimits withJoins(Rate changed) {
        return new SocketLimits(incoming, patience, maxQueuedBytes, changed);
    }
}
