package io.sluice.api;

import java.time.Duration;

/**
 * What one WebSocket may cost us.
 *
 * @param maxMessageBytes of one message that comes in. Descriptions of 15 to 24 KB are usual and one
 *     with fifty sections has some 200 KB: 256 KiB
 * @param messagesPerSecond that may come in on average; a client that gathers candidates sends some tens: 100
 * @param messageBurst that may come in at once: 200
 * @param bytesPerSecond that may come in on average. What costs us is reading descriptions, a millisecond for
 *     some 100 KB; two a second of fifty sections are more than any client needs: 512 KiB
 * @param byteBurst that may come in at once; must hold the largest message: 2 MiB
 * @param maxErrors after how many messages that were not understood the socket is closed: a client that
 *     errs that often does not listen: 20
 * @param firstMessageTimeout for {@code join} after the upgrade; LiveKit's clients wait as long: 5 s
 * @param pingInterval between WebSocket pings; short of the 30 to 60 s after which proxies close a silent
 *     connection: 10 s
 * @param silenceTimeout after which a socket from which not even a pong came is closed: two and a half pings: 25 s
 * @param slowReaderTimeout how long a socket may be unable to take more: 10 s
 * @param maxQueuedBytes that may wait to be written to a slow reader: 1 MiB
 * @param joinsPerSecond upgrades from one address (one /64 of IPv6), on average. A join costs some milliseconds
 *     of ICE and DTLS, so that one address takes a few hundredths of a core. All who sit behind one NAT or
 *     proxy count as one; give more where that is so: 20
 * @param joinBurst that may come from one address at once: a lecture hall whose people all come, or whose
 *     access point restarts; nobody reloads a page so often: 200
 */
public record SocketLimits(
        int maxMessageBytes,
        int messagesPerSecond,
        int messageBurst,
        int bytesPerSecond,
        int byteBurst,
        int maxErrors,
        Duration firstMessageTimeout,
        Duration pingInterval,
        Duration silenceTimeout,
        Duration slowReaderTimeout,
        int maxQueuedBytes,
        int joinsPerSecond,
        int joinBurst) {
    /** Smaller ones cannot hold a session description. */
    private static final int MIN_MESSAGE_BYTES = 16 * 1024;

    public SocketLimits {
        Settings.requireAtLeast("maxMessageBytes", maxMessageBytes, MIN_MESSAGE_BYTES);
        Settings.requireAtLeast("messagesPerSecond", messagesPerSecond, 1);
        Settings.requireAtLeast("messageBurst", messageBurst, 1);
        Settings.requireAtLeast("bytesPerSecond", bytesPerSecond, 1);
        Settings.requireAtLeast("byteBurst", byteBurst, maxMessageBytes);
        Settings.requireAtLeast("maxErrors", maxErrors, 1);
        Settings.requirePositive("firstMessageTimeout", firstMessageTimeout);
        Settings.requirePositive("pingInterval", pingInterval);
        Settings.requirePositive("silenceTimeout", silenceTimeout);
        Settings.requirePositive("slowReaderTimeout", slowReaderTimeout);
        Settings.requireAtLeast("maxQueuedBytes", maxQueuedBytes, maxMessageBytes);
        Settings.requireAtLeast("joinsPerSecond", joinsPerSecond, 1);
        Settings.requireAtLeast("joinBurst", joinBurst, 1);
    }

    public static SocketLimits defaults() {
        return new SocketLimits(
                256 * 1024,
                100,
                200,
                512 * 1024,
                2 * 1024 * 1024,
                20,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(25),
                Duration.ofSeconds(10),
                1024 * 1024,
                20,
                200);
    }

    public SocketLimits withFirstMessageTimeout(Duration timeout) {
        return new SocketLimits(
                maxMessageBytes,
                messagesPerSecond,
                messageBurst,
                bytesPerSecond,
                byteBurst,
                maxErrors,
                timeout,
                pingInterval,
                silenceTimeout,
                slowReaderTimeout,
                maxQueuedBytes,
                joinsPerSecond,
                joinBurst);
    }

    public SocketLimits withJoins(int perSecond, int burst) {
        return new SocketLimits(
                maxMessageBytes,
                messagesPerSecond,
                messageBurst,
                bytesPerSecond,
                byteBurst,
                maxErrors,
                firstMessageTimeout,
                pingInterval,
                silenceTimeout,
                slowReaderTimeout,
                maxQueuedBytes,
                perSecond,
                burst);
    }
}
