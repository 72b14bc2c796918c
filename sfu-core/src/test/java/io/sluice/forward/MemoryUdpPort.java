package io.sluice.forward;

import io.sluice.ice.Slab;
import io.sluice.ice.UdpCounters;
import io.sluice.ice.UdpPort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** A port whose network is a list: what was sent, in order. */
public final class MemoryUdpPort implements UdpPort {
    private final MemorySegment egress = Arena.ofAuto().allocate(Slab.SLOT_BYTES, 8);
    private final List<byte[]> sent = new ArrayList<>();
    private Runnable onSend = () -> {};
    private Runnable onRunEnd = () -> {};
    private boolean full;

    /** Datagrams sent so far. */
    public List<byte[]> sent() {
        return sent;
    }

    /** Runs with each datagram that is sent from now on. */
    public void onSend(Runnable action) {
        onSend = action;
    }

    /** Runs with each end of a run from now on. */
    public void onRunEnd(Runnable action) {
        onRunEnd = action;
    }

    /** From now on there is no room. */
    public void fill() {
        full = true;
    }

    @Override
    public int port() {
        return 1;
    }

    @Override
    public List<InetAddress> addresses() {
        return List.of();
    }

    @Override
    public void start(Sink sink) {}

    @Override
    public MemorySegment egress() {
        return egress;
    }

    @Override
    public long reserve() {
        return full ? NO_ROOM : 0;
    }

    @Override
    public void send(int socket, long remoteHigh, long remoteLow, int remotePort, int length) {
        sent.add(egress.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        onSend.run();
    }

    @Override
    public void flush() {}

    @Override
    public void flushIfMany() {
        onRunEnd.run();
    }

    @Override
    public boolean sendsRuns() {
        return true;
    }

    @Override
    public UdpCounters counters() {
        throw new UnsupportedOperationException("a list counts nothing but its size");
    }

    @Override
    public void close() {}
}
