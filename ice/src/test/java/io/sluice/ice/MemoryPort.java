package io.sluice.ice;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.util.List;

/** A port without a network, which remembers the last request that was sent. */
final class MemoryPort implements UdpPort {
    /** The lower half of ::ffff:127.0.0.1. */
    static final long LOOPBACK = 0xffff_7f00_0001L;

    private final MemorySegment egress = Arena.ofAuto().allocate(Slab.SLOT_BYTES, 8);
    private final UdpCounters counters = new UdpCounters();
    private final byte[] transaction = new byte[StunMessage.TRANSACTION_BYTES];

    /** The transaction id of the last request sent. */
    byte[] transaction() {
        return transaction.clone();
    }

    @Override
    public int port() {
        return 7_882;
    }

    @Override
    public List<InetAddress> addresses() {
        return List.of(InetAddress.ofLiteral("127.0.0.1"));
    }

    @Override
    public void start(Sink sink) {}

    @Override
    public MemorySegment egress() {
        return egress;
    }

    @Override
    public long reserve() {
        return 0;
    }

    @Override
    public void send(int socket, long remoteHigh, long remoteLow, int remotePort, int length) {
        if (egress.get(ValueLayout.JAVA_BYTE, 0) == 0) {
            MemorySegment.copy(
                    egress,
                    ValueLayout.JAVA_BYTE,
                    StunMessage.TRANSACTION_OFFSET,
                    transaction,
                    0,
                    transaction.length);
        }
    }

    @Override
    public void flush() {}

    @Override
    public boolean sendsRuns() {
        return true;
    }

    @Override
    public UdpCounters counters() {
        return counters;
    }

    @Override
    public void close() {}
}
