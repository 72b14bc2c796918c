package io.sluice.dtls;

/**
 * Limits of the handshakes of one node.
 *
 * @param resendMillis when an unanswered flight is first sent again; doubles each time
 * @param handshakeTimeoutMillis how long one handshake may take
 * @param maxRunningHandshakes handshakes at work at one time on the node
 * @param maxWaitingHandshakes handshakes that may wait for their turn
 * @param admissionTimeoutMillis how long they wait
 * @param maxQueuedDatagrams datagrams one association holds for its handshake thread
 * @param maxHandshakeDatagrams datagrams one association takes before it is connected: what bounds
 *     the work that fragments can cause
 */
public record DtlsConfig(
        int resendMillis,
        int handshakeTimeoutMillis,
        int maxRunningHandshakes,
        int maxWaitingHandshakes,
        int admissionTimeoutMillis,
        int maxQueuedDatagrams,
        int maxHandshakeDatagrams) {

    public DtlsConfig {
        requirePositive(resendMillis, "resendMillis");
        requirePositive(handshakeTimeoutMillis, "handshakeTimeoutMillis");
        requirePositive(maxRunningHandshakes, "maxRunningHandshakes");
        requirePositive(maxQueuedDatagrams, "maxQueuedDatagrams");
        requirePositive(maxHandshakeDatagrams, "maxHandshakeDatagrams");
        if (maxWaitingHandshakes < 0 || admissionTimeoutMillis < 0) {
            throw new IllegalArgumentException("negative limit");
        }
    }

    /**
     * A handshake needs 0.7 ms of CPU and some round trips, so 512 at a time keep a node busy even
     * over slow paths, at 16 KB each. 250 ms suits the round trips of calls better than RFC 6347's
     * second. 32 datagrams are several full flights; 512 are more than 20 s of resends can bring.
     */
    public static DtlsConfig defaults() {
        return new DtlsConfig(250, 20_000, 512, 4096, 5_000, 32, 512);
    }

    private static void requirePositive(int value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }
}
