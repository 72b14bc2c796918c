package io.sluice.srtp;

/**
 * The packet indexes of one SSRC that we send: none is used for other bytes than before (RFC 3711
 * 9.1).
 *
 * <p>Owned by the loop of the context that sends the SSRC.
 */
final class SendIndex {

    /** How far back a plain resend may be. */
    static final int RESEND_PACKETS = 2048;

    /** What {@link #of} returns for a number that must not be sent. */
    static final long REFUSED = -1;

    /** -1 before the first. */
    private long highest = -1;

    /**
     * The index meant by a sequence number, or {@link #REFUSED}. None lies before roll-over 0. A jump of
     * more than half the numbers forward looks like an index far back: other bytes may have been
     * protected under it.
     */
    long of(int sequence) {
        long current = PacketIndex.of(sequence, highest);
        return current >= 0 && current > highest - RESEND_PACKETS ? current : REFUSED;
    }

    /** This index has been sent. */
    void advance(long sent) {
        highest = Math.max(highest, sent);
    }
}
