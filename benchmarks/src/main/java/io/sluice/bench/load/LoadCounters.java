package io.sluice.bench.load;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** What one loop's clients sent and received. One writer, the loop; read from anywhere. */
final class LoadCounters {

    /** What is counted. */
    enum Count {
        /** RTP packets of publishers, repeats not counted. */
        SENT,
        /** RTP packets that arrived under a media SSRC. */
        RECEIVED,
        RECEIVED_BYTES,
        /** Sequence numbers that were passed over. */
        MISSING,
        /** Of those, what came later, by itself or as a retransmission. */
        REPAIRED,
        /** Packets that were decrypted and compared. */
        CHECKED,
        /** A tag that was wrong, or a payload that nobody sent. */
        CORRUPT,
        /** SSRCs that no answer named. */
        UNKNOWN,
        NACKS_ANSWERED,
        KEYFRAMES_ASKED
    }

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] counts = new long[Count.values().length];

    void add(Count what, long number) {
        int i = what.ordinal();
        COUNT.setOpaque(counts, i, counts[i] + number);
    }

    long of(Count what) {
        return (long) COUNT.getOpaque(counts, what.ordinal());
    }
}
