package io.sluice.ice;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP connection of a session: datagrams framed in a stream (RFC 4571), both ways.
 *
 * <p>Owned by its loop, which it never makes wait. It writes only while the system takes it; then a
 * bounded queue fills, of which video may have half; then datagrams are dropped and counted, video
 * first. Late media is worth little, and what TCP holds back cannot be taken back.
 */
final class TcpConnection extends ChannelInboundHandlerAdapter implements FrameReader.Frames {
    private static final Logger LOG = LoggerFactory.getLogger(TcpConnection.class);

    /** Read at a time, and how often before others have their turn. */
    private static final int READ_BYTES = 16 << 10;

    private static final int READS_PER_TURN = 4;

    /**
     * What may lie unsent in the system, and as much again before it: 65 ms at 4 Mbit/s. More would be
     * delay that nobody can shorten.
     */
    private static final int UNSENT_BYTES = 16 << 10;

    /** In the queues of all connections of the node together: of clients that read, they are empty. */
    private static final long ALL_QUEUES_BYTES = 64 << 20;

    /**
     * Media up to here counts as audio: Opus at 128 kbit/s has 320 bytes in 20 ms. What little of video is
     * as small does no harm.
     */
    private static final int AUDIO_BYTES = 400;

    /** RTP's header: nothing that ICE, DTLS or SRTP sends is shorter. */
    private static final int FRAME_MIN_BYTES = 12;

    /** A frame of two bytes costs us as much as a datagram. */
    private static final int USELESS_MAX = 64;

    private static final int RTCP_TYPE_MIN = 192;
    private static final int RTCP_TYPE_MAX = 223;

    private final IceServer server;
    private final TcpStreams streams;
    private final Channel channel;
    private final int socket;
    private final TcpCounters counters;
    private final FrameReader reader = new FrameReader(Slab.SLOT_BYTES);
    private final long remoteHigh;
    private final long remoteLow;
    private final int remotePort;
    private final int queueBytes;

    /** What waits for the system to take more, framed. */
    private final Deque<ByteBuf> queue = new ArrayDeque<>();

    private int queuedBytes;
    private boolean unflushed;
    private boolean received;
    private boolean full;
    private boolean closing;
    private int useless;
    private @Nullable Future<?> unused;
    private long nowNanos;

    TcpConnection(IceServer server, TcpStreams streams, Channel channel, int socket) {
        this.server = server;
        this.streams = streams;
        this.channel = channel;
        this.socket = socket;
        counters = server.tcpCounters();
        queueBytes = server.config().tcp().queueBytes();
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        remoteHigh = RemoteAddress.high(remote.getAddress());
        remoteLow = RemoteAddress.low(remote.getAddress());
        remotePort = remote.getPort();
    }

    int socket() {
        return socket;
    }

