package io.sluice.rtp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Counts dropped packets by reason. One writer, the owning loop; read from anywhere. */
public final class DropCounters {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] counts = new long[DropReason.values().length];

    /** Counts one packet; on the owning loop. */
    public void count(DropReason reason) {
        int i = reason.ordinal();
        COUNT.setOpaque(counts, i, counts[i] + 1);
    }

    /** How many packets were dropped for a reason so far. */
    public long of(DropReason reason) {
        return (long) COUNT.getOpaque(counts, reason.ordinal());
    }
}
