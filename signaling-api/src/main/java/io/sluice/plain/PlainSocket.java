package io.sluice.plain;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.sluice.api.FrameSocket;
import io.sluice.api.RateLimit;
import io.sluice.api.SocketLimits;
import io.sluice.plain.PlainCounters.Refusal;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket: bounds what comes in and what waits to go out, and hands understood messages on.
 *
 * <p>Owned by the WebSocket's context; {@link #send} and {@link #close} may be called from others and hop.
 */
final class PlainSocket {
    /** How long a client has to read what came before the closing and to answer it. */
    private static final long HANG_UP_MILLIS = 2_000;

    private final FrameSocket socket;
    private final Vertx vertx;
    private final Context context;
    private final SocketLimits limits;
    private final PlainJson json;
    private final PlainCounters counters;
    private final Listener listener;
    private final RateLimit messageRate;
    private final RateLimit byteRate;

    private Buffer fragments = Buffer.buffer();
    private int errors;
    private int queuedBytes;
    private long lastHeardNanos;
    private long fullSinceNanos;
    private long firstMessageTimer;
    private long pingTimer;
    private long hangUpTimer;
    private boolean closing;

    /** The numbered message before which the client got everything, once it answers the ping of this moment. */
    private long sentSeq;

    /** Hears what the client says; all on the WebSocket's context. */
    interface Listener {
        void onMessage(PlainSocket from, ClientMessage message);

        /** The client has received everything up to this numbered message. */
        void onConfirmed(PlainSocket from, long seq);

        void onClosed(PlainSocket from);
    }

    /** Takes over a connection that has just become a WebSocket; on its context. */
    PlainSocket(
            HttpConnection connection,
            Vertx vertx,
            Context context,
            SocketLimits limits,
            PlainJson json,
            PlainCounters counters,
            Listener listener) {
        this.vertx = vertx;
        this.context = context;
        this.limits = limits;
        this.json = json;
        this.counters = counters;
        this.listener = listener;
        lastHeardNanos = System.nanoTime();
        messageRate = new RateLimit(limits.incoming().messages(), lastHeardNanos);
        byteRate = new RateLimit(limits.incoming().bytes(), lastHeardNanos);
        // One that is only a little too long still gets to the closing handshake.
        int maxFrameBytes = 2 * limits.incoming().maxMessageBytes();
        socket = FrameSocket.takeOver(connection, context, maxFrameBytes, new Frames());
    }

    /** Begins to wait for the client; on the WebSocket's context. */
    void start() {
        firstMessageTimer =
                vertx.setTimer(
                        limits.patience().firstMessage().toMillis(),
                        _ ->
                                fail(
                                        Refusal.JOIN_TIMEOUT,
                                        ErrorCode.JOIN_TIMEOUT,
                                        "No join message came in time.",
                                        CloseCode.JOIN_TIMEOUT));
        pingTimer =
                vertx.setPeriodic(limits.patience().pingInterval().toMillis(), _ -> onPingTimer());
    }

    /** The client has joined: it may be silent from now on. Hops to the WebSocket's context. */
    void joined() {
        context.runOnContext(_ -> vertx.cancelTimer(firstMessageTimer));
    }

    /** Sends a message outside of the session's numbers. From any thread. */
    void send(ServerMessage message) {
        String text = json.write(message);
        context.runOnContext(_ -> write(text));
    }

    /** Sends a numbered message. From any thread. */
    void send(String text, long seq) {
        context.runOnContext(_ -> {
            sentSeq = seq;
            write(text);
        });
    }

    /** Closes after what was sent before. From any thread. */
    void close(CloseCode code) {
        context.runOnContext(_ -> closeNow(code));
    }

    private void closeNow(CloseCode code) {
        if (!closing) {
            socket.close(code.code(), code.text());
            stop();
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
        if (closing || socket.isClosed()) {
            return;
        }
        int sizeBytes = text.length();
        queuedBytes += sizeBytes;
        if (queuedBytes > limits.maxQueuedBytes()) {
            closeSlowReader();
            return;
        }
        socket.write(text, () -> queuedBytes -= sizeBytes);
        if (socket.isWritable()) {
            fullSinceNanos = 0;
        } else if (fullSinceNanos == 0) {
            fullSinceNanos = System.nanoTime();
        }
    }

    private void closeSlowReader() {
        counters.count(Refusal.SLOW_READER);
        // An error message would only wait behind all the others.
        closeNow(CloseCode.SLOW_READER);
    }

    private void onPingTimer() {
        if (closing || socket.isClosed()) {
            return;
        }
        long nowNanos = System.nanoTime();
        if (nowNanos - lastHeardNanos > limits.patience().silence().toNanos()) {
            counters.count(Refusal.SILENT);
            closeNow(CloseCode.SILENT);
        } else if (socket.isWritable()) {
            fullSinceNanos = 0;
            socket.ping(sentSeq);
        } else if (fullSinceNanos == 0) {
            fullSinceNanos = nowNanos;
        } else if (nowNanos - fullSinceNanos > limits.patience().slowReader().toNanos()) {
            closeSlowReader();
        }
    }

    private void onPong(ByteBuf payload) {
        // A client may send a pong of its own (RFC 6455 5.5.3): only what was sent can be
        // confirmed.
        if (payload.readableBytes() == Long.BYTES) {
            long number = payload.getLong(payload.readerIndex());
            listener.onConfirmed(this, Math.min(number, sentSeq));
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
                case BinaryWebSocketFrame _ -> closeNow(CloseCode.TEXT_ONLY);
                case TextWebSocketFrame _, ContinuationWebSocketFrame _ -> onData(frame);
                case PongWebSocketFrame pong -> onPong(pong.content());
                default -> {}
            }
        }
    }

