package io.sluice.ice;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP port of Netty's datagram channels, for systems without {@code recvmmsg} and {@code
 * sendmmsg}. It copies each datagram once in each direction and allocates its addresses.
 *
 * <p>Owned by its loop.
 */
final class NettyUdpPort implements UdpPort {
    private static final Logger LOG = LoggerFactory.getLogger(NettyUdpPort.class);

    private final IoEventLoop loop;
    private final Slab slab;
    private final int port;
    private final List<InetAddress> addresses;
    private final List<DatagramChannel> channels;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment egress = arena.allocate(Slab.SLOT_BYTES, Slab.SLOT_BYTES);
    private final UdpCounters counters = new UdpCounters();
    private final boolean[] written;
    private boolean delivering;
    private boolean closed;
    private @Nullable ReceiveRing ring;
    private @Nullable StreamSends streams;
    private @Nullable Sink sink;

    private NettyUdpPort(
            IoEventLoop loop,
            Slab slab,
            int port,
            List<InetAddress> addresses,
            List<DatagramChannel> channels) {
        this.loop = loop;
        this.slab = slab;
        this.port = port;
        this.addresses = List.copyOf(addresses);
        this.channels = List.copyOf(channels);
        written = new boolean[channels.size()];
    }

    static NettyUdpPort open(IoEventLoop loop, Slab slab, List<InetAddress> addresses, int port)
            throws IOException {
        return onLoop(loop, () -> openOnLoop(loop, slab, addresses, port));
    }

    /** On the loop, Netty's futures of registering and binding a datagram channel are done at once. */
    private static NettyUdpPort openOnLoop(
            IoEventLoop loop, Slab slab, List<InetAddress> addresses, int port) throws IOException {
        List<DatagramChannel> channels = new ArrayList<>();
        int number = port;
        try {
            for (InetAddress address : addresses) {
                DatagramChannel channel = channel(loop, address instanceof Inet6Address);
                channels.add(channel);
                configure(channel);
                done(channels(loop).register(channel));
                done(channel.bind(new InetSocketAddress(address, number)));
                number = channel.localAddress().getPort();
            }
            return new NettyUdpPort(loop, slab, number, addresses, channels);
        } catch (IOException | RuntimeException e) {
            channels.forEach(NettyUdpPort::close);
            throw e;
        }
    }

    private static DatagramChannel channel(IoEventLoop loop, boolean ipv6) {
        SocketProtocolFamily family = ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        return loop.isCompatible(EpollIoHandle.class)
                ? new EpollDatagramChannel(family)
                : new NioDatagramChannel(family);
    }

    /** The loop as what takes channels; its own overload is deprecated in favour of that. */
    private static EventLoop channels(IoEventLoop loop) {
        return loop;
    }

    private static void configure(DatagramChannel channel) {
        channel.config().setAutoRead(false);
        channel.config().setOption(ChannelOption.SO_RCVBUF, UdpPorts.SOCKET_BUFFER_BYTES);
        channel.config().setOption(ChannelOption.SO_SNDBUF, UdpPorts.SOCKET_BUFFER_BYTES);
        // One byte more than a slot: a datagram that fills it was too long.
        channel.config()
                .setRecvByteBufAllocator(
                        new FixedRecvByteBufAllocator(Slab.SLOT_BYTES + 1)
                                .maxMessagesPerRead(MessageBatch.MESSAGES));
    }

    private static void done(ChannelFuture future) throws IOException {
        Throwable cause = future.cause();
        if (cause instanceof BindException bind) {
            throw bind;
        }
        if (cause instanceof IOException) {
            // Netty's native transport reports a port in use as its own kind of IOException.
            String message = String.valueOf(cause.getMessage());
            if (message.contains("in use")) {
                BindException bind = new BindException(message);
                bind.initCause(cause);
                throw bind;
            }
        }
        if (!future.isSuccess()) {
            throw new IOException("a datagram channel could not be opened", cause);
        }
    }

    private static void close(DatagramChannel channel) {
        ChannelFuture _ = channel.close();
    }

