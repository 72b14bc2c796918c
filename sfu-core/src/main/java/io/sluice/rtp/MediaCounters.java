package io.sluice.rtp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Counts of one loop's media since its start. One writer, the owning loop; read from anywhere. */
public final class MediaCounters {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] counts = new long[MediaCount.values().length];

    /** Counts one; on the owning loop. */
    public void count(MediaCount what) {
        add(what, 1);
    }

    /** Counts some at once; on the owning loop. */
    public void add(MediaCount what, long amount) {
        int i = what.ordinal();
        // One writer: a plain read and an opaque write lose nothing and cost no fence.
        COUNT.setOpaque(counts, i, counts[i] + amount);
    }

    /** How much was counted so far. */
    public long of(MediaCount what) {
        return (long) COUNT.getOpaque(counts, what.ordinal());
    }
}
