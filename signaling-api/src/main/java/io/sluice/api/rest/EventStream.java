package io.sluice.api.rest;

import io.sluice.api.Connections;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One reader of events.
 *
 * <p>Owned by its request's event loop; {@link #send} and {@link #end} may be called from others and hop.
 */
final class EventStream {
    private final RoutingContext routing;
    private final HttpServerResponse response;
    private final Context context;
    private final EventFeed feed;
    private final @Nullable String room;
    private final Instant expiresAt;
    private int queuedBytes;
    private boolean over;

    EventStream(RoutingContext routing, EventFeed feed, @Nullable String room, Instant expiresAt) {
        this.routing = routing;
        this.response = routing.response();
        this.context = routing.vertx().getOrCreateContext();
        this.feed = feed;
        this.room = room;
        this.expiresAt = expiresAt;
        routing.addEndHandler(_ -> close());
    }

    /** Whether events of a room are for this reader. */
    boolean wants(String roomName) {
        return room == null || room.equals(roomName);
    }

    boolean hasExpired(Instant now) {
        return now.isAfter(expiresAt);
    }

    /** Sends what has the form of an event already. From any thread. */
    void send(String text) {
        context.runOnContext(_ -> write(text));
    }

    /** Ends after what was sent before. From any thread. */
    void end() {
        context.runOnContext(_ -> {
            if (!over) {
                close();
                response.end().onFailure(_ -> {});
            }
        });
    }

    private void write(String text) {
        if (over || response.closed()) {
            return;
        }
        // As good as bytes: what is not ASCII is rare, and at most three times as long.
        int sizeBytes = text.length();
        queuedBytes += sizeBytes;
        if (queuedBytes > feed.limits().maxQueuedBytes()) {
            feed.countSlowReader();
            close();
            Connections.hangUp(routing.request().connection());
            return;
        }
        response.write(text).onComplete(_ -> queuedBytes -= sizeBytes);
    }

    private void close() {
        if (!over) {
            over = true;
            feed.close(this);
        }
    }
}
