package io.sluice.api.rest;

import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiLimits;
import io.sluice.api.Cors;
import io.sluice.api.RequestRates;
import io.sluice.api.SignalingProtocol;
import io.sluice.api.SocketGate;
import io.sluice.history.History;
import io.sluice.room.RoomConfig;
import io.sluice.room.Rooms;
import io.sluice.webhook.Webhooks;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The REST API under {@code /api/v1}; its manual is {@code /api/v1/openapi.yaml}. Shared by all event loops of
 * the web server: what it holds is safe for that.
 */
public final class RestApi implements SignalingProtocol {
    private static final String MANUAL = "/api/v1/openapi.yaml";

    private final RequestRates rates;
    private final OperationRoutes routes;
    private final EventFeed events;
    private final Buffer manual;
    private final List<Operation> operations;

    public RestApi(
            ApiConfig config,
            RoomConfig roomConfig,
            AccessTokens tokens,
            SocketGate gate,
            Rooms rooms,
            RandomGenerator random,
            Clock clock) {
        this(config, roomConfig, tokens, gate, rooms, null, null, random, clock);
    }

    /**
     * With what is told to webhooks, and what is kept of calls.
     *
     * @param webhooks null: none is configured
     * @param history null: none is kept
     */
    public RestApi(
            ApiConfig config,
            RoomConfig roomConfig,
            AccessTokens tokens,
            SocketGate gate,
            Rooms rooms,
            @Nullable Webhooks webhooks,
            @Nullable History history,
            RandomGenerator random,
            Clock clock) {
        Cors cors =
                new Cors(
                        gate,
                        "authorization, content-type, last-event-id",
                        "location, retry-after, www-authenticate");
        ApiLimits limits = config.limits();
        rates = new RequestRates(limits);
        routes = new OperationRoutes(config, tokens, gate, cors, rates);
        events = new EventFeed(rooms, limits.events(), random, clock);
        manual = readManual();
        operations = new ArrayList<>();
        operations.addAll(new RoomOperations(rooms, roomConfig).operations());
        operations.addAll(new ParticipantOperations(rooms, roomConfig).operations());
        operations.addAll(TraceOperations.operations(rooms));
        operations.addAll(new PacketOperations(rooms, clock).operations());
        operations.addAll(new DataOperations(rooms).operations());
        operations.addAll(
                new TokenOperations(tokens, config, roomConfig.maxMetadataChars(), random, clock)
                        .operations());
        operations.addAll(new EventOperations(events).operations());
        operations.addAll(new WebhookOperations(webhooks, clock).operations());
        operations.addAll(new HistoryOperations(history).operations());
        operations.addAll(new SnapshotOperations(rooms, history).operations());
        operations.addAll(new DirectOperations(rooms, limits.maxAddresses()).operations());
        operations.add(Operation.get(MANUAL, Operation.Access.OPEN, this::showManual));
    }

    private static Buffer readManual() {
        try (InputStream in =
                Objects.requireNonNull(RestApi.class.getResourceAsStream("openapi.yaml"))) {
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** All that the API can do, for the test that the manual says it. */
    List<Operation> operations() {
        return List.copyOf(operations);
    }

    public EventFeed events() {
        return events;
    }

    /** What each address and each key may ask, shared with the other interfaces for applications. */
    public RequestRates rates() {
        return rates;
    }

    /** Requests refused because too many came from one address, or from too many addresses. */
    public long refusedForRate() {
        return rates.refused();
    }

    /** Addresses whose requests are counted now. */
    public int addresses() {
        return rates.addresses();
    }

    @Override
    public void mount(Router router) {
        events.start();
        routes.mount(router, operations);
    }

    private void showManual(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        call.answer(200, "application/yaml", manual);
    }
}
