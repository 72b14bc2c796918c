package io.sluice.ice;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * The node's TCP port for ICE (RFC 6544, passive candidates only): one number, bound on each local
 * address.
 *
 * <p>It has one thread of its own, which accepts and reads what comes first. Only a connection whose
 * first frame is an authenticated Binding request is moved to the loop of the session that it names,
 * for good: whoever only connects costs the loops nothing. What the loops say ({@link #expect},
 * {@link #forget}) may come from any thread.
 */
public final class TcpPort implements AutoCloseable {
    /** The first request with the longest names that a session description allows. */
    static final int FIRST_READ_BYTES = Slab.SLOT_BYTES;

    private static final int BACKLOG = 1_024;
    private static final long CLOSE_TIMEOUT_SECONDS = 5;

    /** Whoever has a session may come with so many more connections each second. */
    private static final int SESSION_PER_SECOND = 1;

    /**
     * Whose connection a first request is for, and how it proves that.
     *
     * @param rate of its session's connections, whatever ufrag they name: each costs the loop a move, and a client
     *     restarts ICE as often as it likes. Of the port's thread
     */
    record Expected(IceServer server, SecretKey key, RequestRate rate) {
        /** Whether one more connection may come now; it is counted then. */
        boolean mayCome() {
            return rate.pass(System.nanoTime());
        }
    }

    private final IceConfig.Tcp config;
    private final TcpCounters counters = new TcpCounters();
    private final IoEventLoopGroup group;
    private final List<Channel> listening = new ArrayList<>();
    private final Map<Long, Expected> expected = new ConcurrentHashMap<>();

    /** Connections by {@link #origin}; at most as many as the node may have. */
    private final Map<Long, Integer> byOrigin = new ConcurrentHashMap<>();

    /** Those that have not said who they are, the oldest first. Of the port's thread. */
    private final SequencedSet<TcpNewcomer> waiting = new LinkedHashSet<>();

    private final int port;

    private TcpPort(List<InetAddress> addresses, int port, IceConfig.Tcp config) {
        this.config = config;
        group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("sluice-ice-tcp", false),
                        Epoll.isAvailable()
                                ? EpollIoHandler.newFactory()
                                : NioIoHandler.newFactory());
        try {
            int number = port;
            for (InetAddress address : addresses) {
                Channel channel = bind(new InetSocketAddress(address, number));
                listening.add(channel);
                number = ((InetSocketAddress) channel.localAddress()).getPort();
            }
            this.port = number;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens the port; may be called from any thread.
     *
     * @param port the number, or 0 for one that the system chooses
     * @throws UncheckedIOException an address cannot be bound
     */
    public static TcpPort open(List<InetAddress> addresses, int port, IceConfig.Tcp config) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a port needs at least one local address");
        }
        // A number that is free on the first address may be taken on the next.
        int choices = port == 0 ? UdpPorts.CHOICES : 1;
        for (int choice = 1; ; choice++) {
            try {
                return new TcpPort(addresses, port, config);
            } catch (UncheckedIOException e) {
                if (choice == choices) {
                    throw e;
                }
            }
        }
    }

    private Channel bind(InetSocketAddress address) {
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(group)
                        .channel(
                                Epoll.isAvailable()
                                        ? EpollServerSocketChannel.class
                                        : NioServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(FIRST_READ_BYTES)
                                        .maxMessagesPerRead(1))
                        .childHandler(new Acceptor())
                        .bind(address)
                        .awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            String text =
                    address.getHostString() + ":" + address.getPort() + ": " + cause.getMessage();
            throw new UncheckedIOException(text, new IOException(cause));
        }
        return bound.channel();
    }

    /** Looks at who comes, on the port's thread. */
    private final class Acceptor extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) {
            long origin = origin(channel.remoteAddress().getAddress());
            long open = counters.opened();
            int same = byOrigin.merge(origin, 1, Integer::sum);
            channel.closeFuture().addListener(_ -> left(origin));
            if (open > config.connections()) {
                refuse(channel, TcpRefusal.NODE_LIMIT);
            } else if (same > config.connectionsPerAddress()) {
                refuse(channel, TcpRefusal.ADDRESS_LIMIT);
            } else {
                await(channel);
            }
        }
    }

    private void await(SocketChannel channel) {
        TcpNewcomer newcomer = new TcpNewcomer(this, channel);
        channel.pipeline().addLast(newcomer);
        waiting.add(newcomer);
        Future<?> deadline =
                channel.eventLoop()
                        .schedule(
                                () -> newcomer.refuse(TcpRefusal.SILENT),
                                config.firstRequest().toNanos(),
                                TimeUnit.NANOSECONDS);
        newcomer.deadline(deadline);
        if (waiting.size() > config.waiting()) {
            waiting.getFirst().refuse(TcpRefusal.CROWDED_OUT);
        }
    }

    /** The newcomer is gone, or is one no more. */
    void over(TcpNewcomer newcomer) {
        waiting.remove(newcomer);
    }

    void refuse(Channel channel, TcpRefusal reason) {
        counters.refuse(reason);
        ChannelFuture _ = channel.close();
    }

    private void left(long origin) {
        counters.closed();
        byOrigin.computeIfPresent(origin, (_, count) -> count == 1 ? null : count - 1);
    }

    /** One client as far as can be told: an IPv4 address, or the network of an IPv6 one. */
    private static long origin(InetAddress address) {
        long high = RemoteAddress.high(address);
        return high == 0 ? RemoteAddress.low(address) : high;
    }

    /** Moves a connection, with what was read of it, to the loop of its session. */
    void handOver(Channel channel, TcpNewcomer from, ByteBuf read, IceServer to) {
        channel.deregister()
                .addListener(left -> {
                    if (!left.isSuccess() || to.loop().isShuttingDown()) {
                        read.release();
                        refuse(channel, TcpRefusal.UNUSED);
                        return;
                    }
                    ChannelPromise moved = channel.newPromise();
                    channel.unsafe().register(to.loop(), moved);
                    moved.addListener(arrived -> {
                        if (arrived.isSuccess()) {
                            to.streams().adopt(channel, from, read);
                        } else {
                            read.release();
                            refuse(channel, TcpRefusal.UNUSED);
                        }
                    });
                });
    }

    /** The port number, the same on all addresses. */
    public int port() {
        return port;
    }

    public TcpCounters counters() {
        return counters;
    }

    IceConfig.Tcp config() {
        return config;
    }

    /** Who has a ufrag of ours, by {@link StunMessage#ufragKey}; null: nobody. */
    @Nullable Expected expected(long ufrag) {
        return expected.get(ufrag);
    }

    /** Of a session's connections, all of whose ufrags are {@linkplain #expect expected} with it. */
    static RequestRate rate(IceConfig.Tcp config, long nowNanos) {
        return new RequestRate(SESSION_PER_SECOND, config.connectionsPerSession(), nowNanos);
    }

    /** From now on connections may come for a ufrag; false if it is another session's. */
    boolean expect(long ufrag, IceServer server, SecretKey key, RequestRate rate) {
        return expected.putIfAbsent(ufrag, new Expected(server, key, rate)) == null;
    }

    void forget(long ufrag) {
        expected.remove(ufrag);
    }

    /** Ends what waits and accepts no more; connections that have a loop end with their sessions. */
    @Override
    public void close() {
        listening.forEach(channel -> channel.close().syncUninterruptibly());
        group.shutdownGracefully(0, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
