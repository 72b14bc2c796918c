package io.sluice.ice;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP port of sockets of our own on Netty's epoll loop, with {@code recvmmsg} and {@code sendmmsg}.
 *
 * <p>Owned by its loop. Epoll is level-triggered: an event that leaves datagrams behind comes again
 * in the loop's next turn, after the other sockets and tasks had theirs.
 */
final class EpollUdpPort implements UdpPort {
    /** A turn's share for one socket: more would starve the loop's timers and other sockets. */
    private static final int BATCHES_PER_EVENT = 4;

    /** Two viewers' frames: with more the first would wait, with fewer there are more system calls. */
    private static final int MANY_DATAGRAMS = 16;

    /** Of datagrams that came as one; a batch of as many as single ones would take four megabytes. */
    private static final int RUNS = 16;

    /** The longest datagram there is. */
    private static final int RUN_BYTES = 1 << 16;

    /** Kinds of failure that are logged. */
    private static final int REPORTED_KINDS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(EpollUdpPort.class);

    private final IoEventLoop loop;
    private final Slab slab;
    private final int port;
    private final List<InetAddress> addresses;
    private final Arena arena = Arena.ofShared();
    private final LinuxSockets sockets = new LinuxSockets();
    private final Socket[] bound;
    private final MessageBatch incoming = new MessageBatch(arena);
    private final MemorySegment egress =
            arena.allocate((long) SendBatch.DATAGRAMS * Slab.SLOT_BYTES, Slab.SLOT_BYTES);

    /** What runs are received into, before each of their datagrams gets a slot; null if none come. */
    private final @Nullable MemorySegment runs;

    private final UdpCounters counters = new UdpCounters();
    private final Set<Class<?>> reported = new HashSet<>();
    private int queued;
    private boolean delivering;
    private boolean closeWanted;
    private boolean closed;
    private @Nullable ReceiveRing ring;
    private @Nullable StreamSends streams;

