package io.sluice.plain;

import io.sluice.api.Connections;
import io.sluice.api.FrameReader;
import io.sluice.api.RateLimit;
import io.sluice.api.SocketLimits;
import io.sluice.plain.PlainCounters.Refusal;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
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

    private final ServerWebSocket socket;
    private final Vertx vertx;
    private final Context context;
    private final SocketLimits limits;
    private final PlainJson json;
    private final PlainCounters counters;
    private final Listener listener;
    private final RateLimit messageRate;
    private final RateLimit byteRate;
    private final HttpConnection connection;

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

    PlainSocket(
            ServerWebSocket socket,
            HttpConnection connection,
            Vertx vertx,
            Context context,
            SocketLimits limits,
            PlainJson json,
            PlainCounters counters,
            Listener listener) {
        this.socket = socket;
        this.connection = connection;
        this.vertx = vertx;
        this.context = context;
        this.limits = limits;
        this.json = json;
        this.counters = counters;
        this.listener = listener;
        lastHeardNanos = System.nanoTime();
        messageRate = new RateLimit(limits.incoming().messages(), lastHeardNanos);
        byteRate = new RateLimit(limits.incoming().bytes(), lastHeardNanos);
    }

    /** Begins to listen; on the WebSocket's context. */
    void start() {
        // One that is only a little too long still gets to the closing handshake.
        FrameReader.install(
                connection, 2 * limits.incoming().maxMessageBytes(), new BrokenFrames());
        socket.frameHandler(this::onFrame);
        socket.pongHandler(this::onPong);
        socket.closeHandler(_ -> onClosed());
        // What follows an exception is the close handler, unless the client reads nothing.
        socket.exceptionHandler(_ -> stop());
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
            // It may be gone already; the close handler comes in any case.
            socket.close(code.code(), code.text()).onFailure(_ -> {});
            stop();
        }
    }

    /** Nothing more is taken or said; who does not read does not get to the closing handshake. */
    private void stop() {
        if (!closing) {
            closing = true;
            hangUpTimer = vertx.setTimer(HANG_UP_MILLIS, _ -> Connections.hangUp(connection));
        }
    }

    private void write(String text) {
        // Between its end and the close handler's turn, a WebSocket throws when it is asked.
        if (closing || socket.isClosed()) {
            return;
        }
        int sizeBytes = text.length();
        queuedBytes += sizeBytes;
        if (queuedBytes > limits.maxQueuedBytes()) {
            closeSlowReader();
            return;
        }
        socket.writeTextMessage(text).onComplete(_ -> queuedBytes -= sizeBytes);
        if (!socket.writeQueueFull()) {
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
        } else if (!socket.writeQueueFull()) {
            fullSinceNanos = 0;
            socket.writePing(Buffer.buffer().appendLong(sentSeq)).onFailure(_ -> {});
        } else if (fullSinceNanos == 0) {
            fullSinceNanos = nowNanos;
        } else if (nowNanos - fullSinceNanos > limits.patience().slowReader().toNanos()) {
            closeSlowReader();
        }
    }

    private void onPong(Buffer payload) {
        lastHeardNanos = System.nanoTime();
        // A client may send a pong of its own (RFC 6455 5.5.3): only what was sent can be
        // confirmed.
        if (payload.length() == Long.BYTES) {
            listener.onConfirmed(this, Math.min(payload.getLong(0), sentSeq));
        }
    }

    private void onFrame(WebSocketFrame frame) {
        if (closing) {
            return;
        }
        if (frame.isClose()) {
            // Vert.x answers it, behind all that the client has not read.
            stop();
            return;
        }
        lastHeardNanos = System.nanoTime();
        if (!messageRate.pass(lastHeardNanos)) {
            failRate(limits.incoming().messages().perSecond() + " messages");
        } else if (!byteRate.pass(frame.binaryData().length(), lastHeardNanos)) {
            failRate(limits.incoming().bytes().perSecond() + " bytes");
        } else if (frame.isBinary()) {
            closeNow(CloseCode.TEXT_ONLY);
        } else if (frame.isText() || frame.isContinuation()) {
            onData(frame);
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

    /** What Vert.x never sees. */
    private final class BrokenFrames implements FrameReader.Listener {
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
        Buffer data = frame.binaryData();
        if (fragments.length() + data.length() > limits.incoming().maxMessageBytes()) {
            failTooLarge();
            return;
        }
        if (!frame.isFinal()) {
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
