package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.plain.ScriptedRoom;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomSettings;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.RoomMovedResponse;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients are told of a room before they are in it: that it is full, or that they are sent there. */
final class FullRoomTest extends LiveKitServerTest {
    private static final String WISH = SignalClient.parameter(request().build());

    private final ScriptedRoom full = new ScriptedRoom();

    @BeforeEach
    void open() {
        others.put("maths", full);
    }

    private static RoomInfo roomOfOne() {
        RoomInfo any = ScriptedRoom.room(List.of(ScriptedRoom.BOB), List.of());
        RoomSettings settings =
                new RoomSettings(
                        1,
                        Duration.ZERO,
                        "",
                        any.settings().codecs(),
                        true,
                        RoomSettings.ANY_BITRATE,
                        any.settings().topology());
        return new RoomInfo(
                any.roomId(), "maths", Instant.EPOCH, settings, any.participants(), any.tracks());
    }

    private <T> CompletableFuture<T> whileDescribed(CompletableFuture<T> asked) {
        full.next(RoomCommand.Describe.class).reply().complete(roomOfOne());
        return asked;
    }

    private CompletableFuture<HttpResponse<String>> validated(String identity) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return validate(token(identity), WISH);
            } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    @Test
    void refusesMoreBeforeTheyAreIn() {
        assertThatThrownBy(() ->
                        whileDescribed(
                                        CompletableFuture.supplyAsync(
                                                () -> connect("ada", request())))
                                .join())
                .isInstanceOf(CompletionException.class)
                .rootCause()
                .hasMessageContaining("503");
        HttpResponse<String> why = whileDescribed(validated("ada")).join();
        assertThat(why.statusCode()).isEqualTo(503);
        assertThat(why.body()).isEqualTo("the room is full");
        assertThat(why.headers().firstValue("access-control-allow-origin")).contains("*");
        // Who is in may come back, on another connection.
        assertThat(whileDescribed(validated("bob")).join().statusCode()).isEqualTo(200);
    }

    @Test
    void letsInWhenNothingIsKnown() {
        CompletableFuture<HttpResponse<String>> asked = validated("ada");
        full.next(RoomCommand.Describe.class)
                .reply()
                .completeExceptionally(new IllegalStateException("closed"));
        assertThat(asked.join().statusCode()).isEqualTo(200);
    }

    @Test
    void isShownToWhomIsSentThere() {
        others.clear();
        SignalClient ada = joined("ada");
        others.put("physics", full);
        CompletableFuture<Void> moved = protocol.move("PA_ada", "physics");
        whileDescribed(moved).join();
        RoomMovedResponse told = ada.next(MessageCase.ROOM_MOVED).getRoomMoved();
        assertThat(told.getRoom().getName()).isEqualTo("maths");
        assertThat(told.getParticipant().getIdentity()).isEqualTo("ada");
        assertThat(told.getOtherParticipantsList())
                .extracting(one -> one.getIdentity())
                .containsExactly("bob");
        assertThat(ada.next(MessageCase.REFRESH_TOKEN).getRefreshToken())
                .isEqualTo(told.getToken());
        assertThat(ada.next(MessageCase.LEAVE).getLeave().getAction())
                .isEqualTo(LeaveRequest.Action.RECONNECT);
    }
}
