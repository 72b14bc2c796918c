package io.sluice.sctp;

/**
 * Asks a silent other side whether it is there (RFC 9260 8.3).
 *
 * <p>Owned by the loop of its association.
 */
final class Heartbeat {
    static final long NEVER = Long.MAX_VALUE;

    /** RFC 9260 16: HB.interval. */
    static final long INTERVAL_NANOS = 30_000_000_000L;

    private static final int INFO = 1;
    private static final int VALUE_BYTES = 20;

    private final RetransmissionTimeout timeout;
    private long atNanos = NEVER;
    private boolean unanswered;
    private long sentNanos;
    private long nonce;

    Heartbeat(RetransmissionTimeout timeout) {
        this.timeout = timeout;
    }

    /** The other side was just heard. */
    void restart(long nowNanos) {
        unanswered = false;
        atNanos = nowNanos + INTERVAL_NANOS;
    }

    void stop() {
        atNanos = NEVER;
    }

    long nextTimeoutNanos() {
        return atNanos;
    }

    boolean due(long nowNanos) {
        return nowNanos >= atNanos;
    }

    /** Whether the one before was not answered. */
    boolean isUnanswered() {
        return unanswered;
    }

    byte[] next(long newNonce, long nowNanos) {
        if (unanswered) {
            timeout.backOff();
        }
        unanswered = true;
        nonce = newNonce;
        sentNanos = nowNanos;
        atNanos = nowNanos + timeout.nanos();
        byte[] value = new byte[VALUE_BYTES];
        Wire.put16(value, 0, INFO);
        Wire.put16(value, 2, VALUE_BYTES);
        Wire.put64(value, 4, nonce);
        Wire.put64(value, 12, nowNanos);
        return Answers.chunk(ChunkType.HEARTBEAT, value, 0, value.length);
    }

    /** Takes the value of a HEARTBEAT ACK; returns whether it answers the last one. */
    boolean onAnswer(byte[] buffer, int at, int length, long nowNanos) {
        if (!unanswered || length != VALUE_BYTES || Wire.i64(buffer, at + 4) != nonce) {
            return false;
        }
        timeout.onMeasured(nowNanos - sentNanos);
        timeout.onProgress();
        restart(nowNanos);
        return true;
    }
}
