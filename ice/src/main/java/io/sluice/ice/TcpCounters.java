package io.sluice.ice;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts of a node's TCP port since it was opened. Written and read from any thread. */
public final class TcpCounters {
    private static final int OPEN = 0;
    private static final int ACCEPTED = 1;
    private static final int QUEUED_BYTES = 2;
    private static final int COUNTS = 3;

    private final AtomicLongArray counts = new AtomicLongArray(COUNTS);
    private final AtomicLongArray drops = new AtomicLongArray(TcpFrameDrop.values().length);
    private final AtomicLongArray refusals = new AtomicLongArray(TcpRefusal.values().length);

    /** Each datagram's, of every loop: they must not take one word of memory from each other. */
    private final LongAdder framesIn = new LongAdder();

    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder framesOut = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();

    public TcpCounters() {}

    /** Connections that are open now. */
    public long open() {
        return counts.get(OPEN);
    }

    /** Connections that came, those refused at once included. */
    public long accepted() {
        return counts.get(ACCEPTED);
    }

    /** Datagrams received in streams, those dropped afterwards included. */
    public long framesIn() {
        return framesIn.sum();
    }

    /** Their bytes, without framing. */
    public long bytesIn() {
        return bytesIn.sum();
    }

    /** Datagrams handed to the system. */
    public long framesOut() {
        return framesOut.sum();
    }

    /** Their bytes, without framing. */
    public long bytesOut() {
        return bytesOut.sum();
    }

    /** Bytes that wait for clients to read, of all connections. */
    long queuedBytes() {
        return counts.get(QUEUED_BYTES);
    }

    void queued(int moreBytes) {
        counts.addAndGet(QUEUED_BYTES, moreBytes);
    }

    /** Datagrams dropped for one reason. */
    public long drops(TcpFrameDrop reason) {
        return drops.get(reason.ordinal());
    }

    /** Connections closed by us for one reason. */
    public long refusals(TcpRefusal reason) {
        return refusals.get(reason.ordinal());
    }

    /** Counts one more connection; how many that makes. */
    long opened() {
        counts.incrementAndGet(ACCEPTED);
        return counts.incrementAndGet(OPEN);
    }

    void closed() {
        counts.decrementAndGet(OPEN);
    }

    void received(int sizeBytes) {
        framesIn.increment();
        bytesIn.add(sizeBytes);
    }

    void sent(int sizeBytes) {
        framesOut.increment();
        bytesOut.add(sizeBytes);
    }

    void drop(TcpFrameDrop reason) {
        drops.incrementAndGet(reason.ordinal());
    }

    void refuse(TcpRefusal reason) {
        refusals.incrementAndGet(reason.ordinal());
    }
}