    /** Takes over descriptors, a pair for each address. */
    EpollUdpPort(
            IoEventLoop loop,
            Slab slab,
            int port,
            List<InetAddress> addresses,
            List<SocketPair> pairs,
            UdpConfig config) {
        this.loop = loop;
        this.slab = slab;
        this.port = port;
        this.addresses = List.copyOf(addresses);
        runs = config.receivesRuns() ? arena.allocate((long) RUNS * RUN_BYTES, Long.BYTES) : null;
        bound = new Socket[pairs.size()];
        for (int i = 0; i < bound.length; i++) {
            boolean ipv6 = addresses.get(i) instanceof Inet6Address;
            bound[i] = new Socket(i, pairs.get(i), ipv6, config.runs());
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public List<InetAddress> addresses() {
        return addresses;
    }

    @Override
    public boolean sendsRuns() {
        for (Socket socket : bound) {
            if (!socket.outlet.sendsRuns()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public UdpCounters counters() {
        return counters;
    }

    @Override
    public MemorySegment egress() {
        return egress;
    }

    @Override
    public void start(Sink sink) {
        if (!loop.inEventLoop()) {
            throw new IllegalStateException("a port is started on its loop");
        }
        if (ring != null || closed) {
            throw new IllegalStateException("the port was started or closed before");
        }
        // Half of a small slab at most, so that a sink that keeps slots finds some.
        ring =
                new ReceiveRing(
                        slab, Math.min(MessageBatch.MESSAGES, Math.max(1, slab.slots() / 2)));
        if (runs == null) {
            for (int i = 0; i < ring.size(); i++) {
                aim(i, ring.slot(i));
            }
        } else {
            for (int i = 0; i < RUNS; i++) {
                incoming.data(i, runs.address() + (long) i * RUN_BYTES, RUN_BYTES);
            }
        }
        for (Socket socket : bound) {
            socket.register(sink);
        }
    }

    private void aim(int i, int slot) {
        incoming.data(i, slab.memory().address() + Slab.offset(slot), Slab.SLOT_BYTES);
    }

    @Override
    public long reserve() {
        if (closed) {
            return NO_ROOM;
        }
        if (queued == SendBatch.DATAGRAMS) {
            flush();
        }
        return (long) queued * Slab.SLOT_BYTES;
    }

    @Override
    public void send(int socket, long remoteHigh, long remoteLow, int remotePort, int length) {
        // Takes the place of the array's own check: datagrams cost no more than without streams.
        if (socket >= bound.length) {
            pass(socket, length);
            return;
        }
        long pointer = egress.address() + (long) queued * Slab.SLOT_BYTES;
        bound[socket].outlet.queue(pointer, remoteHigh, remoteLow, remotePort, length);
        queued++;
    }

    @Override
    public void passOn(StreamSends to) {
        streams = to;
    }

    /** The place in the egress memory is free again at once: streams take a copy. */
    private void pass(int socket, int length) {
        StreamSends to = streams;
        if (to != null) {
            to.send(socket, egress, (long) queued * Slab.SLOT_BYTES, length);
        }
    }

    @Override
    public void flush() {
        for (Socket socket : bound) {
            socket.outlet.flush();
        }
        queued = 0;
        if (streams != null) {
            streams.flush();
        }
    }

    @Override
    public void flushIfMany() {
        if (queued >= MANY_DATAGRAMS) {
            flush();
        }
    }

    @Override
    public void close() {
        if (loop.inEventLoop()) {
            closeOnLoop();
        } else {
            loop.submit(this::closeOnLoop).syncUninterruptibly();
        }
    }

    private void closeOnLoop() {
        if (closed) {
            return;
        }
        if (delivering) {
            // The sink closes us: the batch in hand still reads the memory that goes with us.
            closeWanted = true;
            return;
        }
        flush();
        closed = true;
        for (Socket socket : bound) {
            socket.close();
        }
        if (ring != null) {
            ring.release();
        }
        arena.close();
    }

    /** Once for each kind of failure: a datagram that fails may come again and again. */
    private void report(Throwable failure) {
        if (reported.size() < REPORTED_KINDS && reported.add(failure.getClass())) {
            LOG.error("A datagram was given up", failure);
        }
    }

    /** One address. Netty calls {@link #handle} when its descriptor is readable, on the loop. */
    private final class Socket implements EpollIoHandle {
        private final int index;
        private final SocketPair pair;
        private final FileDescriptor fd;
        private final boolean ipv6;
        private final Outlet outlet;
        private boolean open = true;
        private @Nullable Sink sink;
        private @Nullable IoRegistration registration;

        Socket(int index, SocketPair pair, boolean ipv6, boolean sendsRuns) {
            this.index = index;
            this.pair = pair;
            fd = new FileDescriptor(pair.receiving());
            this.ipv6 = ipv6;
            SendCall kernel = (messages, count) -> sockets.send(pair.sending(), messages, count);
            outlet = new Outlet(arena, ipv6, sendsRuns, kernel, counters);
        }

        @Override
        public FileDescriptor fd() {
            return fd;
        }

        void register(Sink to) {
            sink = to;
            IoRegistration registered = loop.register(this).getNow();
            registered.submit(EpollIoOps.EPOLLIN);
            registration = registered;
        }

        @Override
        public void handle(IoRegistration registered, IoEvent event) {
            delivering = true;
            try {
                for (int i = 0; i < BATCHES_PER_EVENT && receive(); i++) {}
            } catch (RuntimeException | Error e) {
                // Thrown further, Netty would put the whole loop to sleep for a second.
                LOG.error("A batch of datagrams was given up", e);
            } finally {
                delivering = false;
            }
            if (closeWanted) {
                closeOnLoop();
            }
        }

        /** One batch; whether there may be more. */
        private boolean receive() {
            ReceiveRing slots = ring;
            Sink to = sink;
            if (closeWanted || slots == null || to == null) {
                return false;
            }
            int room = runs == null ? slots.size() : RUNS;
            for (int i = 0; i < room; i++) {
                incoming.expect(i);
            }
            int count = sockets.receive(fd.intValue(), incoming.pointer(0), room);
            if (count <= 0) {
                return count == -LinuxSockets.EINTR;
            }
            long nowNanos = System.nanoTime();
            countReceived(count);
            try {
                for (int i = 0; i < count && !closeWanted; i++) {
                    if (incoming.truncated(i)) {
                        counters.drop(DatagramDrop.TRUNCATED);
                    } else if (runs == null) {
                        deliver(slots, to, i, i, incoming.receivedBytes(i), nowNanos);
                    } else {
                        deliverRun(runs, slots, to, i, nowNanos);
                    }
                }
            } finally {
                to.onBatchEnd(nowNanos);
            }
            return count == room;
        }

        private void countReceived(int messages) {
            int packets = 0;
            long sizeBytes = 0;
            for (int i = 0; i < messages; i++) {
                int messageBytes = incoming.receivedBytes(i);
                int segmentBytes = runs == null ? messageBytes : incoming.segmentBytes(i);
                packets +=
                        messageBytes <= segmentBytes ? 1 : Math.ceilDiv(messageBytes, segmentBytes);
                sizeBytes += messageBytes;
            }
            counters.received(packets, sizeBytes);
        }

        /** Each datagram of message {@code i}, by way of the first slot. */
        private void deliverRun(
                MemorySegment from, ReceiveRing slots, Sink to, int i, long nowNanos) {
            int sizeBytes = incoming.receivedBytes(i);
            int segmentBytes = incoming.segmentBytes(i);
            int start = 0;
            do {
                int length = Math.min(segmentBytes, sizeBytes - start);
                if (length > Slab.SLOT_BYTES) {
                    counters.drop(DatagramDrop.TRUNCATED);
                } else {
                    long source = (long) i * RUN_BYTES + start;
                    long target = Slab.offset(slots.slot(0));
                    MemorySegment.copy(from, source, slab.memory(), target, length);
                    deliver(slots, to, i, 0, length, nowNanos);
                }
                start += segmentBytes;
            } while (start < sizeBytes && !closeWanted);
        }

        /** The datagram in slot {@code at} of the ring, which came with message {@code i}. */
        private void deliver(ReceiveRing slots, Sink to, int i, int at, int length, long nowNanos) {
            if (!slots.hasSpare()) {
                counters.drop(DatagramDrop.SLAB_EXHAUSTED);
                return;
            }
            boolean kept;
            try {
                kept =
                        to.onDatagram(
                                index,
                                incoming.remoteHigh(i, ipv6),
                                incoming.remoteLow(i, ipv6),
                                incoming.remotePort(i),
                                slots.slot(at),
                                length,
                                nowNanos);
            } catch (RuntimeException | Error e) {
                // The rest of the batch belongs to others.
                counters.drop(DatagramDrop.LISTENER_FAILED);
                report(e);
                return;
            }
            if (kept) {
                slots.replace(at);
                if (runs == null) {
                    aim(at, slots.slot(at));
                }
            }
        }

        @Override
        public void close() {
            if (!open) {
                return;
            }
            open = false;
            outlet.close();
            if (registration != null) {
                registration.cancel();
            }
            pair.close(sockets);
        }
    }
}