    /** Reads what came first, then what comes. */
    void begin(ByteBuf first) {
        channel.config()
                .setOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(UNSENT_BYTES / 2, UNSENT_BYTES));
        channel.config()
                .setOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(READ_BYTES)
                                .maxMessagesPerRead(READS_PER_TURN));
        if (channel instanceof EpollSocketChannel epoll) {
            epoll.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) UNSENT_BYTES);
        }
        // What no session has a use for by then never gets one.
        unused =
                server.loop()
                        .schedule(
                                this::closeIfUnused,
                                server.config().tcp().firstRequest().toNanos(),
                                TimeUnit.NANOSECONDS);
        take(first);
        endBatch();
        channel.config().setAutoRead(true);
    }

    private void closeIfUnused() {
        if (!closing && server.pathAt(socket, remoteHigh, remoteLow, remotePort) == null) {
            counters.refuse(TcpRefusal.UNUSED);
            close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            take(bytes);
        } finally {
            bytes.release();
        }
    }

    private void take(ByteBuf bytes) {
        if (closing) {
            return;
        }
        nowNanos = server.nowNanos();
        received = true;
        try {
            reader.read(bytes.nioBuffer(), this);
        } catch (RuntimeException | Error e) {
            // Thrown further, Netty would only log it, and the stream's place would be lost.
            LOG.error("A TCP connection is closed because a frame failed", e);
            server.drop(DatagramDrop.LISTENER_FAILED);
            close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        endBatch();
    }

    private void endBatch() {
        if (received) {
            received = false;
            server.onBatchEnd(nowNanos);
        }
    }

    @Override
    public boolean onFrame(ByteBuffer datagram) {
        int length = datagram.remaining();
        counters.received(length);
        server.carriedByTcp(length);
        if (length < FRAME_MIN_BYTES) {
            counters.drop(TcpFrameDrop.TOO_SHORT);
            if (++useless > USELESS_MAX) {
                close();
            }
            return !closing;
        }
        Slab slab = server.slab();
        int slot = slab.take();
        if (slot == Slab.NONE) {
            counters.drop(TcpFrameDrop.SLAB_EXHAUSTED);
            return true;
        }
        MemorySegment.copy(
                MemorySegment.ofBuffer(datagram),
                ValueLayout.JAVA_BYTE,
                0,
                slab.memory(),
                ValueLayout.JAVA_BYTE,
                Slab.offset(slot),
                length);
        boolean kept = false;
        try {
            kept =
                    server.onDatagram(
                            socket, remoteHigh, remoteLow, remotePort, slot, length, nowNanos);
        } finally {
            if (!kept) {
                slab.release(slot);
            }
        }
        return !closing;
    }

    @Override
    public void onTooLong(int length) {
        counters.received(length);
        counters.drop(TcpFrameDrop.TOO_LONG);
    }

    /** Takes a datagram; it leaves with {@link #flush} at the latest, or when there is room. */
    void send(MemorySegment memory, long offset, int length) {
        if (closing) {
            counters.drop(TcpFrameDrop.CLOSED);
            return;
        }
        if (queue.isEmpty() && !channel.isWritable()) {
            // More than is kept before the system came in one turn; it may have room for all.
            channel.flush();
        }
        boolean writable = queue.isEmpty() && channel.isWritable();
        int sizeBytes = FrameReader.HEADER_BYTES + length;
        if (!writable) {
            boolean video = isVideo(memory, offset, length);
            int limit = video ? queueBytes / 2 : queueBytes;
            if (queuedBytes + sizeBytes > limit || counters.queuedBytes() > ALL_QUEUES_BYTES) {
                counters.drop(video ? TcpFrameDrop.VIDEO_BEHIND : TcpFrameDrop.QUEUE_FULL);
                return;
            }
        }
        ByteBuf frame = channel.alloc().directBuffer(sizeBytes);
        frame.writeShort(length);
        frame.writeBytes(memory.asSlice(offset, length).asByteBuffer());
        if (writable) {
            write(frame);
        } else {
            queue.add(frame);
            queued(sizeBytes);
        }
    }

    private void queued(int moreBytes) {
        queuedBytes += moreBytes;
        counters.queued(moreBytes);
    }

    private static boolean isVideo(MemorySegment memory, long offset, int length) {
        int first = Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, offset));
        if (length <= AUDIO_BYTES || first < 128 || first > 191) {
            return false;
        }
        // RFC 5761 4: what tells RTCP from RTP.
        int second = Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, offset + 1));
        return second < RTCP_TYPE_MIN || second > RTCP_TYPE_MAX;
    }

    private void write(ByteBuf frame) {
        int length = frame.readableBytes() - FrameReader.HEADER_BYTES;
        counters.sent(length);
        server.carriedByTcp(length);
        // A write that fails closes the channel, which is heard of then.
        ChannelFuture _ = channel.write(frame, channel.voidPromise());
        if (!unflushed) {
            unflushed = true;
            streams.written(this);
        }
    }

    void flush() {
        unflushed = false;
        channel.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        boolean moved = false;
        while (!closing && channel.isWritable() && !queue.isEmpty()) {
            ByteBuf frame = queue.remove();
            queued(-frame.readableBytes());
            write(frame);
            moved = true;
        }
        boolean fullNow = !channel.isWritable();
        if (fullNow != full && !closing) {
            full = fullNow;
            server.streamFull(socket, remoteHigh, remoteLow, remotePort, full);
        }
        if (moved) {
            // Not at once: this may be heard within a flush.
            server.loop().execute(streams::flush);
        }
    }

    /** What is written leaves first; what is queued does not. */
    void close() {
        if (closing) {
            return;
        }
        closing = true;
        queue.forEach(ByteBuf::release);
        queue.clear();
        queued(-queuedBytes);
        Future<?> timer = unused;
        if (timer != null) {
            // It would keep all this alive until its time.
            timer.cancel(false);
        }
        channel.flush();
        ChannelFuture _ = channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        close();
        streams.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("A TCP connection ends", cause);
        close();
    }
}
