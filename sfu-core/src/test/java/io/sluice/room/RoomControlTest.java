package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.codec.Codec;
import io.sluice.dtls.DtlsFailure;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.PathMeasure;
import io.sluice.transport.TransportEnd;
import io.sluice.transport.TransportListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What the rooms API asks of rooms: settings, muting, removing, ending, and the words to those outside. */
final class RoomControlTest extends RoomFixture {

    /** What a listener of the whole node hears, as short text. */
    private static final class Outside implements RoomsListener {
        private final List<String> heard = new CopyOnWriteArrayList<>();

        @Override
        public void onRoomStarted(RoomInfo room) {
            heard.add(room.name() + " started");
        }

        @Override
        public void onRoomEvent(String roomId, String name, RoomEvent event) {
            heard.add(name + " " + event.getClass().getSimpleName());
        }

        @Override
        public void onHandshakeFailed(
                String roomId, String name, ParticipantInfo participant, DtlsFailure reason) {
            heard.add(name + " " + participant.identity() + " " + reason);
        }

        @Override
        public void onRoomEnded(String roomId, String name, RoomEnd reason) {
            heard.add(name + " ended " + reason);
        }
    }

    private static RoomSettings settings(int maxParticipants, Duration emptyTimeout) {
        return new RoomSettings(maxParticipants, emptyTimeout, "", List.of(Codec.VP9), false);
    }

    private TrackInfo mute(Room room, String trackId, boolean muted, Origin origin, String who) {
        return ask(room, reply -> new RoomCommand.Mute(trackId, muted, origin, who, reply));
    }

    private static void assertRefused(ThrowingCallable call, Reason reason) {
        assertThatThrownBy(call)
                .extracting(thrown ->
                        thrown instanceof CompletionException ? thrown.getCause() : thrown)
                .isInstanceOfSatisfying(
                        RoomException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    private static RoomCommand rename(
            String identity, String name, CompletableFuture<ParticipantInfo> reply) {
        return new RoomCommand.UpdateParticipant(
                identity, name, null, Map.of(), UnaryOperator.identity(), reply);
    }

    @Test
    void shouldTellThoseOutsideWhoseHandshakeFailedAndWhy() throws Exception {
        Outside outside = new Outside();
        try (AutoCloseable _ = rooms.listen(outside)) {
            TransportListener heard =
                    rooms.room("r").transportListener(join("r", "ada").id(), Leg.FIRST);
            heard.onHandshakeFailed(DtlsFailure.NO_CERTIFICATE);
            heard.onEnded(TransportEnd.HANDSHAKE_FAILED);

            await().until(() -> outside.heard.contains("r ParticipantLeft"));
            assertThat(outside.heard)
                    .containsSubsequence("r ada NO_CERTIFICATE", "r ParticipantLeft");
        }
    }

    @Test
    void shouldLetTheRoomMuteAndTellEverybody() {
        Guest ada = join("r", "ada");
        Guest bob = join("r", "bob");
        bob.joined();
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());
        Room room = rooms.room("r");

        TrackInfo muted = mute(room, "TR_a", true, Origin.ROOM, "");
        assertThat(muted.muting()).isEqualTo(Muting.BY_ROOM);
        assertThat(ada.events).contains(new RoomEvent.TrackMuted(muted));
        assertThat(bob.events).contains(new RoomEvent.TrackMuted(muted));
        assertThat(join("r", "cyd").joined().tracks()).containsExactly(muted);

        mute(room, "TR_a", true, Origin.ROOM, "");
        TrackInfo unmuted = mute(room, "TR_a", false, Origin.PARTICIPANT, ada.id());
        assertThat(unmuted.muting()).isEqualTo(Muting.NONE);
        assertThat(bob.events)
                .filteredOn(event ->
                        event instanceof RoomEvent.TrackMuted
                                || event instanceof RoomEvent.TrackUnmuted)
                .containsExactly(
                        new RoomEvent.TrackMuted(muted), new RoomEvent.TrackUnmuted(unmuted));
    }

    @Test
    void shouldAskAViewersSignalingForASubscription() {
        Guest ada = join("r", "ada");
        Guest bob = join("r", "bob");
        bob.joined();
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());
        Room room = rooms.room("r");

        Void _ =
                ask(room, reply -> new RoomCommand.Subscribe("bob", List.of("TR_a"), false, reply));
        RoomEvent asked = new RoomEvent.SubscriptionAsked(List.of("TR_a"), false);
        assertThat(bob.events).contains(asked);
        assertThat(ada.events).doesNotContain(asked);
        assertRefused(() -> subscribe(room, "eve", "TR_a"), Reason.NO_SUCH_PARTICIPANT);
        assertRefused(() -> subscribe(room, "bob", "TR_x"), Reason.NO_SUCH_TRACK);
    }

    private void subscribe(Room room, String identity, String trackId) {
        Void _ =
                ask(
                        room,
                        reply ->
                                new RoomCommand.Subscribe(identity, List.of(trackId), true, reply));
    }

