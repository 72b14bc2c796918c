package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.check.CheckingSrtpContext;
import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.dtls.DtlsConfig;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.loop.TestLoops;
import io.sluice.transport.NegotiatedCodec;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.RemoteTransport;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import io.sluice.transport.TransportConfig;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;

/** Rooms on real loops, and guests who only listen; media is not sent here. */
abstract class RoomFixture {
    static final NegotiatedCodec OPUS =
            new NegotiatedCodec(
                    new CodecFormat(Codec.OPUS, Map.of()),
                    111,
                    NegotiatedCodec.NO_RTX,
                    false,
                    false,
                    true);

    static final RemoteTransport REMOTE =
            new RemoteTransport(
                    "abcd",
                    "abcdefghijklmnopqrstuvwx",
                    List.of("sha-256 " + "AA:".repeat(31) + "AA"),
                    false,
                    false,
                    List.of());

    static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    final TestLoops loops = new TestLoops(2, LoopConfig.defaults().withRoom(1_024, 64));

    /** What a test breaks on purpose. */
    int wantedDefects;

    final int restingSlots = slotsInUse();
    final Rooms rooms =
            new Rooms(
                    new RoomConfig(
                            8,
                            3,
                            2,
                            4,
                            32,
                            spillBusyShare(),
                            RoomConfig.LoudestAudio.OFF,
                            perKey()),
                    TransportConfig.defaults().withSrtpWatch(CheckingSrtpContext::new),
                    loops.all(),
                    DtlsIdentity.generate(new SecureRandom(), Instant.now()),
                    new DtlsHandshakes(DtlsConfig.defaults()),
                    random(),
                    InstantSource.fixed(NOW));

    /** Somebody who only listens. */
    static final class Guest {
        final List<RoomEvent> events = new CopyOnWriteArrayList<>();
        final CompletableFuture<Joined> reply = new CompletableFuture<>();

        Joined joined() {
            return reply.orTimeout(60, TimeUnit.SECONDS).join();
        }

        String id() {
            return joined().self().participantId();
        }
    }

    /** How busy a room's home loop may be before newcomers are placed on another. */
    double spillBusyShare() {
        return 0.7;
    }

    /** What ids and credentials are made of. */
    SecureRandom random() {
        return new SecureRandom();
    }

    /** What one API key may have. */
    RoomConfig.PerKey perKey() {
        return RoomConfig.PerKey.UNBOUNDED;
    }

    @AfterEach
    void everythingEnds() {
        rooms.close();
        await().until(() -> rooms.all().isEmpty());
        await().until(() -> loops.all().stream().allMatch(loop -> loop.residents() == 0));
        await().until(() -> slotsInUse() == restingSlots);
        assertThat(loops.all().stream().mapToLong(Loop::defects).sum()).isEqualTo(wantedDefects);
        loops.close();
    }

    int slotsInUse() {
        return loops.all().stream()
                .mapToInt(loop -> TestLoops.on(loop, () -> loop.slab().slotsInUse()))
                .sum();
    }

    Guest join(String room, String identity) {
        return join(room, identity, Permissions.ALL);
    }

    Guest join(String room, String identity, Permissions permissions) {
        return join(room, identity, Guise.PERSON, permissions);
    }

    Guest join(String room, String identity, Guise guise, Permissions permissions) {
        return join(room, identity, guise, permissions, "");
    }

    /** By a token of an API key. */
    Guest join(String room, String identity, Guise guise, Permissions permissions, String apiKey) {
        Guest guest = new Guest();
        rooms.room(room, apiKey)
                .submit(
                        new RoomCommand.Join(
                                identity,
                                "name of " + identity,
                                "",
                                Map.of(),
                                guise,
                                permissions,
                                apiKey,
                                DataDialect.BARE,
                                guest.events::add,
                                guest.reply));
        return guest;
    }

    static ReceiveSection publishes(String mid, String trackId) {
        return publishes(mid, trackId, OPUS);
    }

    static ReceiveSection publishes(String mid, String trackId, NegotiatedCodec codec) {
        return new ReceiveSection(
                mid,
                trackId,
                MediaKind.AUDIO,
                TrackSource.MICROPHONE,
                List.of(codec),
                Map.of(),
                Map.of(),
                List.of());
    }

    static SendSection watches(String mid, String trackId, int ssrc) {
        return new SendSection(mid, trackId, OPUS, Map.of(), ssrc, 0);
    }

    void negotiate(String room, Guest guest, List<ReceiveSection> receive, List<SendSection> send) {
        CompletableFuture<Void> reply = new CompletableFuture<>();
        rooms.room(room)
                .submit(new RoomCommand.Negotiated(guest.id(), REMOTE, receive, send, reply));
        reply.orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** Asks a room, and waits for what it answers. */
    <T> T ask(Room room, Function<CompletableFuture<T>, RoomCommand> question) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        room.submit(question.apply(reply));
        return reply.orTimeout(60, TimeUnit.SECONDS).join();
    }
}
