package io.sluice.dtls;

/**
 * Limits of the handshakes of one node.
 *
 * @param resendMillis when an unanswered flight is first sent again; doubles each time. 250 ms suits the round
 *     trips of calls better than the second of RFC 6347
 * @param handshakeTimeoutMillis how long one handshake may take; who needs longer than 20 s has gone
 * @param maxRunningHandshakes handshakes at work at one time on the node; one more ends the oldest. 2 048 take 32 MB, or
 *     200 MB if all are hostile
 * @param maxQueuedDatagrams datagrams one association holds for its handshake thread; several full flights: 32
 * @param maxHandshakeDatagrams datagrams one association takes before it is connected: what bounds
 *     the work that fragments can cause. 512 are more than 20 s of resends can bring
 */
public record DtlsConfig(
        int resendMillis,
        int handshakeTimeoutMillis,
        int maxRunningHandshakes,
        int maxQueuedDatagrams,
        int maxHandshakeDatagrams) {

    public DtlsConfig {
        requirePositive(resendMillis, "resendMillis");
        requirePositive(handshakeTimeoutMillis, "handshakeTimeoutMillis");
        requirePositive(maxRunningHandshakes, "maxRunningHandshakes");
        requirePositive(maxQueuedDatagrams, "maxQueuedDatagrams");
        requirePositive(maxHandshakeDatagrams, "maxHandshakeDatagrams");
    }

    /**
     * A handshake needs 0.7 ms of CPU and some round trips. 2,048 at a time take 32 MB, or 200 MB if
     * all are hostile; to displace one that completes within a second, as many must begin in that
     * second. 250 ms suits the round trips of calls better than RFC 6347's second. 32 datagrams are
     * several full flights; 512 are more than 20 s of resends can bring.
     */
    public static DtlsConfig defaults() {
        return new DtlsConfig(250, 20_000, 2_048, 32, 512);
    }

    private static void requirePositive(int value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }
}