    @Test
    void shouldTellAPublisherOfTheFirstViewerAlone() {
        Guest ada = join("r", "ada");
        Guest bob = join("r", "bob");
        Guest cyd = join("r", "cyd");
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());
        negotiate("r", bob, List.of(), List.of(watches("0", "TR_a", 1)));
        negotiate("r", cyd, List.of(), List.of(watches("0", "TR_a", 2)));
        assertThat(ada.events).containsOnlyOnce(new RoomEvent.TrackWatched("TR_a"));
        assertThat(bob.events).doesNotContain(new RoomEvent.TrackWatched("TR_a"));
    }

    @Test
    void shouldUnmuteOnlyWhatMayBeUnmuted() {
        Room room = rooms.create("r", settings(3, Duration.ZERO)).room();
        Guest ada = join("r", "ada");
        Guest bob = join("r", "bob");
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());

        assertRefused(
                () -> mute(room, "TR_a", true, Origin.PARTICIPANT, bob.id()), Reason.NOT_PERMITTED);
        assertRefused(() -> mute(room, "TR_x", true, Origin.ROOM, ""), Reason.NO_SUCH_TRACK);
        mute(room, "TR_a", true, Origin.PARTICIPANT, ada.id());
        assertRefused(() -> mute(room, "TR_a", false, Origin.ROOM, ""), Reason.NOT_PERMITTED);

        mute(room, "TR_a", true, Origin.ROOM, "");
        TrackInfo still = mute(room, "TR_a", true, Origin.PARTICIPANT, ada.id());
        assertThat(still.muting()).isEqualTo(Muting.BY_BOTH);
        assertRefused(
                () -> mute(room, "TR_a", false, Origin.PARTICIPANT, ada.id()),
                Reason.NOT_PERMITTED);
        assertThat(mute(room, "TR_a", false, Origin.ROOM, "").muting())
                .isEqualTo(Muting.BY_PARTICIPANT);
        TrackInfo free = mute(room, "TR_a", false, Origin.PARTICIPANT, ada.id());
        assertThat(free.muting()).isEqualTo(Muting.NONE);
    }

    @Test
    void shouldDescribeItselfAndTellWhatChanges() {
        Room room = rooms.create("r", settings(2, Duration.ofSeconds(60))).room();
        Guest ada = join("r", "ada");
        ParticipantInfo before = ada.joined().self();
        assertThat(before.joinedAt()).isEqualTo(NOW);

        RoomInfo info = ask(room, reply -> new RoomCommand.UpdateRoom("hall 1", reply));
        ParticipantInfo after = ask(room, reply -> rename("ada", "Ada L.", reply));

        assertThat(info.participants()).containsExactly(before);
        assertThat(ask(room, RoomCommand.Describe::new).participants()).containsExactly(after);
        assertThat(info.roomId()).startsWith("RM_").isEqualTo(room.roomId());
        assertThat(info.createdAt()).isEqualTo(NOW);
        assertThat(info.settings().metadata()).isEqualTo("hall 1");
        assertThat(info.settings().codecs()).containsExactly(Codec.VP9, Codec.OPUS);
        assertThat(room.settings()).isEqualTo(info.settings());
        assertThat(after.name()).isEqualTo("Ada L.");
        assertThat(ada.events)
                .containsExactly(
                        new RoomEvent.RoomUpdated("hall 1"),
                        new RoomEvent.ParticipantUpdated(after));
        assertRefused(
                () ->
                        ask(
                                room,
                                (CompletableFuture<RoomInfo> reply) ->
                                        new RoomCommand.UpdateRoom("x".repeat(33), reply)),
                Reason.INVALID_SETTINGS);
        assertRefused(
                () ->
                        ask(
                                room,
                                (CompletableFuture<ParticipantInfo> reply) ->
                                        rename("bob", "Bob", reply)),
                Reason.NO_SUCH_PARTICIPANT);
    }

    @Test
    void shouldRemoveAParticipantAndKeepTheOthers() {
        Room room = rooms.room("r");
        Guest ada = join("r", "ada");
        Guest bob = join("r", "bob");
        bob.joined();
        ask(room, (CompletableFuture<Void> reply) -> new RoomCommand.Remove("ada", reply));

        assertThat(ada.events).endsWith(new RoomEvent.Left(LeaveReason.REMOVED));
        assertThat(bob.events)
                .contains(new RoomEvent.ParticipantLeft(ada.joined().self(), LeaveReason.REMOVED));
        assertRefused(
                () ->
                        ask(
                                room,
                                (CompletableFuture<Void> reply) ->
                                        new RoomCommand.Remove("ada", reply)),
                Reason.NO_SUCH_PARTICIPANT);
    }

    @Test
    void shouldSayWhyItEndsBeforeEverybodyLeavesAndAnswerWhoComesLate() {
        Room room = rooms.room("r");
        Guest ada = join("r", "ada");
        ada.joined();
        ask(room, (CompletableFuture<Void> reply) -> new RoomCommand.Close(RoomEnd.DELETED, reply));

        assertThat(ada.events)
                .containsExactly(
                        new RoomEvent.RoomClosing(RoomEnd.DELETED),
                        new RoomEvent.Left(LeaveReason.ROOM_CLOSED));
        assertThat(rooms.find("r")).isEmpty();
        assertRefused(() -> ask(room, RoomCommand.Describe::new), Reason.ROOM_CLOSED);
        assertRefused(() -> mute(room, "TR_a", true, Origin.ROOM, ""), Reason.ROOM_CLOSED);
    }

    @Test
    void shouldLiveWithoutAnybodyForAsLongAsItsSettingsSay() {
        rooms.create("long", settings(2, Duration.ofHours(1)));
        rooms.create("short", settings(2, Duration.ofMillis(50)));
        await().until(() -> rooms.find("short").isEmpty());

        Guest ada = join("long", "ada");
        rooms.room("long").submit(new RoomCommand.Leave(ada.id(), LeaveReason.LEFT));
        RoomInfo info = ask(rooms.room("long"), RoomCommand.Describe::new);
        assertThat(info.participants()).isEmpty();
    }

    @Test
    void shouldKeepTheSettingsItWasMadeWith() {
        Rooms.Created first = rooms.create("r", settings(1, Duration.ofHours(1)));
        Rooms.Created second = rooms.create("r", settings(2, Duration.ofHours(1)));
        assertThat(first.isNew()).isTrue();
        assertThat(second.isNew()).isFalse();
        assertThat(second.room().settings().maxParticipants()).isEqualTo(1);
        join("r", "ada").joined();
        assertRefused(() -> join("r", "bob").joined(), Reason.ROOM_FULL);
    }

    @Test
    void shouldRefuseSettingsOutOfBounds() {
        for (RoomSettings wrong :
                List.of(
                        settings(0, Duration.ZERO),
                        settings(4, Duration.ZERO),
                        settings(1, Duration.ofMillis(-1)),
                        settings(1, Duration.ofDays(2)),
                        settings(1, Duration.ZERO).withMetadata("x".repeat(33)))) {
            assertRefused(() -> rooms.create("r", wrong), Reason.INVALID_SETTINGS);
        }
        assertThat(rooms.all()).isEmpty();
    }

    @Test
    void shouldMakeNoMoreRoomsThanAllowedNorAnyWhenItStops() {
        for (int i = 0; i < 8; i++) {
            rooms.room("r" + i);
        }
        assertRefused(() -> rooms.room("r8"), Reason.TOO_MANY_ROOMS);
        assertThat(rooms.room("r7").name()).isEqualTo("r7");
        rooms.close();
        await().until(() -> rooms.all().isEmpty());
        assertRefused(() -> rooms.room("r9"), Reason.ROOM_CLOSED);
    }

    @Test
    void shouldTellListenersOfAllRooms() throws Exception {
        Outside outside = new Outside();
        AutoCloseable listening = rooms.listen(outside);
        Guest ada = join("r", "ada");
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());
        mute(rooms.room("r"), "TR_a", true, Origin.ROOM, "");
        rooms.room("r").submit(new RoomCommand.Leave(ada.id(), LeaveReason.LEFT));
        await().until(() -> outside.heard.contains("r ended EMPTY"));

        assertThat(outside.heard)
                .containsExactly(
                        "r started",
                        "r ParticipantJoined",
                        "r TrackPublished",
                        "r TrackMuted",
                        "r TrackUnpublished",
                        "r ParticipantLeft",
                        "r RoomClosing",
                        "r ended EMPTY");
        listening.close();
        join("other", "bob").joined();
        assertThat(outside.heard).hasSize(8);
    }

    @Test
    void shouldLimitItsListeners() throws Exception {
        List<AutoCloseable> listening = new ArrayList<>();
        assertRefused(
                () -> {
                    for (int i = 0; i < 1_000; i++) {
                        listening.add(rooms.listen(new Outside()));
                    }
                },
                Reason.TOO_MANY_LISTENERS);
        assertThat(listening).hasSize(64);
        listening.getFirst().close();
        rooms.listen(new Outside());
    }

    @Test
    void shouldTellConnectionQualityOnChangeAndToNewcomers() {
        Guest ada = join("r", "ada");
        var report = rooms.room("r").transportListener(ada.id(), Leg.FIRST);
        for (int i = 0; i < 5; i++) {
            report.onMeasured(new PathMeasure(300, 0, 0, 0, 0, true));
        }
        RoomEvent expected =
                new RoomEvent.ConnectionQualityChanged(ada.id(), "ada", ConnectionQuality.POOR);
        await().until(() -> !ada.events.isEmpty());
        Guest bob = join("r", "bob");
        bob.joined();
        await().until(() -> !bob.events.isEmpty());
        assertThat(bob.events).containsExactly(expected);
        assertThat(ada.events).startsWith(expected).hasSize(2);
    }
}
