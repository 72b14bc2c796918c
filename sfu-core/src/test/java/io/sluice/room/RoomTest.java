package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.loop.Loop;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.NegotiatedCodec;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.TransportEnd;
import io.sluice.transport.TransportListener;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A room's commands and events on real loops; media is not sent here. */
final class RoomTest extends RoomFixture {
    @Test
    void shouldTellNewcomersWhoIsThereAndTheOthersWhoCame() {
        Guest ada = join("r", "ada");
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());
        Guest bob = join("r", "bob");

        assertThat(bob.joined().participants()).containsExactly(ada.joined().self());
        assertThat(bob.joined().tracks()).extracting(TrackInfo::trackId).containsExactly("TR_a");
        assertThat(bob.joined().transport().candidates()).isNotEmpty();
        await().until(() -> !ada.events.isEmpty());
        assertThat(ada.events)
                .containsExactly(new RoomEvent.ParticipantJoined(bob.joined().self()));
        assertThat(bob.events).isEmpty();
    }

    @Test
    void shouldStayOnOneLoopWhileThatHasTime() {
        for (String identity : List.of("ada", "bob", "cyd")) {
            join("r", identity).joined();
        }
        assertThat(loops.all()).extracting(Loop::residents).containsExactly(3, 0);
    }

    @Test
    void shouldAnnounceTracksThatComeAndGo() {
        Guest ada = join("r", "ada");
        Guest bob = join("r", "bob");
        bob.joined();
        negotiate("r", ada, List.of(publishes("0", "TR_a"), publishes("1", "TR_b")), List.of());
        negotiate("r", ada, List.of(publishes("1", "TR_b")), List.of());

        await().until(() -> bob.events.size() == 3);
        assertThat(bob.events)
                .extracting(event ->
                        switch (event) {
                            case RoomEvent.TrackPublished(TrackInfo track) -> "+" + track.trackId();
                            case RoomEvent.TrackUnpublished(TrackInfo track) ->
                                    "-" + track.trackId();
                            default -> event.toString();
                        })
                .containsExactly("+TR_a", "+TR_b", "-TR_a");
        assertThat(ada.events).hasSize(1);
    }

    @Test
    void shouldNotAnnounceATrackThatThePublishersLoopRefuses() {
        Guest ada = join("r", "ada");
        Guest bob = join("r", "bob");
        bob.joined();
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());
        NegotiatedCodec other =
                new NegotiatedCodec(
                        new CodecFormat(Codec.VP8, Map.of()),
                        96,
                        NegotiatedCodec.NO_RTX,
                        false,
                        false,
                        true);
        wantedDefects = 1;
        assertThatThrownBy(() ->
                        negotiate(
                                "r",
                                ada,
                                List.of(publishes("0", "TR_a", other), publishes("1", "TR_b")),
                                List.of()))
                .hasMessageContaining("another codec is another track");

        assertThat(join("r", "cyd").joined().tracks())
                .extracting(TrackInfo::trackId)
                .containsExactly("TR_a");
        assertThat(bob.events).filteredOn(RoomEvent.TrackPublished.class::isInstance).hasSize(1);
        // The same section again, now as it may be.
        negotiate("r", ada, List.of(publishes("0", "TR_a"), publishes("1", "TR_b")), List.of());
        negotiate("r", bob, List.of(), List.of(watches("0", "TR_b", 4711)));
        assertThat(bob.events).filteredOn(RoomEvent.TrackPublished.class::isInstance).hasSize(2);
    }

    @Test
    void shouldAnnounceATrackOnlyWhenItsPublishersLoopHasTakenItIn() {
        Guest ada = join("r", "ada");
        Guest bob = join("r", "bob");
        bob.joined();
        Room room = rooms.room("r");
        CompletableFuture<Void> reply = new CompletableFuture<>();
        CompletableFuture<RoomInfo> early = new CompletableFuture<>();
        List<ReceiveSection> receive = List.of(publishes("0", "TR_a"));
        // In one turn of a loop: the command, the question, and only then the publisher's part.
        room.home()
                .execute(() -> {
                    room.submit(
                            new RoomCommand.Negotiated(
                                    ada.id(), REMOTE, receive, List.of(), reply));
                    room.submit(new RoomCommand.Describe(early));
                });
        reply.orTimeout(60, TimeUnit.SECONDS).join();
        assertThat(bob.events).hasAtLeastOneElementOfType(RoomEvent.TrackPublished.class);
        assertThat(early.join().tracks()).isEmpty();
    }

    @Test
    void shouldEndWithItsLastParticipantAndBeginAnew() {
        Guest ada = join("r", "ada");
        Room before = rooms.room("r");
        rooms.room("r").submit(new RoomCommand.Leave(ada.id(), LeaveReason.LEFT));

        await().until(() -> rooms.find("r").isEmpty());
        assertThat(ada.events).containsExactly(new RoomEvent.Left(LeaveReason.LEFT));
        Guest late = new Guest();
        before.submit(
                new RoomCommand.Join(
                        "bob",
                        "Bob",
                        "",
                        Map.of(),
                        Guise.PERSON,
                        Permissions.ALL,
                        "",
                        DataDialect.BARE,
                        late.events::add,
                        late.reply));
        assertThatThrownBy(late::joined).hasMessageContaining("the room has ended");
        assertThat(join("r", "bob").joined().participants()).isEmpty();
        assertThat(rooms.room("r").roomId()).isNotEqualTo(before.roomId());
    }

    @Test
    void shouldEndTheOlderConnectionOfAnIdentity() {
        Guest older = join("r", "ada");
        Guest bob = join("r", "bob");
        older.joined();
        bob.joined();
        Guest newer = join("r", "ada");
        newer.joined();

        assertThat(older.events).contains(new RoomEvent.Left(LeaveReason.REPLACED));
        assertThat(newer.joined().participants()).containsExactly(bob.joined().self());
        await().until(() -> bob.events.size() == 2);
        assertThat(bob.events.getFirst())
                .isEqualTo(
                        new RoomEvent.ParticipantLeft(older.joined().self(), LeaveReason.REPLACED));
    }

    @Test
    void shouldSayThatADefectOfTheServerEndedAParticipant() {
        Guest ada = join("r", "ada");
        TransportListener heard = rooms.room("r").transportListener(ada.id(), Leg.FIRST);
        heard.onEnded(TransportEnd.DEFECT);

        await().until(() -> ada.events.contains(new RoomEvent.Left(LeaveReason.INTERNAL)));
    }

    @Test
    void shouldReplaceTheOnlyOneWithoutEndingTheRoom() {
        Guest older = join("r", "ada");
        older.joined();
        Room room = rooms.room("r");
        join("r", "ada").joined();
        assertThat(rooms.find("r")).contains(room);
    }

    @Test
    void shouldRefuseWhoDoesNotFitAndSayHowManyDo() {
        join("r", "a").joined();
        join("r", "b").joined();
        join("r", "c").joined();
        assertThatThrownBy(() -> join("r", "d").joined())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(RoomException.class)
                .hasMessageContaining("takes 3 participants");
    }

    @Test
    void shouldRefuseMoreTracksThanAllowed() {
        Guest ada = join("r", "ada");
        assertThatThrownBy(() ->
                        negotiate(
                                "r",
                                ada,
                                List.of(
                                        publishes("0", "TR_a"),
                                        publishes("1", "TR_b"),
                                        publishes("2", "TR_c")),
                                List.of()))
                .hasMessageContaining("may publish 2 at once");
    }

    @Test
    void shouldRefusePublishingWithoutPermission() {
        Guest ada = join("r", "ada", new Permissions(false, true, true));
        assertThatThrownBy(() -> negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of()))
                .hasMessageContaining("does not allow publishing");
    }

    @Test
    void shouldLetGoOfSubscriptionsWhenTheTrackEnds() {
        Guest ada = join("r", "ada");
        Guest bob = join("r", "bob");
        bob.joined();
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());
        negotiate("r", bob, List.of(), List.of(watches("0", "TR_a", 4711)));
        negotiate("r", ada, List.of(), List.of());
        negotiate("r", bob, List.of(), List.of());

        await().until(() -> bob.events.size() == 2);
        assertThat(bob.events.get(1)).isInstanceOf(RoomEvent.TrackUnpublished.class);
    }

    @Test
    void shouldPassOverASubscriptionToATrackThatIsGoneAlready() {
        Guest bob = join("r", "bob");
        negotiate("r", bob, List.of(), List.of(watches("0", "TR_gone", 4711)));
        assertThat(bob.events).isEmpty();
    }

    @Test
    void shouldSpreadRoomsOverLoops() {
        List<Loop> homes =
                List.of("a", "b", "c", "d").stream()
                        .map(name -> {
                            join(name, "ada").joined();
                            return rooms.room(name).home();
                        })
                        .toList();
        assertThat(homes.stream().distinct()).hasSize(2);
    }

    @Test
    void shouldNotCountRoomsThatHaveEnded() {
        Loop first = rooms.room("a").home();
        Guest ada = join("a", "ada");
        rooms.room("a").submit(new RoomCommand.Leave(ada.id(), LeaveReason.LEFT));
        await().until(() -> rooms.find("a").isEmpty() && first.residents() == 0);
        assertThat(rooms.room("b").home()).isSameAs(first);
        assertThat(rooms.room("c").home()).isNotSameAs(first);
    }

    @Test
    void shouldGiveNewIceCredentialsForARestart() {
        Guest ada = join("r", "ada");
        CompletableFuture<LocalTransport> reply = new CompletableFuture<>();
        String before = ada.joined().transport().iceUfrag();
        negotiate("r", ada, List.of(), List.of());
        rooms.room("r").submit(new RoomCommand.RestartIce(ada.id(), Leg.FIRST, reply));
        assertThat(reply.orTimeout(60, TimeUnit.SECONDS).join().iceUfrag()).isNotEqualTo(before);
    }
}
