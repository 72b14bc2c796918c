package io.sluice.api;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * One WebSocket, whatever is said on it: bounds what comes in and what waits to go out, and puts messages
 * together from their frames.
 *
 * <p>Owned by the WebSocket's context; {@link #send}, {@link #sendBinary} and {@link #close} may be called
 * from others and hop.
 */
public final class GuardedSocket {
    /** How long a client has to read what came before the closing and to answer it. */
    private static final long HANG_UP_MILLIS = 2_000;

    private final FrameSocket socket;
    private final Vertx vertx;
    private final Context context;
    private final SocketLimits limits;
    private final Listener listener;
    private final RateLimit messageRate;
    private final RateLimit byteRate;

    private Buffer fragments = Buffer.buffer();
    private boolean fragmentsAreText;
    private int queuedBytes;
    private long lastHeardNanos;
    private long fullSinceNanos;
    private long firstMessageTimer;
    private long pingTimer;
    private long hangUpTimer;
    private boolean closing;

    /** The number before which the client got everything, once it answers the ping of this moment. */
    private long sentNumber;

    /** What ends a socket. */
    public enum Fault {
        FIRST_MESSAGE_LATE,
        /** Not even a pong came. */
        SILENT,
        /** More waits to be written than may; another message would only wait behind it. */
        SLOW_READER,
        RATE_LIMITED,
        TOO_LARGE,
        MALFORMED_FRAME,
        NOT_UTF8
    }

    /** Hears what the client says; all on the WebSocket's context. */
    public interface Listener {
        void onText(String text);

        void onBinary(byte[] message);

        /** The client has received everything up to this number. */
        void onConfirmed(long number);

        /** The socket can go on no longer: the listener says so to the client and closes it. */
        void onFault(Fault fault, String detail);

        void onClosed();
    }

    /** Takes over a connection that has just become a WebSocket; on its context. */
    public GuardedSocket(
            HttpConnection connection,
            Vertx vertx,
            Context context,
            SocketLimits limits,
            Listener listener) {
        this.vertx = vertx;
        this.context = context;
        this.limits = limits;
        this.listener = listener;
        lastHeardNanos = System.nanoTime();
        messageRate = new RateLimit(limits.incoming().messages(), lastHeardNanos);
        byteRate = new RateLimit(limits.incoming().bytes(), lastHeardNanos);
        // One that is only a little too long still gets to the closing handshake.
        int maxFrameBytes = 2 * limits.incoming().maxMessageBytes();
        socket = FrameSocket.takeOver(connection, context, maxFrameBytes, new Frames());
    }

    /** Begins to wait for the client; on the WebSocket's context. */
    public void start() {
        firstMessageTimer =
                vertx.setTimer(
                        limits.patience().firstMessage().toMillis(),
                        _ -> {
                            if (!closing) {
                                listener.onFault(
                                        Fault.FIRST_MESSAGE_LATE, "No join message came in time.");
                            }
                        });
        pingTimer =
                vertx.setPeriodic(limits.patience().pingInterval().toMillis(), _ -> onPingTimer());
    }

    /** The client has joined: it may be silent from now on. Hops to the WebSocket's context. */
    public void joined() {
        context.runOnContext(_ -> vertx.cancelTimer(firstMessageTimer));
    }

    /** Sends a text message. From any thread. */
    public void send(String text) {
        onContext(() -> write(text));
    }

    /** Sends a text message, of which a pong will say that it has arrived. From any thread. */
    public void send(String text, long number) {
        onContext(() -> {
            sentNumber = number;
            write(text);
        });
    }

    /** Sends a binary message, which must not change any more. From any thread. */
    public void sendBinary(byte[] message) {
        onContext(() -> {
            if (mayWrite(message.length)) {
                socket.write(message, () -> queuedBytes -= message.length);
                written();
            }
        });
    }

    /** Closes after what was sent before. From any thread. */
    public void close(int code, String reason) {
        onContext(() -> {
            if (!closing) {
                socket.close(code, reason);
                stop();
            }
        });
    }

    /** At once where that is possible: who is told why, and hung up on, is not heard any more. */
    private void onContext(Runnable task) {
        if (Vertx.currentContext() == context) {
            task.run();
        } else {
            context.runOnContext(_ -> task.run());
        }
    }

    /** Nothing more is taken or said; who does not read does not get to the closing handshake. */
    private void stop() {
        if (!closing) {
            closing = true;
            hangUpTimer = vertx.setTimer(HANG_UP_MILLIS, _ -> socket.hangUp());
        }
    }

    private void write(String text) {
        int sizeBytes = text.length();
        if (mayWrite(sizeBytes)) {
            socket.write(text, () -> queuedBytes -= sizeBytes);
            written();
        }
    }

