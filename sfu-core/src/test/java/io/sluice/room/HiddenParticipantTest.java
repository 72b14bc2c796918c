package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Who is hidden sees the others, and they are told nothing of it. */
final class HiddenParticipantTest extends RoomFixture {
    private static final Guise HIDDEN = new Guise(Guise.Kind.AGENT, true);

    @Test
    void shouldBeKnownToItselfAndTheApplicationOnly() {
        Guest bob = join("r", "bob");
        bob.joined();
        Guest eve = join("r", "eve", HIDDEN, Permissions.ALL);
        assertThat(eve.joined().self().guise()).isEqualTo(HIDDEN);
        assertThat(eve.joined().participants()).hasSize(1);
        Room room = rooms.room("r");

        negotiate("r", eve, List.of(publishes("0", "TR_e")), List.of());
        ParticipantInfo renamed =
                ask(
                        room,
                        reply ->
                                new RoomCommand.UpdateParticipant(
                                        "eve",
                                        "Eve",
                                        null,
                                        Map.of(),
                                        UnaryOperator.identity(),
                                        reply));
        TrackInfo muted =
                ask(room, reply -> new RoomCommand.Mute("TR_e", true, Origin.ROOM, "", reply));
        room.transportListener(eve.id(), Leg.FIRST).onConnected();
        room.submit(new RoomCommand.PermitViewers(eve.id(), new ViewerRule(false, Map.of())));
        Guest carl = join("r", "carl");

        assertThat(carl.joined().participants())
                .extracting(ParticipantInfo::identity)
                .containsExactly("bob");
        assertThat(carl.joined().tracks()).isEmpty();
        RoomInfo described = ask(room, RoomCommand.Describe::new);
        assertThat(described.participants()).hasSize(3);
        assertThat(described.tracks()).containsExactly(muted);
        assertThat(eve.events)
                .startsWith(
                        new RoomEvent.ParticipantUpdated(renamed), new RoomEvent.TrackMuted(muted));
        room.submit(new RoomCommand.Leave(eve.id(), LeaveReason.LEFT));
        ask(room, RoomCommand.Describe::new);
        assertThat(bob.events)
                .containsExactly(new RoomEvent.ParticipantJoined(carl.joined().self()));
        assertThat(carl.events).isEmpty();
    }

    @Test
    void shouldSendMessagesWithoutItsName() {
        ParticipantInfo eve =
                new ParticipantInfo(
                        "PA_e", "eve", "", "", Map.of(), HIDDEN, Permissions.ALL, true, NOW);
        RoomMessage message =
                new RoomMessage(
                        eve,
                        ChannelOptions.reliable("chat"),
                        new DataMessage(DataMessage.Kind.BINARY, new byte[1]),
                        List.of());
        assertThat(message.namedSender()).isNull();
        assertThat(message.sender()).isEqualTo(eve);
    }
}
