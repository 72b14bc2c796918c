package io.sluice.api;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket08FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Context;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.impl.VertxHandler;
import java.util.concurrent.TimeUnit;

/**
 * A WebSocket after its handshake (RFC 6455 5), which Vert.x has done. It takes Vert.x's place on the
 * connection, because that would keep the whole request and two queues for it: 22 kB each.
 *
 * <p>Owned by the connection's event loop; every method is called there, and the listener in a context
 * of it.
 */
public final class FrameSocket extends ChannelDuplexHandler {
    private static final String NAME = "websocket";

    /** How long a client may take to answer when the whole server ends: the server waits for it. */
    private static final long FAREWELL_MILLIS = 1_000;

    private final Channel channel;
    private final ContextInternal context;
    private final Listener listener;
    private boolean closeSent;
    private boolean closeReceived;

    /** Hears what comes in. */
    public interface Listener extends FrameReader.Listener {
        /** A frame, which is there during the call only; of control frames, ping and close are answered. */
        void onFrame(WebSocketFrame frame);

        /** Nothing follows. */
        void onClosed();
    }

    private FrameSocket(Channel channel, ContextInternal context, Listener listener) {
        this.channel = channel;
        this.context = context;
        this.listener = listener;
    }

    /** Takes over a connection that has just become a WebSocket; on its event loop. */
    public static FrameSocket takeOver(
            HttpConnection connection, Context context, int maxFrameBytes, Listener listener) {
        if (!(connection instanceof HttpServerConnection http)
                || !(context instanceof ContextInternal own)) {
            throw new IllegalArgumentException("no connection of this web server");
        }
        Channel channel = http.channelHandlerContext().channel();
        FrameSocket socket = new FrameSocket(channel, own, listener);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.replace(
                pipeline.context(WebSocket08FrameDecoder.class).name(),
                "frames",
                new FrameReader(maxFrameBytes, listener));
        pipeline.replace(VertxHandler.class, NAME, socket);
        // Not before the caller has its socket, also of an end that has already been.
        ChannelFuture _ =
                channel.closeFuture().addListener(_ -> own.runOnContext(_ -> listener.onClosed()));
        return socket;
    }

    @Override
    public void channelRead(ChannelHandlerContext netty, Object message) {
        try {
            if (message instanceof WebSocketFrame frame) {
                onFrame(netty, frame);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void onFrame(ChannelHandlerContext netty, WebSocketFrame frame) {
        if (frame instanceof PingWebSocketFrame) {
            ChannelFuture _ = send(new PongWebSocketFrame(frame.content().retain()));
        } else if (frame instanceof CloseWebSocketFrame) {
            onClose(netty, frame);
        }
        context.emit(frame, listener::onFrame);
    }

    private void onClose(ChannelHandlerContext netty, WebSocketFrame frame) {
        closeReceived = true;
        if (closeSent) {
            end(netty);
        } else {
            closeSent = true;
            ChannelFuture _ = send(frame.retainedDuplicate()).addListener(_ -> end(netty));
        }
    }

    private static void end(ChannelHandlerContext netty) {
        ChannelFuture _ = netty.close();
    }

    /**
     * How Vert.x closes all connections when it stops. A connection that ends without a word looks to its
     * client like a broken network, and some clients never get over it.
     */
    @Override
    public void close(ChannelHandlerContext netty, ChannelPromise done) {
        close(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE.code(), "");
        ScheduledFuture<?> patience =
                netty.executor().schedule(this::hangUp, FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
        ChannelFuture _ =
                channel.closeFuture()
                        .addListener(_ -> {
                            patience.cancel(false);
                            done.trySuccess();
                        });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext netty, Object event) {
        if (event instanceof IdleStateEvent) {
            hangUp();
        }
    }

    /** Mostly the client's end of the connection, reset. */
    @Override
    public void exceptionCaught(ChannelHandlerContext netty, Throwable cause) {
        hangUp();
    }

    /**
     * Sends a text message.
     *
     * @param then runs when it is on its way or cannot be sent
     */
    public void write(String text, Runnable then) {
        ChannelFuture _ = send(new TextWebSocketFrame(text)).addListener(_ -> then.run());
    }

    /**
     * Sends a binary message.
     *
     * @param then runs when it is on its way or cannot be sent
     */
    public void write(byte[] message, Runnable then) {
        ChannelFuture _ =
                send(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(message)))
                        .addListener(_ -> then.run());
    }

    /** Sends a ping whose answer holds the same number. */
    public void ping(long number) {
        ChannelFuture _ = send(new PingWebSocketFrame(Unpooled.copyLong(number)));
    }

    /** Begins to close; the connection ends with the client's answer. */
    public void close(int code, String reason) {
        if (!closeSent) {
            closeSent = true;
            ChannelFuture _ = send(new CloseWebSocketFrame(code, reason));
        }
    }

    /** Ends the connection at once. */
    public void hangUp() {
        Connections.hangUp(channel);
    }

    private ChannelFuture send(WebSocketFrame frame) {
        return channel.writeAndFlush(frame);
    }

    /** Whether less waits to go out than the connection likes to hold. */
    public boolean isWritable() {
        return channel.isWritable();
    }

    /** Whether nothing can be sent any more. */
    public boolean isClosed() {
        return closeSent || closeReceived || !channel.isActive();
    }
}