    private boolean mayWrite(int sizeBytes) {
        if (closing || socket.isClosed()) {
            return false;
        }
        queuedBytes += sizeBytes;
        if (queuedBytes > limits.maxQueuedBytes()) {
            failSlowReader();
            return false;
        }
        return true;
    }

    private void written() {
        if (socket.isWritable()) {
            fullSinceNanos = 0;
        } else if (fullSinceNanos == 0) {
            fullSinceNanos = System.nanoTime();
        }
    }

    private void failSlowReader() {
        listener.onFault(Fault.SLOW_READER, "Messages are not read fast enough.");
    }

    private void onPingTimer() {
        if (closing || socket.isClosed()) {
            return;
        }
        long nowNanos = System.nanoTime();
        if (nowNanos - lastHeardNanos > limits.patience().silence().toNanos()) {
            listener.onFault(Fault.SILENT, "No sign of life.");
        } else if (socket.isWritable()) {
            fullSinceNanos = 0;
            socket.ping(sentNumber);
        } else if (fullSinceNanos == 0) {
            fullSinceNanos = nowNanos;
        } else if (nowNanos - fullSinceNanos > limits.patience().slowReader().toNanos()) {
            failSlowReader();
        }
    }

    private void onPong(ByteBuf payload) {
        // A client may send a pong of its own (RFC 6455 5.5.3): only what was sent can be
        // confirmed.
        if (payload.readableBytes() == Long.BYTES) {
            long number = payload.getLong(payload.readerIndex());
            listener.onConfirmed(Math.min(number, sentNumber));
        }
    }

    private void onFrame(WebSocketFrame frame) {
        if (closing) {
            return;
        }
        if (frame instanceof CloseWebSocketFrame) {
            // It is answered, behind all that the client has not read.
            stop();
            return;
        }
        lastHeardNanos = System.nanoTime();
        int bytes = frame.content().readableBytes();
        if (!messageRate.pass(lastHeardNanos)) {
            failRate(limits.incoming().messages().perSecond() + " messages");
        } else if (!byteRate.pass(bytes, lastHeardNanos)) {
            failRate(limits.incoming().bytes().perSecond() + " bytes");
        } else {
            switch (frame) {
                case BinaryWebSocketFrame _ -> onData(frame, false);
                case TextWebSocketFrame _ -> onData(frame, true);
                case ContinuationWebSocketFrame _ -> onData(frame, fragmentsAreText);
                case PongWebSocketFrame pong -> onPong(pong.content());
                default -> {}
            }
        }
    }

    private void failRate(String most) {
        listener.onFault(
                Fault.RATE_LIMITED,
                "More than " + most + " per second came; send less, or less often.");
    }

    private void failTooLarge() {
        listener.onFault(
                Fault.TOO_LARGE,
                "A message may have at most " + limits.incoming().maxMessageBytes() + " bytes.");
    }

    private final class Frames implements FrameSocket.Listener {
        @Override
        public void onFrame(WebSocketFrame frame) {
            GuardedSocket.this.onFrame(frame);
        }

        @Override
        public void onClosed() {
            closing = true;
            vertx.cancelTimer(firstMessageTimer);
            vertx.cancelTimer(pingTimer);
            vertx.cancelTimer(hangUpTimer);
            listener.onClosed();
        }

        @Override
        public void onTooLong() {
            fail(GuardedSocket.this::failTooLarge);
        }

        @Override
        public void onMalformed(String reason) {
            fail(() ->
                    listener.onFault(Fault.MALFORMED_FRAME, "A frame broke RFC 6455: " + reason));
        }

        private void fail(Runnable failing) {
            context.runOnContext(_ -> {
                if (!closing) {
                    failing.run();
                }
            });
        }
    }

    private void onData(WebSocketFrame frame, boolean isText) {
        Buffer data = Buffer.buffer(ByteBufUtil.getBytes(frame.content()));
        if (fragments.length() + data.length() > limits.incoming().maxMessageBytes()) {
            failTooLarge();
            return;
        }
        fragmentsAreText = isText;
        if (!frame.isFinalFragment()) {
            fragments.appendBuffer(data);
            return;
        }
        Buffer whole = fragments.length() == 0 ? data : fragments.appendBuffer(data);
        fragments = Buffer.buffer();
        if (!isText) {
            listener.onBinary(whole.getBytes());
            return;
        }
        String text;
        try {
            text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(whole.getBytes()))
                            .toString();
        } catch (CharacterCodingException broken) {
            // RFC 6455 8.1: this ends the connection.
            listener.onFault(Fault.NOT_UTF8, "A text message must be UTF-8.");
            return;
        }
        listener.onText(text);
    }
}
