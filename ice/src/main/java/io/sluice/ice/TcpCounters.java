package io.sluice.ice;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts of a node's TCP port since it was opened. Written and read from any thread. */
public final class TcpCounters {
    private static final int OPEN = 0;
    private static final int ACCEPTED = 1;
    private static final int FRAMES_IN = 2;
    private static final int BYTES_IN = 3;
    private static final int FRAMES_OUT = 4;
    private static final int BYTES_OUT = 5;
    private static final int QUEUED_BYTES = 6;
    private static final int COUNTS = 7;

    private final AtomicLongArray counts = new AtomicLongArray(COUNTS);
    private final AtomicLongArray drops = new AtomicLongArray(TcpFrameDrop.values().length);
    private final AtomicLongArray refusals = new AtomicLongArray(TcpRefusal.values().length);

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
        return counts.get(FRAMES_IN);
    }

    /** Their bytes, without framing. */
    public long bytesIn() {
        return counts.get(BYTES_IN);
    }

    /** Datagrams handed to the system. */
    public long framesOut() {
        return counts.get(FRAMES_OUT);
    }

    /** Their bytes, without framing. */
    public long bytesOut() {
        return counts.get(BYTES_OUT);
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
        counts.incrementAndGet(FRAMES_IN);
        counts.addAndGet(BYTES_IN, sizeBytes);
    }

    void sent(int sizeBytes) {
        counts.incrementAndGet(FRAMES_OUT);
        counts.addAndGet(BYTES_OUT, sizeBytes);
    }

    void drop(TcpFrameDrop reason) {
        drops.incrementAndGet(reason.ordinal());
    }

    void refuse(TcpRefusal reason) {
        refusals.incrementAndGet(reason.ordinal());
    }
}
