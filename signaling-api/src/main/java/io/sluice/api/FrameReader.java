package io.sluice.api;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.util.List;

/**
 * Reads the frames of a WebSocket, and leaves it to the protocol to say what is wrong with one. In a server's
 * pipeline Netty's own decoder stands nearer to the socket than the encoder does: the close frame that it sends
 * is never encoded, and Vert.x then closes with 1000, as if all were well.
 *
 * <p>Owned by the connection's event loop.
 */
final class FrameReader extends WebSocket13FrameDecoder {
    /**
     * What is still taken in after a broken frame, so that who sends it comes to read why: a TCP connection
     * that is closed on unread bytes is reset, and what was on its way to the client is lost.
     */
    private static final long MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

    private final Listener listener;
    private boolean broken;
    private long discardedBytes;

    /** Hears of the one frame after which nothing can be read any more; on the connection's event loop. */
    interface Listener {
        /** A frame says to be longer than allowed. */
        void onTooLong();

        /** A frame breaks RFC 6455; {@code reason} says how. */
        void onMalformed(String reason);
    }

    FrameReader(int maxFrameBytes, Listener listener) {
        super(
                WebSocketDecoderConfig.newBuilder()
                        .maxFramePayloadLength(maxFrameBytes)
                        .expectMaskedFrames(true)
                        .allowExtensions(false)
                        .closeOnProtocolViolation(false)
                        .build());
        this.listener = listener;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
            throws Exception {
        if (broken) {
            discard(context, in);
            return;
        }
        try {
            super.decode(context, in, out);
        } catch (CorruptedWebSocketFrameException violation) {
            broken = true;
            if (violation.closeStatus().code() == WebSocketCloseStatus.MESSAGE_TOO_BIG.code()) {
                listener.onTooLong();
            } else {
                listener.onMalformed(String.valueOf(violation.getMessage()));
            }
        }
    }

    private void discard(ChannelHandlerContext context, ByteBuf in) {
        discardedBytes += in.readableBytes();
        in.skipBytes(in.readableBytes());
        if (discardedBytes > MAX_DISCARDED_BYTES) {
            Connections.hangUp(context.channel());
        }
    }
}
