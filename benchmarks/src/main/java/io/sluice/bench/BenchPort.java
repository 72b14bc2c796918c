package io.sluice.bench;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.sluice.ice.Slab;
import io.sluice.ice.UdpConfig;
import io.sluice.ice.UdpPort;
import io.sluice.ice.UdpPorts;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A port of the server on a loop of its own, and nothing above it.
 *
 * <p>Opened and closed by any one thread; its port belongs to its loop.
 */
final class BenchPort implements AutoCloseable {
    private static final int SLAB_SLOTS = 256;

    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("bench-port", true), EpollIoHandler.newFactory());
    private final IoEventLoop thread = group.next();
    private final Slab slab = new Slab(SLAB_SLOTS);
    private final UdpPort port;

    /**
     * @param ownSockets not Netty's
     */
    BenchPort(boolean ownSockets) {
        port =
                UdpPorts.open(
                        thread,
                        slab,
                        List.of(InetAddress.getLoopbackAddress()),
                        0,
                        UdpConfig.defaults().withOwnSockets(ownSockets));
    }

    UdpPort port() {
        return port;
    }

    Executor thread() {
        return thread;
    }

    /** Delivers what comes in. */
    void start(UdpPort.Sink sink) {
        CompletableFuture.runAsync(() -> port.start(sink), thread).join();
    }

    @Override
    public void close() {
        port.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        slab.close();
    }
}
