package io.sluice.ice;

import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens UDP ports: for each local address one socket, or one to receive and one to send (decision
 * 015), all on the same port number, never the wildcard address.
 */
public final class UdpPorts {
    /** Receive and send buffers of a socket; the system may grant less. */
    static final int SOCKET_BUFFER_BYTES = 4 << 20;

    /** How many numbers are tried when the system chooses one that another address has taken. */
    static final int CHOICES = 64;

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
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static UdpPort openEpoll(
            IoEventLoop loop, Slab slab, List<InetAddress> addresses, int port, UdpConfig config)
            throws IOException {
        LinuxSockets sockets = new LinuxSockets();
        List<SocketPair> opened = new ArrayList<>();
        int number = port;
        try {
            for (InetAddress address : addresses) {
                SocketPair pair = SocketPair.open(sockets, address, number, config);
                opened.add(pair);
                number = pair.port(sockets);
            }
            return new EpollUdpPort(loop, slab, number, addresses, opened, config);
        } catch (IOException | RuntimeException e) {
            opened.forEach(pair -> pair.close(sockets));
            throw e;
        }
    }
}
