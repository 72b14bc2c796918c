package io.sluice.api.rest;

import io.sluice.api.AccessTokens.Bearer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens streams of events. Used from all event loops. */
final class EventOperations {
    private static final String EVENTS = "/api/v1/events";

    private final EventFeed feed;

    EventOperations(EventFeed feed) {
        this.feed = feed;
    }

    List<Operation> operations() {
        return List.of(Operation.get(EVENTS, Operation.Access.BEARER_OR_QUERY, this::open));
    }

    private void open(Call call) throws Refusal {
        String room = call.query("room");
        if (room == null) {
            call.requireRoomList();
        } else {
            call.requireListOrAdminOf(Call.roomName(room));
        }
        call.requireQueryOf(Set.of("access_token", "room"));
        HttpServerResponse response = call.routing().response();
        response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                // nginx would keep events until a buffer of it is full.
                .putHeader("x-accel-buffering", "no");
        if (call.isHead()) {
            response.end().onFailure(_ -> {});
            return;
        }
        if (!feed.enter()) {
            throw new Refusal(
                    503,
                    "too-many-streams",
                    "Try later",
                    "This server has no room for more streams of events: close others, or let one"
                            + " reader pass events on.");
        }
        response.setChunked(true);
        feed.open(
                new EventStream(call.routing(), feed, room, expiry(call.bearer())),
                call.routing().request().getHeader("last-event-id"));
    }

    private static Instant expiry(@Nullable Bearer bearer) {
        if (bearer == null) {
            throw new IllegalStateException("events are not for everybody");
        }
        return bearer.expiresAt();
    }
}
