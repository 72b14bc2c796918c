package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.codec.MediaKind;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.TrackSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What participants are told and may do when the application changes its mind. */
final class PermissionChangeTest extends RoomFixture {

    private ParticipantInfo permit(String identity, UnaryOperator<Permissions> permissions) {
        return ask(
                rooms.room("r"),
                reply ->
                        new RoomCommand.UpdateParticipant(
                                identity, null, null, Map.of(), permissions, reply));
    }

    private ParticipantInfo say(String identity, Map<String, String> attributes) {
        return ask(
                rooms.room("r"),
                reply ->
                        new RoomCommand.UpdateParticipant(
                                identity, null, null, attributes, UnaryOperator.identity(), reply));
    }

    @Test
    void shouldTakeAwayWhatIsPublishedWithThePermissionAndGiveItBack() {
        Guest ada = join("r", "ada");
        Guest bob = join("r", "bob");
        bob.joined();
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());

        ParticipantInfo silent = permit("ada", _ -> new Permissions(false, true, true));

        RoomInfo room = ask(rooms.room("r"), RoomCommand.Describe::new);
        assertThat(room.tracks()).isEmpty();
        assertThat(bob.events)
                .filteredOn(event -> event instanceof RoomEvent.TrackUnpublished)
                .hasSize(1);
        assertThat(bob.events).endsWith(new RoomEvent.ParticipantUpdated(silent));
        assertThat(ada.events).endsWith(new RoomEvent.ParticipantUpdated(silent));
        assertThatThrownBy(() -> negotiate("r", ada, List.of(publishes("0", "TR_b")), List.of()))
                .hasMessageContaining("does not allow publishing");

        permit("ada", _ -> Permissions.ALL);
        negotiate("r", ada, List.of(publishes("0", "TR_c")), List.of());
        assertThat(ask(rooms.room("r"), RoomCommand.Describe::new).tracks())
                .extracting(TrackInfo::trackId)
                .containsExactly("TR_c");
    }

    @Test
    void shouldTakeAwayOnlyTheSourcesThatMayNotBePublished() {
        Guest ada = join("r", "ada");
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());

        permit("ada", was -> sources(was, Set.of(TrackSource.MICROPHONE)));
        assertThat(ask(rooms.room("r"), RoomCommand.Describe::new).tracks()).hasSize(1);

        permit("ada", was -> sources(was, Set.of(TrackSource.CAMERA)));
        assertThat(ask(rooms.room("r"), RoomCommand.Describe::new).tracks()).isEmpty();
        assertThatThrownBy(() -> negotiate("r", ada, List.of(publishes("0", "TR_b")), List.of()))
                .hasMessageContaining("does not allow publishing this source");
    }

    /** What may be published is said in sources: a picture that called itself a microphone passed for sound. */
    @Test
    void shouldRefuseASourceOfTheOtherKindOfMedia() {
        Guest ada = join("r", "ada");
        ada.joined();
        permit("ada", was -> sources(was, Set.of(TrackSource.MICROPHONE)));
        ReceiveSection sound = publishes("0", "TR_a");
        ReceiveSection picture =
                new ReceiveSection(
                        "0",
                        "TR_a",
                        MediaKind.VIDEO,
                        TrackSource.MICROPHONE,
                        sound.codecs(),
                        Map.of(),
                        Map.of(),
                        List.of());
        assertThatThrownBy(() -> negotiate("r", ada, List.of(picture), List.of()))
                .hasMessageContaining("section 0 sends video, which cannot be microphone");
        assertThat(ask(rooms.room("r"), RoomCommand.Describe::new).tracks()).isEmpty();
    }

    private static Permissions sources(Permissions was, Set<TrackSource> sources) {
        return new Permissions(
                was.canPublish(),
                was.canSubscribe(),
                was.canPublishData(),
                was.maxBitrate(),
                sources,
                was.canUpdateMetadata());
    }

    @Test
    void shouldPauseWhatIsWatchedWithoutThePermissionToSubscribe() {
        Guest ada = join("r", "ada");
        Guest bob = join("r", "bob");
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());
        negotiate("r", bob, List.of(), List.of(watches("0", "TR_a", 77)));

        permit("bob", _ -> new Permissions(true, false, true));
        assertThatThrownBy(() -> negotiate("r", bob, List.of(), List.of(watches("0", "TR_a", 77))))
                .hasMessageContaining("does not allow subscribing");
        permit("bob", _ -> Permissions.ALL);
        negotiate("r", bob, List.of(), List.of(watches("0", "TR_a", 78)));
    }

    @Test
    void shouldChangeAttributesOneByOneAndDeleteEmptyOnes() {
        Guest ada = join("r", "ada");
        ada.joined();
        assertThat(say("ada", Map.of("hand", "up", "lang", "de")).attributes())
                .isEqualTo(Map.of("hand", "up", "lang", "de"));
        ParticipantInfo after = say("ada", Map.of("hand", "", "seat", "3"));
        assertThat(after.attributes()).isEqualTo(Map.of("lang", "de", "seat", "3"));
        assertThat(ada.events).endsWith(new RoomEvent.ParticipantUpdated(after));
        assertThatThrownBy(() -> say("ada", Map.of("long", "x".repeat(33))))
                .hasMessageContaining("attributes are longer");
    }

    @Test
    void shouldTellTheOthersOnceWhenSomebodyIsConnected() {
        Guest ada = join("r", "ada");
        Guest bob = join("r", "bob");
        bob.joined();
        var heard = rooms.room("r").transportListener(ada.id(), Leg.FIRST);
        heard.onConnected();
        heard.onConnected();

        await().until(() ->
                ask(rooms.room("r"), RoomCommand.Describe::new).participants().stream()
                        .anyMatch(ParticipantInfo::connected));
        assertThat(bob.events)
                .filteredOn(event -> event instanceof RoomEvent.ParticipantConnected)
                .containsExactly(
                        new RoomEvent.ParticipantConnected(ada.joined().self().asConnected()));
        assertThat(ada.events).doesNotHaveAnyElementsOfTypes(RoomEvent.ParticipantConnected.class);
    }
}
