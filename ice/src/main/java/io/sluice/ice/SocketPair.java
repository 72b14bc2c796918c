package io.sluice.ice;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * The descriptors of one local address and port number: what all datagrams come in by, which epoll
 * watches, and what all leave by.
 *
 * <p>Two, because the kernel wakes who watches a socket for each datagram that has left it, whatever is
 * watched for. The second one is bound to the same address and connected to the discard port there, so that
 * nothing comes in by it but what claims to be sent from that; and it sends to any address all the same.
 *
 * @param receiving non-blocking and bound
 * @param sending another one, or the same where there can only be one
 */
record SocketPair(int receiving, int sending) {
    /** RFC 863: of a service that says nothing, so that nothing comes from there. */
    private static final int DISCARD_PORT = 9;

    /** For what nobody will read: the system's least is taken. */
    private static final int LEAST_BUFFER_BYTES = 1;

    /** One descriptor for both. */
    static SocketPair single(int fd) {
        return new SocketPair(fd, fd);
    }

    /**
     * Opens and binds.
     *
     * @param port the number, or 0 for one that the system chooses
     * @throws BindException the number is taken
     */
    static SocketPair open(LinuxSockets sockets, InetAddress address, int port, UdpConfig config)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return new Opening(sockets, address, arena).open(port, config);
        }
    }

    /** The port number that it is bound to. */
    int port(LinuxSockets sockets) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = MessageBatch.allocateAddress(arena);
            long room =
                    arena.allocateFrom(ValueLayout.JAVA_INT, (int) address.byteSize()).address();
            int failed = sockets.localAddress(receiving, address.address(), room);
            if (failed < 0) {
                throw new IOException("the port number cannot be read, errno " + -failed);
            }
            return MessageBatch.port(address, 0);
        }
    }

    void close(LinuxSockets sockets) {
        sockets.close(receiving);
        if (sending != receiving) {
            sockets.close(sending);
        }
    }

    /** What the steps of {@link #open} share. */
    private record Opening(LinuxSockets sockets, InetAddress address, Arena arena) {
        SocketPair open(int port, UdpConfig config) throws IOException {
            int receiving = socket();
            try {
                sizeBuffer(
                        receiving,
                        LinuxSockets.SO_RCVBUFFORCE,
                        LinuxSockets.SO_RCVBUF,
                        UdpPorts.SOCKET_BUFFER_BYTES);
                if (config.receivesRuns()) {
                    // A kernel that does not know it delivers single datagrams.
                    set(receiving, LinuxSockets.SOL_UDP, LinuxSockets.UDP_GRO, 1);
                }
                int failed = named(port, receiving, sockets::bind);
                if (failed < 0) {
                    throw refusal(port, -failed);
                }
                SocketPair single = single(receiving);
                return second(single, single.port(sockets));
            } catch (IOException | RuntimeException e) {
                sockets.close(receiving);
                throw e;
            }
        }

        private SocketPair second(SocketPair first, int port) throws IOException {
            int sending = socket();
            sizeBuffer(
                    sending,
                    LinuxSockets.SO_RCVBUFFORCE,
                    LinuxSockets.SO_RCVBUF,
                    LEAST_BUFFER_BYTES);
            // Both have to agree to share the number, and only while the second one is bound: later
            // nobody else may take it.
            reusable(first.receiving(), 1);
            reusable(sending, 1);
            boolean done =
                    named(port, sending, sockets::bind) == 0
                            && named(DISCARD_PORT, sending, sockets::connect) == 0;
            reusable(first.receiving(), 0);
            reusable(sending, 0);
            if (!done) {
                sockets.close(sending);
                return first;
            }
            return new SocketPair(first.receiving(), sending);
        }

        private int socket() throws IOException {
            boolean ipv6 = address instanceof Inet6Address;
            int fd = sockets.socket(ipv6 ? LinuxSockets.AF_INET6 : LinuxSockets.AF_INET);
            if (fd < 0) {
                throw new IOException("no socket could be opened, errno " + -fd);
            }
            sizeBuffer(
                    fd,
                    LinuxSockets.SO_SNDBUFFORCE,
                    LinuxSockets.SO_SNDBUF,
                    UdpPorts.SOCKET_BUFFER_BYTES);
            if (ipv6) {
                set(fd, LinuxSockets.IPPROTO_IPV6, LinuxSockets.IPV6_V6ONLY, 1);
            }
            return fd;
        }

        /** The forced form passes the system's limit where we have the right; else the limit holds. */
        private void sizeBuffer(int fd, int forced, int option, int sizeBytes) {
            if (set(fd, LinuxSockets.SOL_SOCKET, forced, sizeBytes) < 0) {
                set(fd, LinuxSockets.SOL_SOCKET, option, sizeBytes);
            }
        }

        private void reusable(int fd, int value) {
            set(fd, LinuxSockets.SOL_SOCKET, LinuxSockets.SO_REUSEADDR, value);
        }

        private int set(int fd, int level, int option, int value) {
            long pointer = arena.allocateFrom(ValueLayout.JAVA_INT, value).address();
            return sockets.setOption(fd, level, option, pointer, Integer.BYTES);
        }

        /** A call with our address: 0 or {@code -errno}. */
        private int named(int port, int fd, Call call) {
            MemorySegment name = MessageBatch.allocateAddress(arena);
            int sizeBytes =
                    MessageBatch.writeAddress(
                            name,
                            0,
                            address instanceof Inet6Address,
                            RemoteAddress.high(address),
                            RemoteAddress.low(address),
                            port);
            return call.make(fd, name.address(), sizeBytes);
        }

        private IOException refusal(int port, int errno) {
            String message = address.getHostAddress() + " port " + port + ", errno " + errno;
            return errno == LinuxSockets.EADDRINUSE
                    ? new BindException("already in use: " + message)
                    : new IOException("cannot be bound: " + message);
        }
    }

    private interface Call {
        int make(int fd, long address, int addressBytes);
    }
}
