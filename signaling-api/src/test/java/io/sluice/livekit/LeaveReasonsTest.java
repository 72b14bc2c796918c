package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.plain.ScriptedRoom;
import io.sluice.room.LeaveReason;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomEvent;
import java.util.List;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import org.junit.jupiter.api.Test;

/** What clients of the LiveKit protocol hear when a room is over for them. */
final class LeaveReasonsTest extends LiveKitServerTest {
    @Test
    void saysWhyItsOver() {
        SignalClient ada = connect("ada", request());
        assertThat(reasonAfter(ada, new RoomEvent.Left(LeaveReason.REMOVED)))
                .isEqualTo(DisconnectReason.PARTICIPANT_REMOVED);
        assertThat(ada.closeCode()).isEqualTo(1000);
    }

    /** Applications come back after that, but not to what was deleted. */
    @Test
    void saysThatTheServerStops() {
        SignalClient ada = connect("ada", request());
        assertThat(
                        reasonAfter(
                                ada,
                                new RoomEvent.RoomClosing(RoomEnd.SERVER_STOPPING),
                                new RoomEvent.Left(LeaveReason.ROOM_CLOSED)))
                .isEqualTo(DisconnectReason.SERVER_SHUTDOWN);
    }

    /** What a client that is in hears as the reason when this happens. */
    private DisconnectReason reasonAfter(SignalClient client, RoomEvent... events) {
        ScriptedRoom.Seat seat = room.admit();
        client.next(MessageCase.JOIN);
        client.next(MessageCase.REFRESH_TOKEN);
        List.of(events).forEach(seat::hears);
        LeaveRequest leave = client.next(MessageCase.LEAVE).getLeave();
        assertThat(leave.getAction()).isEqualTo(LeaveRequest.Action.DISCONNECT);
        return leave.getReason();
    }

    @Test
    void letsWhoseHandshakeFailedJoinAgain() {
        SignalClient ada = connect("ada", request());
        ScriptedRoom.Seat seat = room.admit();
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        seat.hears(new RoomEvent.Left(LeaveReason.HANDSHAKE_FAILED));
        LeaveRequest leave = ada.next(MessageCase.LEAVE).getLeave();
        assertThat(leave.getReason()).isEqualTo(DisconnectReason.MEDIA_FAILURE);
        assertThat(leave.getAction()).isEqualTo(LeaveRequest.Action.RECONNECT);
    }
}
