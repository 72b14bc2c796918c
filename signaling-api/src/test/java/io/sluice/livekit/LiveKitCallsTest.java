package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sluice.plain.ScriptedRoom;
import io.sluice.room.LeaveReason;
import io.sluice.room.MessageForm;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomMessage;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.RpcAck;
import livekit.LivekitModels.RpcError;
import livekit.LivekitModels.RpcRequest;
import livekit.LivekitModels.RpcResponse;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import org.junit.jupiter.api.Test;

/** Calls of the application to methods of clients; the test plays the room, and what comes on data channels. */
final class LiveKitCallsTest extends LiveKitServerTest {
    private static final ChannelOptions RELIABLE = ChannelOptions.reliable(LiveKitDialect.RELIABLE);
    private static final ParticipantInfo ADA =
            new ParticipantInfo("PA_ada", "ada", "", "", Instant.EPOCH);
    private static final Duration LONG = Duration.ofSeconds(30);

    /** What the server sent to Ada's client. */
    private DataPacket sent() throws InvalidProtocolBufferException {
        RoomCommand.Publish publish = room.next(RoomCommand.Publish.class);
        assertThat(publish.to()).containsExactly("ada");
        assertThat(publish.label()).isEqualTo(LiveKitDialect.RELIABLE);
        publish.reply().complete(1);
        return DataPacket.parseFrom(Objects.requireNonNull(publish.original()).bytes());
    }

    /** Lets a client say something on its reliable channel. */
    private RoomMessage say(ParticipantInfo who, DataPacket packet) {
        MessageForm form = protocol.dialect().form(RELIABLE);
        return Objects.requireNonNull(
                form.read(
                        who,
                        RELIABLE,
                        new DataMessage(DataMessage.Kind.BINARY, packet.toByteArray())));
    }

    private static DataPacket response(RpcResponse.Builder response) {
        return DataPacket.newBuilder()
                .setRpcResponse(response)
                .addDestinationIdentities("ada")
                .build();
    }

    private static void assertFails(CompletableFuture<String> call, int code) {
        assertThatThrownBy(() -> call.orTimeout(10, TimeUnit.SECONDS).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        RpcFailure.class, failure -> assertThat(failure.code()).isEqualTo(code));
    }

    @Test
    void areAnsweredByTheClientThatIsCalledOnly() throws InvalidProtocolBufferException {
        joined("ada");
        CompletableFuture<String> call = protocol.call("PA_ada", "double", "ha", LONG);
        DataPacket packet = sent();
        RpcRequest request = packet.getRpcRequest();
        assertThat(request.getMethod()).isEqualTo("double");
        assertThat(request.getPayload()).isEqualTo("ha");
        assertThat(request.getVersion()).isEqualTo(1);
        assertThat(packet.getParticipantIdentity()).isEqualTo("ada");
        RpcResponse.Builder answer =
                RpcResponse.newBuilder().setRequestId(request.getId()).setPayload("haha");

        ParticipantInfo eve = new ParticipantInfo("PA_eve", "eve", "", "", Instant.EPOCH);
        say(eve, response(answer.clone().setPayload("hoho")));
        RpcAck ack = RpcAck.newBuilder().setRequestId(request.getId()).build();
        say(ADA, DataPacket.newBuilder().setRpcAck(ack).build());
        RoomMessage passed = say(ADA, response(answer));
        assertThat(passed.to()).isEqualTo(RoomMessage.NOBODY);
        assertThat(call.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("haha");
        // Again, and one to a call of another participant's: it is passed on.
        say(ADA, response(answer));
        RoomMessage between = say(ADA, response(answer.clone().setRequestId("a-uuid")));
        assertThat(between.to()).containsExactly("ada");
    }

    @Test
    void failAsTheClientSays() throws InvalidProtocolBufferException {
        joined("ada");
        CompletableFuture<String> call = protocol.call("PA_ada", "double", "ha", LONG);
        String id = sent().getRpcRequest().getId();
        RpcError.Builder error = RpcError.newBuilder().setCode(1400).setMessage("no such method");
        say(ADA, response(RpcResponse.newBuilder().setRequestId(id).setError(error)));
        assertFails(call, 1400);

        CompletableFuture<String> unread = protocol.call("PA_ada", "double", "ha", LONG);
        say(ADA, response(RpcResponse.newBuilder().setRequestId(sent().getRpcRequest().getId())));
        assertFails(unread, RpcFailure.SEND_FAILED);
    }

    @Test
    void failWhereNobodyAnswers() throws InvalidProtocolBufferException {
        assertThat(protocol.call("PA_none", "double", "", LONG)).isCompletedExceptionally();
        SignalClient ada = connect("ada", request());
        ScriptedRoom.Seat seat = room.admit();
        ada.next(MessageCase.JOIN);
        assertFails(
                late(protocol.call("PA_ada", "double", "", Duration.ofMillis(20))),
                RpcFailure.RESPONSE_TIMEOUT);
        CompletableFuture<String> unsent = protocol.call("PA_ada", "double", "", LONG);
        room.next(RoomCommand.Publish.class).reply().complete(0);
        assertFails(unsent, RpcFailure.SEND_FAILED);

        List<CompletableFuture<String>> many =
                Stream.generate(() -> protocol.call("PA_ada", "double", "", LONG))
                        .limit(LiveKitCalls.MAX_WAITING)
                        .toList();
        assertFails(protocol.call("PA_ada", "double", "", LONG), RpcFailure.SEND_FAILED);
        seat.hears(new RoomEvent.Left(LeaveReason.REMOVED));
        for (CompletableFuture<String> one : many) {
            assertFails(one, RpcFailure.RECIPIENT_DISCONNECTED);
        }
    }

    private CompletableFuture<String> late(CompletableFuture<String> call)
            throws InvalidProtocolBufferException {
        sent();
        return call;
    }
}
