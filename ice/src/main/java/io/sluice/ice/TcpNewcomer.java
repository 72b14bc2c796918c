package io.sluice.ice;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP connection until its first frame has said whose it is.
 *
 * <p>Owned by the thread of its {@link TcpPort}. It reads no more than one frame and what came with it.
 */
final class TcpNewcomer extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(TcpNewcomer.class);

    private final TcpPort port;
    private final Channel channel;
    private final StunMessage stun = new StunMessage();
    private final ByteBuf read;
    private @Nullable Future<?> deadline;
    private boolean over;

    TcpNewcomer(TcpPort port, Channel channel) {
        this.port = port;
        this.channel = channel;
        // On the heap, and as small as a request is: most that ever wait here say nothing.
        read = channel.alloc().heapBuffer(0, 2 * TcpPort.FIRST_READ_BYTES);
    }

    void deadline(Future<?> timer) {
        deadline = timer;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (over || bytes.readableBytes() > read.maxWritableBytes()) {
                refuse(TcpRefusal.WRONG_FIRST_FRAME);
                return;
            }
            read.writeBytes(bytes);
        } finally {
            bytes.release();
        }
        if (read.readableBytes() < FrameReader.HEADER_BYTES) {
            return;
        }
        int length = read.getUnsignedShort(0);
        if (length < StunMessage.HEADER_BYTES
                || length > TcpPort.FIRST_READ_BYTES - FrameReader.HEADER_BYTES) {
            refuse(TcpRefusal.WRONG_FIRST_FRAME);
        } else if (read.readableBytes() >= FrameReader.HEADER_BYTES + length) {
            onFirstFrame(length);
        }
    }

    private void onFirstFrame(int length) {
        byte[] bytes = new byte[length];
        read.getBytes(FrameReader.HEADER_BYTES, bytes);
        if (!stun.read(MemorySegment.ofArray(bytes), 0, length)
                || stun.type() != StunMessage.BINDING_REQUEST) {
            refuse(TcpRefusal.WRONG_FIRST_FRAME);
            return;
        }
        TcpPort.Expected expected = stun.forOurUfrag() ? port.expected(stun.localUfrag()) : null;
        if (expected == null) {
            refuse(TcpRefusal.UNKNOWN_UFRAG);
            return;
        }
        // The session's loop looks again, as at every request: here strangers are kept away from
        // it.
        StunIntegrity integrity = new StunIntegrity();
        if (!stun.hasIntegrity()
                || !integrity.fits(
                        StunIntegrity.protectedPart(bytes, stun.integrityEnd()),
                        stun.integrityOffset(),
                        expected.key())) {
            refuse(TcpRefusal.NOT_AUTHENTICATED);
            return;
        }
        if (!expected.mayCome()) {
            refuse(TcpRefusal.SESSION_LIMIT);
            return;
        }
        end();
        channel.config().setAutoRead(false);
        port.handOver(channel, this, read, expected.server());
    }

    void refuse(TcpRefusal reason) {
        if (!over) {
            end();
            read.release();
            port.refuse(channel, reason);
        }
    }

    private void end() {
        over = true;
        Future<?> timer = deadline;
        if (timer != null) {
            timer.cancel(false);
        }
        port.over(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!over) {
            end();
            read.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A reset, mostly.
        LOG.debug("A TCP connection ends before its first frame", cause);
        if (!over) {
            end();
            read.release();
        }
        ChannelFuture _ = context.close();
    }
}
