package io.sluice.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.sluice.api.ApiLimits.ConnectionLimits;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the number of connections to the web server, and how long one may be without a whole request: who
 * dribbles a header, byte by byte, is never idle.
 *
 * <p>Shared by all event loops of the web server; each has a {@link Watch} of its own.
 */
public final class Connections {
    private final ConnectionLimits limits;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private final LongAdder late = new LongAdder();

    public Connections(ConnectionLimits limits) {
        this.limits = limits;
    }

    /** Connections that are open now. */
    public int open() {
        return open.get();
    }

    /** Connections refused because there were too many. */
    public long refused() {
        return refused.sum();
    }

    /** Connections closed because no whole request came in time. */
    public long late() {
        return late.sum();
    }

    /**
     * Closes a connection at once. Vert.x's ways to close all wait behind what the client does not read: close and
     * shutdown for ever, and the write timeout for as long as a client reads a little now and then.
     */
    public static void hangUp(HttpConnection connection) {
        hangUp(channel(connection));
    }

    static void hangUp(Channel channel) {
        // From the first handler on nothing but the socket itself is in the way; without one it is
        // closed.
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first != null) {
            ChannelFuture _ = first.close();
        }
    }

    /** The class is not of Vert.x's public API, which shows no way to the channel. */
    private static Channel channel(HttpConnection connection) {
        if (connection instanceof HttpServerConnection http) {
            return http.channelHandlerContext().channel();
        }
        throw new IllegalArgumentException("no connection of this web server");
    }

    Watch watch(Vertx vertx) {
        return new Watch(vertx);
    }

    /** The connections of one event loop, which owns it. */
    final class Watch {
        private final Vertx vertx;
        private final Map<Channel, Deadline> deadlines = new HashMap<>();

        private Watch(Vertx vertx) {
            this.vertx = vertx;
        }

        void onConnection(HttpConnection connection) {
            Channel channel = channel(connection);
            if (open.incrementAndGet() > limits.maximum()) {
                open.decrementAndGet();
                refused.increment();
                hangUp(channel);
                return;
            }
            Deadline deadline = new Deadline(channel);
            deadlines.put(channel, deadline);
            // A connection's own close handler is not called any more once there is a WebSocket on
            // it.
            ChannelFuture _ =
                    channel.closeFuture()
                            .addListener(_ -> {
                                open.decrementAndGet();
                                deadlines.remove(channel);
                                deadline.cancel();
                            });
            deadline.set(limits.headerTimeout().toMillis());
        }

        void onRequest(RoutingContext routing) {
            HttpServerRequest request = routing.request();
            Deadline deadline = deadlines.get(channel(request.connection()));
            if (deadline != null) {
                deadline.cancel();
                routing.addEndHandler(_ -> deadline.set(limits.keepAliveTimeout().toMillis()));
            }
            routing.next();
        }

        private final class Deadline {
            private static final long NONE = -1;

            private final Channel channel;
            private long timer = NONE;

            private Deadline(Channel channel) {
                this.channel = channel;
            }

            private void set(long delayMillis) {
                cancel();
                if (deadlines.containsKey(channel)) {
                    timer =
                            vertx.setTimer(
                                    delayMillis,
                                    _ -> {
                                        late.increment();
                                        hangUp(channel);
                                    });
                }
            }

            private void cancel() {
                if (timer != NONE) {
                    vertx.cancelTimer(timer);
                    timer = NONE;
                }
            }
        }
    }
}