    private void failRate(String most) {
        fail(
                Refusal.RATE_LIMITED,
                ErrorCode.RATE_LIMITED,
                "More than " + most + " per second came; send less, or less often.",
                CloseCode.RATE_LIMITED);
    }

    private void failTooLarge() {
        fail(
                Refusal.MESSAGE_TOO_LARGE,
                ErrorCode.MESSAGE_TOO_LARGE,
                "A message may have at most " + limits.incoming().maxMessageBytes() + " bytes.",
                CloseCode.MESSAGE_TOO_LARGE);
    }

    private final class Frames implements FrameSocket.Listener {
        @Override
        public void onFrame(WebSocketFrame frame) {
            PlainSocket.this.onFrame(frame);
        }

        @Override
        public void onClosed() {
            PlainSocket.this.onClosed();
        }

        @Override
        public void onTooLong() {
            close(PlainSocket.this::failTooLarge);
        }

        @Override
        public void onMalformed(String reason) {
            close(() ->
                    fail(
                            Refusal.MALFORMED_FRAME,
                            ErrorCode.BAD_MESSAGE,
                            "A frame broke RFC 6455: " + reason,
                            CloseCode.MALFORMED_FRAME));
        }

        private void close(Runnable failing) {
            context.runOnContext(_ -> {
                if (!closing) {
                    failing.run();
                }
            });
        }
    }

    private void onData(WebSocketFrame frame) {
        Buffer data = Buffer.buffer(ByteBufUtil.getBytes(frame.content()));
        if (fragments.length() + data.length() > limits.incoming().maxMessageBytes()) {
            failTooLarge();
            return;
        }
        if (!frame.isFinalFragment()) {
            fragments.appendBuffer(data);
            return;
        }
        Buffer whole = fragments.length() == 0 ? data : fragments.appendBuffer(data);
        fragments = Buffer.buffer();
        try {
            onText(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(whole.getBytes()))
                            .toString());
        } catch (CharacterCodingException broken) {
            // RFC 6455 8.1: this ends the connection.
            fail(
                    Refusal.NOT_UTF8,
                    ErrorCode.BAD_MESSAGE,
                    "A text message must be UTF-8.",
                    CloseCode.NOT_UTF8);
        }
    }

    private void onText(String text) {
        ClientMessage message;
        try {
            message = json.read(text);
        } catch (BadMessage bad) {
            onBadMessage(bad);
            return;
        }
        if (message instanceof ClientMessage.Ping) {
            write(json.write(new ServerMessage.Pong()));
        } else {
            listener.onMessage(this, message);
        }
    }

    private void onBadMessage(BadMessage bad) {
        counters.count(Refusal.BAD_MESSAGE);
        errors++;
        if (errors > limits.incoming().maxErrors()) {
            fail(
                    Refusal.TOO_MANY_ERRORS,
                    ErrorCode.TOO_MANY_ERRORS,
                    "Too many messages were not understood.",
                    CloseCode.TOO_MANY_ERRORS);
            return;
        }
        write(json.write(new ServerMessage.Failed(ErrorCode.BAD_MESSAGE, bad.text())));
    }

    private void fail(Refusal refusal, ErrorCode code, String text, CloseCode close) {
        counters.count(refusal);
        write(json.write(new ServerMessage.Failed(code, text)));
        closeNow(close);
    }

    private void onClosed() {
        closing = true;
        vertx.cancelTimer(firstMessageTimer);
        vertx.cancelTimer(pingTimer);
        vertx.cancelTimer(hangUpTimer);
        listener.onClosed(this);
    }

    /** Says what is wrong and closes. From any thread. */
    void refuse(ErrorCode code, @Nullable String text, CloseCode close) {
        send(new ServerMessage.Failed(code, text == null ? "" : text));
        close(close);
    }
}
