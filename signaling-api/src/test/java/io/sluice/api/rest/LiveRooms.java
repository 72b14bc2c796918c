package io.sluice.api.rest;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.dtls.DtlsConfig;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.forward.ViewerWish;
import io.sluice.ice.IceConfig;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.room.DataDialect;
import io.sluice.room.Guise;
import io.sluice.room.Joined;
import io.sluice.room.Leg;
import io.sluice.room.Origin;
import io.sluice.room.Permissions;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomConfig;
import io.sluice.room.RoomEvent;
import io.sluice.room.Rooms;
import io.sluice.room.TrackDetails;
import io.sluice.room.TrackInfo;
import io.sluice.transport.NegotiatedCodec;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.RemoteTransport;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import io.sluice.transport.TransportConfig;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** Real rooms on a real loop, in which nobody sends media. */
public final class LiveRooms implements AutoCloseable {
    static {
        // On a machine that does much else at the same time.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    public static final RoomConfig CONFIG = RoomConfig.defaults();

    /** Nobody is sent away for media that do not come, however long a test takes. */
    private static final IceConfig ICE =
            IceConfig.defaults()
                    .withLoopback(true)
                    .withTimeouts(
                            Duration.ofHours(1), Duration.ofSeconds(30), Duration.ofSeconds(5));

    private static final NegotiatedCodec OPUS =
            new NegotiatedCodec(
                    new CodecFormat(Codec.OPUS, Map.of()),
                    111,
                    NegotiatedCodec.NO_RTX,
                    false,
                    false,
                    true);

    private static final RemoteTransport REMOTE =
            new RemoteTransport(
                    "abcd",
                    "abcdefghijklmnopqrstuvwx",
                    List.of("sha-256 " + "AA:".repeat(31) + "AA"),
                    false,
                    false,
                    List.of());

    private final Loop loop =
            new Loop(
                    0,
                    LoopConfig.defaults().withRoom(256, 64),
                    ICE,
                    List.of(InetAddress.getLoopbackAddress()),
                    0,
                    new SecureRandom());

    public final Rooms rooms =
            new Rooms(
                    CONFIG,
                    TransportConfig.defaults(),
                    List.of(loop),
                    DtlsIdentity.generate(new SecureRandom(), Instant.now()),
                    new DtlsHandshakes(DtlsConfig.defaults()),
                    new SecureRandom(),
                    InstantSource.system());

    /** Somebody in a room, and what it hears. */
    public record Guest(Joined joined, List<RoomEvent> events) {}

    public Guest join(String room, String identity) {
        List<RoomEvent> events = new CopyOnWriteArrayList<>();
        CompletableFuture<Joined> reply = new CompletableFuture<>();
        rooms.room(room)
                .submit(
                        new RoomCommand.Join(
                                identity,
                                "name of " + identity,
                                "",
                                Map.of(),
                                Guise.PERSON,
                                Permissions.ALL,
                                "",
                                DataDialect.BARE,
                                events::add,
                                reply));
        return new Guest(await(reply), events);
    }

    /** Lets somebody publish a microphone. */
    public void publish(String room, Guest guest, String trackId) {
        ReceiveSection section =
                new ReceiveSection(
                        "0",
                        trackId,
                        MediaKind.AUDIO,
                        TrackSource.MICROPHONE,
                        List.of(OPUS),
                        Map.of(),
                        Map.of(),
                        List.of());
        negotiate(room, guest, List.of(section), List.of(), Map.of());
    }

    /** Lets somebody publish a camera in AV1, and promise another codec. */
    public void publishWithPromise(String room, Guest guest, String trackId) {
        NegotiatedCodec codec =
                new NegotiatedCodec(
                        new CodecFormat(Codec.AV1, Map.of()),
                        98,
                        NegotiatedCodec.NO_RTX,
                        true,
                        true,
                        true);
        ReceiveSection section =
                new ReceiveSection(
                        "0",
                        trackId,
                        MediaKind.VIDEO,
                        TrackSource.CAMERA,
                        List.of(codec),
                        Map.of(),
                        Map.of(),
                        List.of());
        TrackDetails promised = TrackDetails.NONE.withBackup(true, "");
        negotiate(room, guest, List.of(section), List.of(), Map.of(trackId, promised));
    }

    /** Lets somebody mute its own track. */
    public void mute(String room, Guest guest, String trackId) {
        CompletableFuture<TrackInfo> reply = new CompletableFuture<>();
        String participantId = guest.joined().self().participantId();
        rooms.room(room)
                .submit(
                        new RoomCommand.Mute(
                                trackId, true, Origin.PARTICIPANT, participantId, reply));
        await(reply);
    }

    /** What the room lets somebody have of a track. */
    public ViewerWish bound(String room, String identity, String trackId) {
        CompletableFuture<ViewerWish> reply = new CompletableFuture<>();
        rooms.room(room)
                .submit(
                        new RoomCommand.Wish(
                                identity, trackId, Origin.ROOM, UnaryOperator.identity(), reply));
        return await(reply);
    }

    /** Lets somebody who publishes nothing hear somebody's microphone. */
    public void hear(String room, Guest guest, String trackId) {
        SendSection section = new SendSection("0", trackId, OPUS, Map.of(), 1, 0);
        negotiate(room, guest, List.of(), List.of(section), Map.of());
    }

    private void negotiate(
            String room,
            Guest guest,
            List<ReceiveSection> receive,
            List<SendSection> send,
            Map<String, TrackDetails> details) {
        CompletableFuture<Void> reply = new CompletableFuture<>();
        rooms.room(room)
                .submit(
                        new RoomCommand.Negotiated(
                                guest.joined().self().participantId(),
                                Leg.FIRST,
                                REMOTE,
                                receive,
                                send,
                                details,
                                reply));
        await(reply);
    }

    /** Holds the loop, and all rooms with it, until the returned latch is counted down. */
    public CountDownLatch hold() {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        loop.execute(() -> {
            held.countDown();
            awaitQuietly(goOn);
        });
        awaitQuietly(held);
        return goOn;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("held for too long");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T await(CompletableFuture<T> reply) {
        return reply.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        rooms.close();
        CompletableFuture.runAsync(() -> {}, loop).orTimeout(30, TimeUnit.SECONDS).join();
        loop.close();
        loop.freeMemory();
    }
}
