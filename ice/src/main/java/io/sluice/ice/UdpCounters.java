package io.sluice.ice;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts of one UDP port since it was opened. Written by the port's loop only, read from anywhere. */
public final class UdpCounters {
    private static final int PACKETS_IN = 0;
    private static final int BYTES_IN = 1;
    private static final int PACKETS_OUT = 2;
    private static final int BYTES_OUT = 3;
    private static final int MESSAGES_OUT = 4;
    private static final int DEFERRED = 5;
    private static final int DROPS = 6;
    private static final DatagramDrop[] REASONS = DatagramDrop.values();

    private final AtomicLongArray counts = new AtomicLongArray(DROPS + REASONS.length);

    UdpCounters() {}

    /** Datagrams received, those dropped afterwards included. */
    public long packetsIn() {
        return counts.getOpaque(PACKETS_IN);
    }

    /** UDP payload bytes received. */
    public long bytesIn() {
        return counts.getOpaque(BYTES_IN);
    }

    /** Datagrams that the kernel took. */
    public long packetsOut() {
        return counts.getOpaque(PACKETS_OUT);
    }

    /** UDP payload bytes that the kernel took. */
    public long bytesOut() {
        return counts.getOpaque(BYTES_OUT);
    }

    /** Messages that the kernel took: a run of datagrams is one. */
    public long messagesOut() {
        return counts.getOpaque(MESSAGES_OUT);
    }

    /** Datagrams that waited for a later turn, because the kernel had no room for them. */
    public long deferred() {
        return counts.getOpaque(DEFERRED);
    }

    /** Datagrams that the kernel refused, whatever the reason. */
    public long sendFailures() {
        long sum = 0;
        for (DatagramDrop reason : REASONS) {
            if (reason.outgoing()) {
                sum += drops(reason);
            }
        }
        return sum;
    }

    /** Datagrams dropped for one reason. */
    public long drops(DatagramDrop reason) {
        return counts.getOpaque(DROPS + reason.ordinal());
    }

    void received(int packets, long sizeBytes) {
        add(PACKETS_IN, packets);
        add(BYTES_IN, sizeBytes);
    }

    void sent(int messages, int packets, long sizeBytes) {
        add(MESSAGES_OUT, messages);
        add(PACKETS_OUT, packets);
        add(BYTES_OUT, sizeBytes);
    }

    void deferred(int packets) {
        add(DEFERRED, packets);
    }

    void drop(DatagramDrop reason) {
        add(DROPS + reason.ordinal(), 1);
    }

    void drop(DatagramDrop reason, int datagrams) {
        add(DROPS + reason.ordinal(), datagrams);
    }

    /** There is one writer, so a plain read and an opaque write lose nothing and cost no fence. */
    private void add(int index, long value) {
        counts.setOpaque(index, counts.getPlain(index) + value);
    }
}
