package io.sluice.loop;

import io.sluice.sctp.SctpCounters;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What is counted of the data channels of one loop. One writer, the loop; read from anywhere but for {@link
 * #sctp}, whose values may be.
 */
public final class DataCounters {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    private final SctpCounters sctp = new SctpCounters();
    private final long[] drops = new long[DataDrop.values().length];
    private volatile int associations;
    private volatile long bufferedBytes;

    public SctpCounters sctp() {
        return sctp;
    }

    /** Associations that are not closed. */
    public int associations() {
        return associations;
    }

    /** Payload that waits on all of them, to be sent, to be acknowledged, or for what is missing before it. */
    public long bufferedBytes() {
        return bufferedBytes;
    }

    public long of(DataDrop reason) {
        return (long) COUNT.getOpaque(drops, reason.ordinal());
    }

    public void drop(DataDrop reason) {
        int i = reason.ordinal();
        COUNT.setOpaque(drops, i, drops[i] + 1);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void opened() {
        associations++;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void closed() {
        associations--;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void buffered(long moreBytes) {
        bufferedBytes += moreBytes;
    }
}
