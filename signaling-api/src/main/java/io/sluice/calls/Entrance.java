package io.sluice.calls;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.AccessTokens;
import io.sluice.api.rest.Call;
import io.sluice.api.rest.Refusal;
import io.sluice.calls.CallCounters.Outcome;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/** Lets people into calls who may come in: the last door. Used from all event loops. */
final class Entrance {
    private final CallBook book;
    private final CallRooms rooms;
    private final AccessTokens tokens;
    private final CallCounters counters;
    private final Duration tokenValidity;
    private final InstantSource clock;

    Entrance(
            CallBook book,
            CallRooms rooms,
            AccessTokens tokens,
            CallCounters counters,
            Duration tokenValidity,
            InstantSource clock) {
        this.book = book;
        this.rooms = rooms;
        this.tokens = tokens;
        this.counters = counters;
        this.tokenValidity = tokenValidity;
        this.clock = clock;
    }

    /**
     * Writes somebody into the call, if there is a place, and goes on with what that one needs to join.
     *
     * @param asHost else a newcomer speaks, or watches a broadcast, and others keep their role
     */
    void admit(
            Call call,
            CallRecord record,
            String identity,
            String name,
            boolean asHost,
            Consumer<ObjectNode> then) {
        call.await(
                rooms.participants(record),
                there -> {
                    boolean isThere =
                            there.stream().anyMatch(one -> one.identity().equals(identity));
                    if (!isThere && there.size() >= record.settings().maxParticipants()) {
                        counters.count(Outcome.FULL);
                        throw new Refusal(
                                409,
                                "full",
                                "Full",
                                "The call has its "
                                        + record.settings().maxParticipants()
                                        + " participants already.");
                    }
                    CallRecord changed =
                            book.change(
                                            record.code(),
                                            before -> entered(before, identity, name, asHost))
                                    .orElseThrow(CallAccess::noCall);
                    if (!changed.isAdmitted(identity)) {
                        // In the moment between.
                        throw blocked();
                    }
                    counters.count(Outcome.JOINED);
                    then.accept(door(call, changed, identity));
                });
    }

    private CallRecord entered(CallRecord call, String identity, String name, boolean asHost) {
        if (call.isBlocked(identity)) {
            return call;
        }
        Role newcomer = call.settings().broadcast() ? Role.VIEWER : Role.SPEAKER;
        Role before = call.member(identity).map(Member::role).orElse(newcomer);
        Member member = new Member(asHost ? Role.HOST : before, Standing.ADMITTED, name);
        return call.with(identity, member, clock.millis());
    }

    Refusal blocked() {
        counters.count(Outcome.BLOCKED);
        return new Refusal(
                403, "blocked", "Not allowed", "The host does not let you into this call.");
    }

    /** What somebody who is admitted needs to join. */
    ObjectNode door(Call call, CallRecord record, String identity) throws Refusal {
        Member member =
                record.member(identity).filter(Member::isAdmitted).orElseThrow(this::blocked);
        return JsonNodeFactory.instance
                .objectNode()
                .put("code", record.code())
                .put("title", record.settings().title())
                .put(
                        "token",
                        tokens.issue(
                                CallReview.API_KEY,
                                CallReview.grants(record, identity, member),
                                tokenValidity))
                .put("url", url(call.routing().request()))
                .put("identity", identity)
                .put("role", member.role().word());
    }

    /** The server as the asking page sees it; what ends TLS in front of us says so. */
    private static String url(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        String forwarded = request.getHeader("x-forwarded-proto");
        boolean secure = origin == null ? "https".equals(forwarded) : origin.startsWith("https://");
        String host = request.getHeader(HttpHeaders.HOST);
        return (secure ? "wss://" : "ws://") + (host == null ? "localhost" : host);
    }
}
