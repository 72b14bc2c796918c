package io.sluice.ice;

import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Opens UDP ports: one socket for each local address, all on the same port number, never the
 * wildcard address.
 */
public final class UdpPorts {
    /** Receive and send buffers of a socket; the system may grant less. */
    static final int SOCKET_BUFFER_BYTES = 4 << 20;

    /** How many numbers are tried when the system chooses one that another address has taken. */
    private static final int CHOICES = 64;

    private UdpPorts() {}

    /**
     * Opens a port for one loop, with sockets of our own where {@link #nativeAvailable} and with
     * Netty's elsewhere. May be called from any thread.
     *
     * @param port the number, or 0 for one that the system chooses and that is free on all addresses
     * @throws UncheckedIOException an address cannot be bound
     */
    public static UdpPort open(IoEventLoop loop, Slab slab, List<InetAddress> addresses, int port) {
        return open(loop, slab, addresses, port, UdpConfig.defaults());
    }

    /** As {@link #open(IoEventLoop, Slab, List, int)}, with other means. */
    public static UdpPort open(
            IoEventLoop loop, Slab slab, List<InetAddress> addresses, int port, UdpConfig config) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a port needs at least one local address");
        }
        for (InetAddress address : addresses) {
            if (address.isAnyLocalAddress()) {
                throw new IllegalArgumentException(
                        "the wildcard address cannot be bound: name each local address");
            }
        }
        boolean epoll =
                config.ownSockets() && nativeAvailable() && loop.isCompatible(EpollIoHandle.class);
        Opener opener =
                epoll
                        ? number -> openEpoll(loop, slab, addresses, number, config)
                        : number -> NettyUdpPort.open(loop, slab, addresses, number);
        return open(opener, addresses, port);
    }

    /** Whether the sockets of our own can be used: Linux on x86-64 or aarch64, with native access. */
    public static boolean nativeAvailable() {
        return LinuxSockets.available();
    }

    /** By what means a port sends, in words for whoever starts a server. */
    public static String implementation(UdpPort port) {
        if (port instanceof EpollUdpPort) {
            return port.sendsRuns() ? "sendmmsg with UDP_SEGMENT" : "sendmmsg without UDP_SEGMENT";
        }
        return "Netty's datagram channels";
    }

    private interface Opener {
        UdpPort open(int port) throws IOException;
    }

    private static UdpPort open(Opener opener, List<InetAddress> addresses, int port) {
        try {
            for (int choice = 1; ; choice++) {
                try {
                    return opener.open(port);
                } catch (BindException e) {
                    // The number that is free on the first address may be taken on the next.
                    if (port != 0 || addresses.size() == 1 || choice == CHOICES) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static UdpPort openEpoll(
            IoEventLoop loop, Slab slab, List<InetAddress> addresses, int port, UdpConfig config)
            throws IOException {
        LinuxSockets sockets = new LinuxSockets();
        int[] fds = new int[addresses.size()];
        int opened = 0;
        int number = port;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment scratch = MessageBatch.allocateAddress(arena);
            for (InetAddress address : addresses) {
                int fd = openSocket(sockets, address instanceof Inet6Address, config, arena);
                fds[opened++] = fd;
                number = bind(sockets, fd, address, number, scratch, arena);
            }
            return new EpollUdpPort(loop, slab, number, addresses, fds, config);
        } catch (IOException | RuntimeException e) {
            for (int i = 0; i < opened; i++) {
                sockets.close(fds[i]);
            }
            throw e;
        }
    }

    private static int openSocket(LinuxSockets sockets, boolean ipv6, UdpConfig config, Arena arena)
            throws IOException {
        int fd = sockets.socket(ipv6 ? LinuxSockets.AF_INET6 : LinuxSockets.AF_INET);
        if (fd < 0) {
            throw new IOException("no socket could be opened, errno " + -fd);
        }
        long size = arena.allocateFrom(ValueLayout.JAVA_INT, SOCKET_BUFFER_BYTES).address();
        int level = LinuxSockets.SOL_SOCKET;
        // The forced form passes the system's limit where we have the right; else the limit holds.
        if (sockets.setOption(fd, level, LinuxSockets.SO_RCVBUFFORCE, size, Integer.BYTES) < 0) {
            sockets.setOption(fd, level, LinuxSockets.SO_RCVBUF, size, Integer.BYTES);
        }
        if (sockets.setOption(fd, level, LinuxSockets.SO_SNDBUFFORCE, size, Integer.BYTES) < 0) {
            sockets.setOption(fd, level, LinuxSockets.SO_SNDBUF, size, Integer.BYTES);
        }
        long one = arena.allocateFrom(ValueLayout.JAVA_INT, 1).address();
        if (config.receivesRuns()) {
            // A kernel that does not know it delivers single datagrams.
            sockets.setOption(fd, LinuxSockets.SOL_UDP, LinuxSockets.UDP_GRO, one, Integer.BYTES);
        }
        if (ipv6) {
            sockets.setOption(
                    fd, LinuxSockets.IPPROTO_IPV6, LinuxSockets.IPV6_V6ONLY, one, Integer.BYTES);
        }
        return fd;
    }

    /** Binds and returns the port number. */
    private static int bind(
            LinuxSockets sockets,
            int fd,
            InetAddress address,
            int port,
            MemorySegment scratch,
            Arena arena)
            throws IOException {
        int sizeBytes =
                MessageBatch.writeAddress(
                        scratch,
                        0,
                        address instanceof Inet6Address,
                        RemoteAddress.high(address),
                        RemoteAddress.low(address),
                        port);
        int result = sockets.bind(fd, scratch.address(), sizeBytes);
        if (result < 0) {
            String message = address.getHostAddress() + " port " + port + ", errno " + -result;
            throw result == -LinuxSockets.EADDRINUSE
                    ? new BindException("already in use: " + message)
                    : new IOException("cannot be bound: " + message);
        }
        MemorySegment room = arena.allocateFrom(ValueLayout.JAVA_INT, (int) scratch.byteSize());
        result = sockets.localAddress(fd, scratch.address(), room.address());
        if (result < 0) {
            throw new IOException("the port number cannot be read, errno " + -result);
        }
        return MessageBatch.port(scratch, 0);
    }
}
