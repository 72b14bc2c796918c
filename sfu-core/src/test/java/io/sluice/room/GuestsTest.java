package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.loop.Loop;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.NegotiatedCodec;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import io.sluice.transport.Transport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Participants of one room who are shown in another. */
final class GuestsTest extends RoomFixture {
    private static final NegotiatedCodec VP8 =
            new NegotiatedCodec(
                    new CodecFormat(Codec.VP8, Map.of()),
                    96,
                    NegotiatedCodec.NO_RTX,
                    true,
                    true,
                    true);
    private static final ReceiveSection CAMERA =
            new ReceiveSection(
                    "1",
                    "TR_v",
                    MediaKind.VIDEO,
                    TrackSource.CAMERA,
                    List.of(VP8),
                    Map.of(),
                    Map.of(),
                    List.of("q", "h", "f"));

    private Guest ada;
    private Guest bob;
    private Room home;
    private Room stage;

    @BeforeEach
    void meet() {
        ada = join("home", "ada");
        bob = join("stage", "bob");
        bob.joined();
        home = rooms.room("home");
        stage = rooms.room("stage");
        negotiate("home", ada, List.of(publishes("0", "TR_a")), List.of());
    }

    private void forward(Room from, String identity, Room to) {
        Void _ = ask(from, reply -> new RoomCommand.Forward(identity, to, reply));
    }

    private ParticipantInfo guest() {
        RoomInfo room = ask(stage, RoomCommand.Describe::new);
        return room.participants().stream()
                .filter(one -> one.identity().equals("ada"))
                .findFirst()
                .orElseThrow();
    }

