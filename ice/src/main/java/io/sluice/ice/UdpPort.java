package io.sluice.ice;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;

/**
 * One loop's UDP port number, with one socket per local address on it.
 *
 * <p>Owned by the loop it was opened on; every method but {@link #close} is called there. Remote
 * addresses are primitives: the two halves of an IPv6 address, big-endian, IPv4 as
 * {@code ::ffff:a.b.c.d} (RFC 4291 2.5.5.2), and the port. Received datagrams lie in slots of the
 * loop's {@link Slab}; datagrams to send are written straight into slots of the port's own.
 */
public interface UdpPort extends AutoCloseable {

    /** What {@link #reserve} returns when the datagram must be dropped. */
    long NO_ROOM = -1;

    /**
     * Numbers from here on, in the place of a socket's index, are TCP connections. What is sent to one is
     * written where datagrams are, and passed on.
     */
    int FIRST_STREAM = 1 << 20;

    /** Hears of received datagrams, on the loop. */
    interface Sink {

        /**
         * One datagram, at {@code Slab.offset(slot)}.
         *
         * @param socket index into {@link UdpPort#addresses()}: replies leave by the same socket
         * @return true to keep the slot's hold; the port then takes another slot
         */
        boolean onDatagram(
                int socket,
                long remoteHigh,
                long remoteLow,
                int remotePort,
                int slot,
                int length,
                long nowNanos);

        /** A batch is done: what was queued should now leave ({@link UdpPort#flush}). */
        void onBatchEnd(long nowNanos);
    }

    /** The port number, the same on all sockets. */
    int port();

    /** The local address of each socket, by index. */
    List<InetAddress> addresses();

    /** Starts delivering to {@code sink}. */
    void start(Sink sink);

    /** The memory that datagrams to send are written into. */
    MemorySegment egress();

    /**
     * Room for one datagram of up to {@link Slab#SLOT_BYTES} bytes in {@link #egress()}: its offset,
     * valid until {@link #send}. Flushes by itself when the batch is full.
     */
    long reserve();

    /** Queues what was written at the last reserved offset; it leaves at {@link #flush} at the latest. */
    void send(int socket, long remoteHigh, long remoteLow, int remotePort, int length);

    /**
     * Whether datagrams of one length to one remote, queued one after the other, cost less than others:
     * they leave as one message.
     */
    boolean sendsRuns();

    /** Hands everything queued to the kernel. */
    void flush();

    /**
     * Hands what is queued to the kernel if it is much. To be called between two runs, so that none is
     * cut: the first viewers of many need not wait for the last. Does nothing where datagrams leave one
     * by one.
     */
    default void flushIfMany() {}

    /** Sets where datagrams for {@link #FIRST_STREAM} and up go; before there are any. */
    default void passOn(StreamSends streams) {}

    /** Counts of this port; one writer, read from anywhere. */
    UdpCounters counters();

    /** Sends what is queued and frees sockets and slots; before the loop is shut down, from any thread. */
    @Override
    void close();
}
