package io.sluice.plain;

import io.sluice.api.GuardedSocket;
import io.sluice.api.GuardedSocket.Fault;
import io.sluice.api.SocketLimits;
import io.sluice.plain.PlainCounters.Refusal;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket: hands understood messages on, and says in the protocol's words what is wrong with others.
 *
 * <p>Owned by the WebSocket's context; {@link #send} and {@link #close} may be called from others and hop.
 */
final class PlainSocket implements GuardedSocket.Listener {
    private final GuardedSocket socket;
    private final PlainJson json;
    private final PlainCounters counters;
    private final Listener listener;
    private final int maxErrors;
    private int errors;

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
        this.json = json;
        this.counters = counters;
        this.listener = listener;
        maxErrors = limits.incoming().maxErrors();
        socket = new GuardedSocket(connection, vertx, context, limits, this);
    }

    /** Begins to wait for the client; on the WebSocket's context. */
    void start() {
        socket.start();
    }

    /** The client has joined: it may be silent from now on. Hops to the WebSocket's context. */
    void joined() {
        socket.joined();
    }

    /** Sends a message outside of the session's numbers. From any thread. */
    void send(ServerMessage message) {
        socket.send(json.write(message));
    }

    /** Sends a numbered message. From any thread. */
    void send(String text, long seq) {
        socket.send(text, seq);
    }

    /** Closes after what was sent before. From any thread. */
    void close(CloseCode code) {
        socket.close(code.code(), code.text());
    }

    /** Says what is wrong and closes. From any thread. */
    void refuse(ErrorCode code, @Nullable String text, CloseCode close) {
        send(new ServerMessage.Failed(code, text == null ? "" : text));
        close(close);
    }

    @Override
    public void onBinary(byte[] message) {
        close(CloseCode.TEXT_ONLY);
    }

    @Override
    public void onText(String text) {
        ClientMessage message;
        try {
            message = json.read(text);
        } catch (BadMessage bad) {
            onBadMessage(bad);
            return;
        }
        if (message instanceof ClientMessage.Ping) {
            send(new ServerMessage.Pong());
        } else {
            listener.onMessage(this, message);
        }
    }

    private void onBadMessage(BadMessage bad) {
        counters.count(Refusal.BAD_MESSAGE);
        errors++;
        if (errors > maxErrors) {
            counters.count(Refusal.TOO_MANY_ERRORS);
            refuse(
                    ErrorCode.TOO_MANY_ERRORS,
                    "Too many messages were not understood.",
                    CloseCode.TOO_MANY_ERRORS);
            return;
        }
        send(new ServerMessage.Failed(ErrorCode.BAD_MESSAGE, bad.text()));
    }

    @Override
    public void onConfirmed(long number) {
        listener.onConfirmed(this, number);
    }

    @Override
    public void onFault(Fault fault, String detail) {
        switch (fault) {
            case FIRST_MESSAGE_LATE ->
                    fail(
                            Refusal.JOIN_TIMEOUT,
                            ErrorCode.JOIN_TIMEOUT,
                            detail,
                            CloseCode.JOIN_TIMEOUT);
            case RATE_LIMITED ->
                    fail(
                            Refusal.RATE_LIMITED,
                            ErrorCode.RATE_LIMITED,
                            detail,
                            CloseCode.RATE_LIMITED);
            case TOO_LARGE ->
                    fail(
                            Refusal.MESSAGE_TOO_LARGE,
                            ErrorCode.MESSAGE_TOO_LARGE,
                            detail,
                            CloseCode.MESSAGE_TOO_LARGE);
            case MALFORMED_FRAME ->
                    fail(
                            Refusal.MALFORMED_FRAME,
                            ErrorCode.BAD_MESSAGE,
                            detail,
                            CloseCode.MALFORMED_FRAME);
            case NOT_UTF8 ->
                    fail(Refusal.NOT_UTF8, ErrorCode.BAD_MESSAGE, detail, CloseCode.NOT_UTF8);
            case SILENT -> {
                counters.count(Refusal.SILENT);
                close(CloseCode.SILENT);
            }
            case SLOW_READER -> {
                // An error message would only wait behind all the others.
                counters.count(Refusal.SLOW_READER);
                close(CloseCode.SLOW_READER);
            }
        }
    }

    private void fail(Refusal refusal, ErrorCode code, String text, CloseCode close) {
        counters.count(refusal);
        refuse(code, text, close);
    }

    @Override
    public void onClosed() {
        listener.onClosed(this);
    }
}