    private <T> void assertRefused(
            Room room, Reason reason, Function<CompletableFuture<T>, RoomCommand> question) {
        assertThatThrownBy(() -> ask(room, question))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        RoomException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    @Test
    void shouldShowWhatItDoesAtHome() {
        forward(home, "ada", stage);
        ParticipantInfo guest = guest();
        assertThat(guest.participantId()).isNotEqualTo(ada.id());
        assertThat(guest.name()).isEqualTo("name of ada");
        assertThat(guest.guise()).isEqualTo(new Guise(Guise.Kind.STANDARD, false, true));
        TrackInfo voice = ask(stage, RoomCommand.Describe::new).tracks().getFirst();
        assertThat(voice.participantId()).isEqualTo(guest.participantId());
        assertThat(bob.events)
                .containsExactly(
                        new RoomEvent.ParticipantJoined(guest),
                        new RoomEvent.ParticipantConnected(guest),
                        new RoomEvent.TrackPublished(voice));
        bob.events.clear();

        negotiate("home", ada, List.of(publishes("0", "TR_a"), CAMERA), List.of());
        TrackInfo _ =
                ask(home, reply -> new RoomCommand.Mute("TR_a", true, Origin.ROOM, "", reply));
        ParticipantInfo _ =
                ask(
                        home,
                        reply ->
                                new RoomCommand.UpdateParticipant(
                                        "ada",
                                        "Ada",
                                        null,
                                        Map.of(),
                                        UnaryOperator.identity(),
                                        reply));
        negotiate("home", ada, List.of(CAMERA), List.of());
        home.submit(new RoomCommand.Leave(ada.id(), LeaveReason.CONNECTION_LOST));
        await().until(() -> bob.events.size() == 6);
        assertThat(bob.events)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly(
                        "TrackPublished",
                        "TrackMuted",
                        "ParticipantUpdated",
                        "TrackUnpublished",
                        "TrackUnpublished",
                        "ParticipantLeft");
        assertThat(bob.events.get(2))
                .isInstanceOfSatisfying(
                        RoomEvent.ParticipantUpdated.class,
                        updated -> {
                            assertThat(updated.participant().name()).isEqualTo("Ada");
                            assertThat(updated.participant().participantId())
                                    .isEqualTo(guest.participantId());
                        });
    }

    @Test
    void shouldTellThePublisherThatItIsWatchedElsewhere() {
        forward(home, "ada", stage);
        negotiate(
                "stage",
                bob,
                List.of(),
                List.of(new SendSection("0", "TR_a", OPUS, Map.of(), 1, 0)));
        await().until(() -> ada.events.contains(new RoomEvent.TrackWatched("TR_a")));
    }

    @Test
    void shouldBeChangedAtHomeOnly() {
        forward(home, "ada", stage);
        this.<TrackInfo>assertRefused(
                stage,
                Reason.NOT_PERMITTED,
                reply -> new RoomCommand.Mute("TR_a", true, Origin.ROOM, "", reply));
        this.<ParticipantInfo>assertRefused(
                stage,
                Reason.NOT_PERMITTED,
                reply ->
                        new RoomCommand.UpdateParticipant(
                                "ada", "x", null, Map.of(), UnaryOperator.identity(), reply));
        this.<Void>assertRefused(
                stage, Reason.NOT_PERMITTED, reply -> new RoomCommand.Forward("ada", home, reply));
        this.<Void>assertRefused(
                home,
                Reason.INVALID_SETTINGS,
                reply -> new RoomCommand.Forward("ada", home, reply));
        Guest cleo = join("home", "bob");
        cleo.joined();
        // Somebody else has its identity there.
        this.<Void>assertRefused(
                home,
                Reason.INVALID_SETTINGS,
                reply -> new RoomCommand.Forward("bob", stage, reply));
        this.<Void>assertRefused(
                home,
                Reason.NO_SUCH_PARTICIPANT,
                reply -> new RoomCommand.Forward("eve", stage, reply));
    }

    @Test
    void shouldStayAtHomeWhenItIsRemovedElsewhere() {
        forward(home, "ada", stage);
        // Twice is once.
        forward(home, "ada", stage);
        Void _ = ask(stage, reply -> new RoomCommand.Remove("ada", reply));
        assertThat(ask(stage, RoomCommand.Describe::new).tracks()).isEmpty();
        assertThat(ask(home, RoomCommand.Describe::new).tracks()).hasSize(1);

        forward(home, "ada", stage);
        assertThat(guest().identity()).isEqualTo("ada");
        // Whoever comes with the same identity takes its place.
        Guest other = join("stage", "ada");
        other.joined();
        assertThat(ask(home, RoomCommand.Describe::new).participants()).hasSize(1);
        assertThat(ask(stage, RoomCommand.Describe::new).participants()).hasSize(2);
    }

    @Test
    void shouldGoWithARoomThatEnds() {
        forward(home, "ada", stage);
        Void _ = ask(stage, reply -> new RoomCommand.Close(RoomEnd.DELETED, reply));
        Guest cleo = join("hall", "cleo");
        cleo.joined();
        forward(home, "ada", rooms.room("hall"));
        Void _ = ask(home, reply -> new RoomCommand.Close(RoomEnd.DELETED, reply));
        await().until(() ->
                cleo.events.stream().anyMatch(RoomEvent.ParticipantLeft.class::isInstance));
    }

    @Test
    void shouldAskForWhatIsNeededElsewhere() {
        Loop loop = loops.all().getFirst();
        TrackInfo info =
                new TrackInfo(
                        "TR_v",
                        "PA_a",
                        "ada",
                        MediaKind.VIDEO,
                        TrackSource.CAMERA,
                        VP8.format(),
                        Muting.NONE);
        PublishedTrack track =
                new PublishedTrack("TR_v", info, Transport.track(CAMERA, loop), loop);
        track.describe(CAMERA.rids(), 0);
        assertThat(track.elsewhere("RM_2", 0b111, 0)).isZero();
        assertThat(track.review(at(20))).isFalse();
        track.elsewhere("RM_2", 0b001, at(20));
        track.review(at(21));
        assertThat(track.review(at(23))).isTrue();
        assertThat(track.activeEncodings()).isEqualTo(Map.of("q", true, "h", false, "f", false));
        assertThat(track.elsewhere("RM_3", 0b010, at(24))).isEqualTo(0b010);
        track.elsewhere("RM_2", 0, at(24));
        track.elsewhere("RM_3", 0, at(24));
        track.review(at(24));
        track.review(at(30));
        assertThat(track.activeEncodings()).doesNotContainValue(true);
        loop.execute(track.track()::close);
    }

    private static long at(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
