package io.sluice.sctp;

/**
 * A chunk that is sent until it is answered: INIT, COOKIE ECHO, SHUTDOWN or SHUTDOWN ACK.
 *
 * <p>Owned by the loop of its association.
 */
final class Asking {
    static final long NEVER = Long.MAX_VALUE;

    private final Answers answers;
    private byte[] chunk = {};
    private int tag;
    private long atNanos = NEVER;

    Asking(Answers answers) {
        this.answers = answers;
    }

    void begin(byte[] newChunk, int newTag, long untilNanos) {
        chunk = newChunk;
        tag = newTag;
        again(untilNanos);
    }

    /** Sends it again; the next time is then. */
    void again(long untilNanos) {
        atNanos = untilNanos;
        repeat();
    }

    /** Sends it again, out of turn. */
    void repeat() {
        answers.add(chunk, tag, true);
    }

    void stop() {
        atNanos = NEVER;
    }

    boolean isWaiting() {
        return atNanos != NEVER;
    }

    long nextTimeoutNanos() {
        return atNanos;
    }
}
