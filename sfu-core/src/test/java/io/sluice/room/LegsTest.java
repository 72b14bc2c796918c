package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.forward.ViewerWish;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.SendSection;
import io.sluice.transport.TransportEnd;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Participants that keep what they watch on a transport of its own. */
final class LegsTest extends RoomFixture {
    private static final String ROOM = "r";

    private final Room room = rooms.room(ROOM);
    private final Guest ada = join(ROOM, "ada");
    private final Guest bob = join(ROOM, "bob");

    @BeforeEach
    void adaPublishes() {
        negotiate(ROOM, ada, List.of(publishes("0", "TR_a")), List.of());
    }

    private LocalTransport open(Guest guest) {
        return ask(room, reply -> new RoomCommand.OpenWatching(guest.id(), reply));
    }

    private void watch(Guest guest, List<SendSection> send) {
        this.<Void>ask(
                room,
                reply ->
                        new RoomCommand.Negotiated(
                                guest.id(),
                                Leg.WATCHING,
                                REMOTE,
                                List.of(),
                                send,
                                Map.of(),
                                reply));
    }

    private List<String> published() {
        return ask(room, RoomCommand.Describe::new).tracks().stream()
                .map(TrackInfo::trackId)
                .toList();
    }

    @Test
    void shouldOpenATransportOfItsOwn() {
        LocalTransport opened = open(bob);
        assertThat(opened.iceUfrag()).isNotEqualTo(bob.joined().transport().iceUfrag());
        assertThat(loops.all().stream().mapToInt(loop -> loop.residents()).sum()).isEqualTo(3);
    }

    @Test
    void shouldGoOnPublishingWhileWhatIsWatchedChanges() {
        open(bob);
        negotiate(ROOM, bob, List.of(publishes("0", "TR_b")), List.of());
        watch(bob, List.of(watches("0", "TR_a", 7)));
        watch(bob, List.of());
        assertThat(published()).containsExactlyInAnyOrder("TR_a", "TR_b");
    }

    @Test
    void shouldGoOnWatchingWhileWhatIsPublishedChanges() {
        open(bob);
        watch(bob, List.of(watches("0", "TR_a", 7)));
        negotiate(ROOM, bob, List.of(publishes("0", "TR_b")), List.of());
        negotiate(ROOM, bob, List.of(), List.of());
        // Only what is watched can be wished about.
        this.<ViewerWish>ask(
                room,
                reply ->
                        new RoomCommand.Wish(
                                bob.id(), "TR_a", Origin.PARTICIPANT, wish -> wish, reply));
    }

    @Test
    void shouldOpenItOnce() {
        open(bob);
        assertRefused(new CompletableFuture<>());
    }

    @Test
    void shouldNotOpenItForWhoWatchesAlready() {
        negotiate(ROOM, bob, List.of(), List.of(watches("0", "TR_a", 7)));
        assertRefused(new CompletableFuture<>());
    }

    private void assertRefused(CompletableFuture<LocalTransport> reply) {
        room.submit(new RoomCommand.OpenWatching(bob.id(), reply));
        assertThatThrownBy(() -> reply.get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(RoomException.class);
    }

    @Test
    void shouldNotNegotiateWhatWasNotOpened() {
        assertThatThrownBy(() -> watch(bob, List.of())).hasCauseInstanceOf(RoomException.class);
    }

    @Test
    void shouldRestartOneLegOnly() {
        LocalTransport before = open(bob);
        watch(bob, List.of());
        LocalTransport after =
                ask(room, reply -> new RoomCommand.RestartIce(bob.id(), Leg.WATCHING, reply));
        assertThat(after.iceUfrag())
                .isNotIn(before.iceUfrag(), bob.joined().transport().iceUfrag());
        assertThat(after.cname()).isEqualTo(before.cname());
    }

    @Test
    void shouldEndWithEitherLeg() {
        open(bob);
        room.transportListener(bob.id(), Leg.WATCHING).onEnded(TransportEnd.CONNECTION_LOST);
        await().until(() -> bob.events.contains(new RoomEvent.Left(LeaveReason.CONNECTION_LOST)));
        await().until(() -> loops.all().stream().mapToInt(loop -> loop.residents()).sum() == 1);
    }
}
