package io.sluice.server;

import io.sluice.api.ApiConfig;
import io.sluice.api.IceServer;
import io.sluice.api.SocketGate;
import io.sluice.api.rest.RestApi;
import io.sluice.loop.Loop;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.Rooms;
import io.sluice.sctp.DataMessage;
import io.sluice.server.metrics.LoadMeters;
import io.sluice.webhook.Webhooks;
import io.sluice.whip.WhipProtocol;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What changes in a server that runs: how much it takes on, its settings, and that it is to end. Used from any
 * thread but a loop's.
 */
final class Governance implements AutoCloseable {
    /** The data channel, or LiveKit's topic, on which a room hears that its server is about to stop. */
    static final String LABEL = "sluice-draining";

    private static final Logger LOG = LoggerFactory.getLogger(Governance.class);
    private static final long LOOK_MILLIS = 100;

    private final List<Loop> loops;
    private final Rooms rooms;
    private final SocketGate gate;
    private final RestApi rest;
    private final WhipProtocol whip;
    private final @Nullable Webhooks webhooks;
    private final AtomicReference<String> webhookKey;
    private final ApiConfig api;
    private final StressMeter stress;
    private final NodeDoor door;

    private Governance(
            SluiceConfig config,
            List<Loop> loops,
            Rooms rooms,
            SocketGate gate,
            RestApi rest,
            WhipProtocol whip,
            @Nullable Webhooks webhooks,
            AtomicReference<String> webhookKey) {
        this.loops = loops;
        this.rooms = rooms;
        this.gate = gate;
        this.rest = rest;
        this.whip = whip;
        this.webhooks = webhooks;
        this.webhookKey = webhookKey;
        api = config.api();
        stress = StressMeter.start(loops, config.load());
        door =
                new NodeDoor(
                        config.load(),
                        name -> rooms.find(name).isPresent(),
                        stress::stress,
                        System::nanoTime);
        gate.guard(door);
        tellIceServers(config);
    }

    /** Stands at the gate from now on. */
    static Governance start(
            SluiceConfig config,
            List<Loop> loops,
            Rooms rooms,
            SocketGate gate,
            RestApi rest,
            WhipProtocol whip,
            @Nullable Webhooks webhooks,
            AtomicReference<String> webhookKey) {
        return new Governance(config, loops, rooms, gate, rest, whip, webhooks, webhookKey);
    }

    void bind(LoadMeters meters) {
        meters.bind(
                stress::stress,
                new LoadMeters.Refused(
                        door::refusedStressed, door::refusedHasty, door::refusedDraining),
                new LoadMeters.RefusedOfKeys(
                        door::refusedHastyOfKeys,
                        rooms::refusedRoomsOfKeys,
                        rooms::refusedParticipantsOfKeys,
                        rest.rates()::refusedOfKeys));
    }

    /** Those with a password of their own, and those that take a credential of ours. */
    private void tellIceServers(SluiceConfig config) {
        gate.tell(() -> {
            List<IceServer> servers = new ArrayList<>(config.whip().iceServers());
            servers.addAll(config.turn().servers(Clock.systemUTC().instant()));
            return servers;
        });
    }

    /** Takes what needs no restart. */
    void reconfigure(SluiceConfig next) {
        if (next.api().access().devMode() == api.access().devMode() && !api.access().devMode()) {
            api.access().keys().replace(next.api().access().keys());
        }
        rooms.reconfigure(next.room());
        stress.reconfigure(next.load());
        door.reconfigure(next.load());
        gate.limitJoins(next.api().socketLimits().joins());
        rest.rates().limit(next.api().limits().rest());
        whip.limitRequests(next.whip().requests());
        tellIceServers(next);
        WebhookSettings told = next.webhooks();
        if (webhooks != null && told != null) {
            webhooks.receivers(told.queue().urls());
            webhookKey.set(told.apiKey());
        }
    }

    /** Waits until nobody is there, or for no longer. */
    boolean drain(Duration deadline, CountDownLatch hurry) {
        door.drain();
        rooms.drain();
        tellRooms(deadline);
        long endNanos = System.nanoTime() + deadline.toNanos();
        try {
            while (!isEmpty()) {
                if (System.nanoTime() - endNanos >= 0
                        || hurry.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    return isEmpty();
                }
            }
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isEmpty() {
        return gate.sockets() == 0 && loops.stream().allMatch(loop -> loop.residents() == 0);
    }

    private void tellRooms(Duration deadline) {
        String text =
                "{\"type\":\"server-draining\",\"until\":\"%s\"}"
                        .formatted(Clock.systemUTC().instant().plus(deadline));
        DataMessage message =
                new DataMessage(DataMessage.Kind.STRING, text.getBytes(StandardCharsets.UTF_8));
        for (Room room : rooms.all()) {
            room.submit(
                    new RoomCommand.Publish(
                            LABEL, true, message, List.of(), new CompletableFuture<>()));
        }
        LOG.info("The server begins no more rooms; {} go on", rooms.all().size());
    }

    @Override
    public void close() {
        stress.close();
    }
}
