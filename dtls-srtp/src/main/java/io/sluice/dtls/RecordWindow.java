package io.sluice.dtls;

/**
 * Which of the latest records have come (RFC 6347 4.1.2.6).
 *
 * <p>Owned by the association's loop.
 */
final class RecordWindow {
    /** What RFC 6347 recommends, and browsers have. */
    static final int RECORDS = Long.SIZE;

    private long highest = -1;

    /** The lowest bit is the highest record's. */
    private long taken;

    /** Whether a record has not come, and is not too old to tell. */
    boolean isNew(long sequence) {
        long age = highest - sequence;
        return age < 0 || (age < RECORDS && (taken >>> age & 1) == 0);
    }

    /** A record that is new, or was taken elsewhere, was authentic. */
    void accept(long sequence) {
        long ahead = sequence - highest;
        if (ahead > 0) {
            taken = ahead < RECORDS ? taken << ahead : 0;
            taken |= 1;
            highest = sequence;
        } else if (-ahead < RECORDS) {
            taken |= 1L << -ahead;
        }
    }
}