    private static <T> T onLoop(IoEventLoop loop, Callable<T> work) throws IOException {
        try {
            return loop.inEventLoop()
                    ? work.call()
                    : loop.submit(work).syncUninterruptibly().getNow();
        } catch (CompletionException e) {
            throw new IOException(e);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
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
        return false;
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
    public void start(Sink to) {
        if (!loop.inEventLoop()) {
            throw new IllegalStateException("a port is started on its loop");
        }
        if (ring != null || closed) {
            throw new IllegalStateException("the port was started or closed before");
        }
        ring = new ReceiveRing(slab, 1);
        sink = to;
        for (int i = 0; i < channels.size(); i++) {
            channels.get(i).pipeline().addLast(new Receiver(i));
            channels.get(i).config().setAutoRead(true);
        }
    }

    @Override
    public void passOn(StreamSends to) {
        streams = to;
    }

    @Override
    public long reserve() {
        return closed ? NO_ROOM : 0;
    }

    @Override
    public void send(int socket, long remoteHigh, long remoteLow, int remotePort, int length) {
        if (socket >= FIRST_STREAM) {
            if (streams != null) {
                streams.send(socket, egress, 0, length);
            }
            return;
        }
        DatagramChannel channel = channels.get(socket);
        if (!channel.isWritable()) {
            channel.flush();
        }
        if (!channel.isWritable()) {
            counters.drop(DatagramDrop.SEND_BUFFER_FULL);
            return;
        }
        ByteBuf data = channel.alloc().directBuffer(length);
        data.writeBytes(egress.asSlice(0, length).asByteBuffer());
        InetSocketAddress to =
                new InetSocketAddress(RemoteAddress.inetAddress(remoteHigh, remoteLow), remotePort);
        channel.write(new DatagramPacket(data, to))
                .addListener(done -> {
                    if (done.isSuccess()) {
                        counters.sent(1, 1, length);
                    } else {
                        counters.drop(DatagramDrop.SEND_FAILED);
                    }
                });
        written[socket] = true;
    }

    @Override
    public void flush() {
        for (int i = 0; i < written.length; i++) {
            if (written[i]) {
                written[i] = false;
                channels.get(i).flush();
            }
        }
        if (streams != null) {
            streams.flush();
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
            // The sink closes us: the slot in its hands goes with us.
            loop.execute(this::closeOnLoop);
            return;
        }
        flush();
        closed = true;
        for (DatagramChannel channel : channels) {
            close(channel);
        }
        if (ring != null) {
            ring.release();
        }
        arena.close();
    }

    /** Copies what one channel received into the ring's slot. */
    private final class Receiver extends ChannelInboundHandlerAdapter {
        private final int index;
        private boolean received;

        Receiver(int index) {
            this.index = index;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            delivering = true;
            try {
                deliver(packet.sender(), packet.content());
            } finally {
                delivering = false;
                packet.release();
            }
        }

        private void deliver(InetSocketAddress from, ByteBuf data) {
            ReceiveRing slots = ring;
            Sink to = sink;
            if (closed || slots == null || to == null) {
                return;
            }
            int length = data.readableBytes();
            counters.received(1, length);
            received = true;
            if (length > Slab.SLOT_BYTES) {
                counters.drop(DatagramDrop.TRUNCATED);
                return;
            }
            if (!slots.hasSpare()) {
                counters.drop(DatagramDrop.SLAB_EXHAUSTED);
                return;
            }
            int slot = slots.slot(0);
            MemorySegment.copy(
                    MemorySegment.ofBuffer(data.nioBuffer()),
                    ValueLayout.JAVA_BYTE,
                    0,
                    slab.memory(),
                    ValueLayout.JAVA_BYTE,
                    Slab.offset(slot),
                    length);
            boolean kept =
                    to.onDatagram(
                            index,
                            RemoteAddress.high(from.getAddress()),
                            RemoteAddress.low(from.getAddress()),
                            from.getPort(),
                            slot,
                            length,
                            System.nanoTime());
            if (kept) {
                slots.replace(0);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            Sink to = sink;
            if (received && !closed && to != null) {
                received = false;
                to.onBatchEnd(System.nanoTime());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.error("A datagram was given up", cause);
        }
    }
}
