package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.BearerAuth;
import io.sluice.api.BodyReader;
import io.sluice.api.ClientAddress;
import io.sluice.api.Problem;
import io.sluice.api.RoomNames;
import io.sluice.api.TokenException;
import io.sluice.room.RoomException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request to an operation, and its answer.
 *
 * <p>Owned by the request's event loop.
 */
public final class Call {
    private static final Logger LOG = LoggerFactory.getLogger(Call.class);

    private final RoutingContext routing;
    private final @Nullable Bearer bearer;
    private final Duration roomTimeout;
    private final @Nullable Fields body;

    Call(
            RoutingContext routing,
            @Nullable Bearer bearer,
            Duration roomTimeout,
            @Nullable Fields body) {
        this.routing = routing;
        this.bearer = bearer;
        this.roomTimeout = roomTimeout;
        this.body = body;
    }

    /** The action of an operation: answers the call, now or later, or refuses it. */
    @FunctionalInterface
    public interface Action {
        void run(Call call) throws Refusal;
    }

    /** What to do with a room's reply. */
    @FunctionalInterface
    public interface Then<T> {
        void accept(T reply) throws Refusal;
    }

    public RoutingContext routing() {
        return routing;
    }

    /** Null where an operation lets somebody in without a token. */
    public @Nullable Bearer bearer() {
        return bearer;
    }

    /** That of the bearer; empty without one. */
    String apiKey() {
        return bearer == null ? "" : bearer.apiKey();
    }

    public Fields body() {
        if (body == null) {
            throw new IllegalStateException("this operation takes no body");
        }
        return body;
    }

    /** The room in the path. */
    String room() throws Refusal {
        return roomName(parameter("room"));
    }

    static String roomName(String name) throws Refusal {
        Optional<String> problem = RoomNames.problem(name);
        if (problem.isPresent()) {
            throw new Refusal(Problem.badRequest("bad-room-name", problem.get()));
        }
        return name;
    }

    /** A parameter in the path, percent-decoded. */
    public String parameter(String name) {
        String value = routing.pathParam(name);
        return value == null ? "" : value;
    }

    /** A parameter in the query, decoded; null if it is absent. */
    public @Nullable String query(String name) {
        return routing.queryParams().get(name);
    }

    public void requireQueryOf(Set<String> known) throws Refusal {
        for (String name : routing.queryParams().names()) {
            if (!known.contains(name)) {
                // Its name is not told back: it may be a token that lost its own name.
                throw Refusal.invalid(
                        "unknown-parameter",
                        known.isEmpty()
                                ? "There are no query parameters here."
                                : "The query parameters here are "
                                        + String.join(", ", known.stream().sorted().toList())
                                        + ".");
            }
        }
    }

    // ---- what the bearer may do

    void requireRoomCreate() throws Refusal {
        if (bearer == null || !bearer.grants().roomCreate()) {
            throw forbidden("video.roomCreate must be true");
        }
    }

    void requireRoomList() throws Refusal {
        if (bearer == null || !bearer.grants().roomList()) {
            throw forbidden("video.roomList must be true");
        }
    }

    void requireAdminOf(String room) throws Refusal {
        if (bearer == null || !bearer.grants().isAdminOf(room)) {
            throw forbidden("video.roomAdmin must be true and video.room this room's name");
        }
    }

    void requireListOrAdminOf(String room) throws Refusal {
        if (bearer == null || !(bearer.grants().roomList() || bearer.grants().isAdminOf(room))) {
            throw forbidden(
                    "video.roomList must be true, or video.roomAdmin be true and video.room this"
                            + " room's name");
        }
    }

    public static Refusal forbidden(String grant) {
        return new Refusal(
                403,
                "token-not-granted",
                "Not allowed",
                "The token does not grant this: " + grant + ".");
    }

    // ---- answers

    public void answer(int status, ObjectNode json) {
        // With an end of line, for those who read it in a terminal.
        Buffer body = Buffer.buffer((json + "\n").getBytes(StandardCharsets.UTF_8));
        answer(status, "application/json", body);
    }

    void answer(int status, String contentType, Buffer body) {
        HttpServerResponse response = routing.response();
        if (isGone()) {
            return;
        }
        if (!response.headers().contains(HttpHeaders.CACHE_CONTROL)) {
            response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        }
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
                .end(body)
                // A client that is gone does not need its answer.
                .onFailure(_ -> {});
    }

    public void answerNothing() {
        if (!isGone()) {
            routing.response().setStatusCode(204).end().onFailure(_ -> {});
        }
    }

