package io.sluice.sctp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Counts of many associations. One writer, the loop that owns them; read from anywhere. */
public final class SctpCounters {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] counts = new long[SctpCount.values().length];
    private final long[] drops = new long[SctpDrop.values().length];

    public long of(SctpCount count) {
        return (long) COUNT.getOpaque(counts, count.ordinal());
    }

    public long of(SctpDrop reason) {
        return (long) COUNT.getOpaque(drops, reason.ordinal());
    }

    void count(SctpCount count) {
        add(count, 1);
    }

    void add(SctpCount count, long more) {
        int i = count.ordinal();
        COUNT.setOpaque(counts, i, counts[i] + more);
    }

    void drop(SctpDrop reason) {
        int i = reason.ordinal();
        COUNT.setOpaque(drops, i, drops[i] + 1);
    }
}
