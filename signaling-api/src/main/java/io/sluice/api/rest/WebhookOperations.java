package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.webhook.Delivery;
import io.sluice.webhook.DeliveryQuery;
import io.sluice.webhook.DeliveryState;
import io.sluice.webhook.WebhookCounters;
import io.sluice.webhook.Webhooks;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Shows what webhooks are told, and how far that has come. Used from all event loops. */
final class WebhookOperations {
    private static final String WEBHOOKS = "/api/v1/webhooks";
    private static final String DELIVERIES = WEBHOOKS + "/deliveries";

    private static final int MAX_PAGE_DELIVERIES = 1_000;
    private static final int DEFAULT_PAGE_DELIVERIES = 100;

    private final @Nullable Webhooks webhooks;
    private final InstantSource clock;

    /**
     * @param webhooks null: none is configured
     */
    WebhookOperations(@Nullable Webhooks webhooks, InstantSource clock) {
        this.webhooks = webhooks;
        this.clock = clock;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(WEBHOOKS, Operation.Access.BEARER, this::show),
                Operation.get(DELIVERIES, Operation.Access.BEARER, this::list));
    }

    private void show(Call call) throws Refusal {
        call.requireRoomList();
        call.requireQueryOf(Set.of());
        ObjectNode answer = RestJson.object();
        ArrayNode receivers = answer.putArray("receivers");
        WebhookCounters counters = webhooks == null ? new WebhookCounters() : webhooks.counters();
        if (webhooks != null) {
            webhooks.urls().forEach(url -> receivers.add(shown(url)));
        }
        long dropped = 0;
        for (WebhookCounters.Drop why : WebhookCounters.Drop.values()) {
            dropped += counters.dropped(why);
        }
        answer.put("waiting", counters.queued())
                .put("oldestSeconds", counters.oldestSeconds(clock.millis()))
                .put("delivered", counters.delivered())
                .put("failedAttempts", counters.failedAttempts())
                .put("expired", counters.expired())
                .put("dropped", dropped);
        call.answer(200, answer);
    }

    /** Without what may be a secret. */
    private static String shown(URI url) {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        String path = Objects.requireNonNullElse(url.getRawPath(), "");
        return url.getScheme() + "://" + url.getHost() + port + path;
    }

    private void list(Call call) throws Refusal {
        call.requireRoomList();
        call.requireQueryOf(Set.of("state", "room", "limit", "after"));
        int limit = limit(call.query("limit"));
        DeliveryQuery query =
                new DeliveryQuery(
                        state(call.query("state")),
                        call.query("room"),
                        after(call.query("after")),
                        limit + 1);
        CompletableFuture<List<Delivery>> reply =
                webhooks == null
                        ? CompletableFuture.completedFuture(List.of())
                        : webhooks.deliveries(query);
        call.await(
                reply,
                found -> {
                    ObjectNode page = RestJson.object();
                    ArrayNode list = page.putArray("deliveries");
                    found.stream().limit(limit).forEach(one -> list.add(json(one)));
                    if (found.size() > limit) {
                        page.put("next", Long.toString(found.get(limit - 1).id()));
                    }
                    call.answer(200, page);
                });
    }

    private static ObjectNode json(Delivery delivery) {
        ObjectNode node =
                RestJson.object()
                        .put("id", Long.toString(delivery.id()))
                        .put("eventId", delivery.eventId())
                        .put("type", delivery.type())
                        .put("room", delivery.room())
                        .put("receiver", shown(URI.create(delivery.url())))
                        .put("state", RestJson.wireName(delivery.state()))
                        .put("attempts", delivery.attempts())
                        .put("createdAt", RestJson.time(delivery.createdAt()));
        if (!delivery.lastError().isEmpty()) {
            node.put("lastError", delivery.lastError());
        }
        if (delivery.finishedAt() == null) {
            node.put("nextAttemptAt", RestJson.time(delivery.nextAttemptAt()));
        } else {
            node.put("finishedAt", RestJson.time(delivery.finishedAt()));
        }
        return node;
    }

    private static @Nullable DeliveryState state(@Nullable String text) throws Refusal {
        if (text == null) {
            return null;
        }
        for (DeliveryState state : DeliveryState.values()) {
            if (RestJson.wireName(state).equals(text)) {
                return state;
            }
        }
        throw invalid("state must be pending, delivered or expired");
    }

    private static int limit(@Nullable String text) throws Refusal {
        if (text == null) {
            return DEFAULT_PAGE_DELIVERIES;
        }
        int limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_PAGE_DELIVERIES) {
            throw invalid("limit must be a whole number from 1 to " + MAX_PAGE_DELIVERIES);
        }
        return limit;
    }

    private static long after(@Nullable String text) throws Refusal {
        if (text == null) {
            return 0;
        }
        // 18 digits fit into a long.
        if (!text.matches("[0-9]{1,18}")) {
            throw invalid("after must be the \"next\" of a page before");
        }
        return Long.parseLong(text);
    }

    private static Refusal invalid(String what) {
        return Refusal.invalid("invalid-parameter", "The parameter " + what + ".");
    }
}