    public void refuse(Refusal refusal) {
        refuse(routing, refusal.problem());
    }

    static void refuse(RoutingContext routing, Problem problem) {
        HttpServerResponse response = routing.response();
        if (response.ended() || response.closed()) {
            return;
        }
        BearerAuth.challenge(routing, problem);
        BodyReader.refuse(routing, problem);
    }

    static Refusal unauthorized(TokenException refused) {
        return new Refusal(Problem.of(refused));
    }

    /** The client's address, an IP literal; see {@link ClientAddress}. */
    public String address() {
        return ClientAddress.of(routing.request());
    }

    boolean isHead() {
        return routing.request().method().equals(HttpMethod.HEAD);
    }

    public boolean isGone() {
        return routing.response().ended() || routing.response().closed();
    }

    // ---- rooms

    /** Waits for a room's reply, but not for ever, and goes on with it on the request's event loop. */
    public <T> void await(CompletableFuture<T> reply, Then<T> then) {
        goOn(future(reply, roomTimeout), then);
    }

    /** Waits for work of ours, which bounds its time itself, and goes on with it on the request's event loop. */
    public <T> void awaitWork(CompletableFuture<T> work, Then<T> then) {
        Context context = routing.vertx().getOrCreateContext();
        goOn(Future.fromCompletionStage(work, context), then);
    }

    private <T> void goOn(Future<T> reply, Then<T> then) {
        reply.onComplete(
                value -> perform(() -> then.accept(value)), failure -> refuse(refusalOf(failure)));
    }

    /** Waits so long for news, and goes on on the request's event loop with them or without. */
    public void awaitNews(CompletableFuture<?> news, Duration atMost, Part then) {
        future(news, atMost).onComplete(_ -> perform(then));
    }

    private <T> Future<T> future(CompletableFuture<T> reply, Duration atMost) {
        Context context = routing.vertx().getOrCreateContext();
        return Future.fromCompletionStage(reply, context)
                .timeout(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A part of the action. */
    @FunctionalInterface
    public interface Part {
        void run() throws Refusal;
    }

    /** Answers with what goes wrong, whatever it is. */
    public void perform(Part part) {
        try {
            part.run();
        } catch (Refusal refusal) {
            refuse(refusal);
        } catch (RuntimeException | Error failure) {
            refuse(refusalOf(failure));
        }
    }

    private static Refusal refusalOf(Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        Throwable failure = cause == null ? thrown : cause;
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        if (failure instanceof RoomException refused) {
            return refusalOf(refused);
        }
        if (failure instanceof TimeoutException) {
            return new Refusal(
                    504,
                    "room-timeout",
                    "No answer",
                    "The room did not answer in time. What was asked may still be done: look at the"
                            + " room before asking again.");
        }
        LOG.error("A request failed", failure);
        return new Refusal(500, "internal", "Internal error", "The server failed; see its log.");
    }

    private static Refusal refusalOf(RoomException refused) {
        String text = sentence(refused.getMessage());
        return switch (refused.reason()) {
            case NO_SUCH_PARTICIPANT -> participantNotFound();
            case NO_SUCH_TRACK ->
                    new Refusal(
                            404,
                            "track-not-found",
                            "Not found",
                            "Nobody in the room publishes a track of this id; GET the room's"
                                    + " participants for those there are.");
            case NOT_SUBSCRIBED -> new Refusal(409, "not-subscribed", "Not subscribed", text);
            case ROOM_CLOSED -> Refusal.roomNotFound();
            case ROOM_FULL -> new Refusal(409, "room-full", "Room full", text);
            case NOT_PERMITTED -> new Refusal(403, "not-permitted", "Not allowed", text);
            case INVALID_DESCRIPTION, INVALID_SETTINGS -> Refusal.invalid("invalid-settings", text);
            case TOO_MANY_ROOMS -> new Refusal(503, "too-many-rooms", "Try later", text);
            case KEY_LIMIT -> new Refusal(Problem.keyLimit(text));
            case TOO_MANY_LISTENERS -> new Refusal(503, "too-many-listeners", "Try later", text);
        };
    }

    static Refusal participantNotFound() {
        return new Refusal(
                404,
                "participant-not-found",
                "Not found",
                "Nobody of this identity is in the room; GET the room's participants for those who"
                        + " are.");
    }

    private static String sentence(@Nullable String message) {
        if (message == null || message.isEmpty()) {
            return "The room refuses this.";
        }
        String text = Character.toUpperCase(message.charAt(0)) + message.substring(1);
        return text.endsWith(".") ? text : text + ".";
    }
}
