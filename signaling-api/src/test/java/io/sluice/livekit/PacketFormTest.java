package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sluice.room.DataDialect;
import io.sluice.room.Guise;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.RoomMessage;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.RpcRequest;
import livekit.LivekitModels.UserPacket;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation")
final class PacketFormTest {
    private static final ParticipantInfo ADA =
            new ParticipantInfo("PA_ada", "ada", "Ada", "", Instant.EPOCH);
    private static final ChannelOptions RELIABLE = ChannelOptions.reliable(LiveKitDialect.RELIABLE);

    private final PacketForm form = new PacketForm((_, _) -> {});
    private final LiveKitDialect dialect =
            new LiveKitDialect((_, _) -> {}, new DataTracks(new Random(1)));

    @Test
    void saysWhoSendsWhateverTheClientWroteThere() throws InvalidProtocolBufferException {
        DataPacket written =
                user("hello").toBuilder()
                        .setKind(DataPacket.Kind.LOSSY)
                        .setParticipantIdentity("mallory")
                        .setParticipantSid("PA_mallory")
                        .setSequence(7)
                        .addDestinationIdentities("bob")
                        .build();
        RoomMessage read = read(written);
        assertThat(read.to()).containsExactly("bob");
        assertThat(read.content().bytes()).asString().isEqualTo("hello");
        assertThat(read.originalOnly()).isFalse();
        DataPacket passed = DataPacket.parseFrom(form.write(read).bytes());
        assertThat(passed.getParticipantIdentity()).isEqualTo("ada");
        assertThat(passed.getParticipantSid()).isEqualTo("PA_ada");
        assertThat(passed.getKind()).isEqualTo(DataPacket.Kind.RELIABLE);
        assertThat(passed.getSequence()).isEqualTo(7);
        assertThat(passed.getUser().getParticipantIdentity()).isEqualTo("ada");
        assertThat(passed.getUser().getTopic()).isEqualTo("chat");
    }

    @Test
    void saysOfAHiddenSenderNothing() throws InvalidProtocolBufferException {
        ParticipantInfo hidden =
                new ParticipantInfo(
                        "PA_eve",
                        "eve",
                        "Eve",
                        "",
                        Map.of(),
                        new Guise(Guise.Kind.AGENT, true),
                        Permissions.ALL,
                        true,
                        Instant.EPOCH);
        DataPacket written =
                user("hello").toBuilder().setParticipantIdentity("eve").setSequence(7).build();
        RoomMessage read = form.read(hidden, RELIABLE, binary(written.toByteArray()));
        DataPacket passed = DataPacket.parseFrom(form.write(Objects.requireNonNull(read)).bytes());
        assertThat(passed.toString()).doesNotContain("eve");
        assertThat(passed.getUser().getPayload().toStringUtf8()).isEqualTo("hello");
        RoomMessage plain =
                new RoomMessage(hidden, ChannelOptions.reliable("chat"), read.content(), List.of());
        assertThat(DataPacket.parseFrom(form.write(plain).bytes()).toString())
                .doesNotContain("eve");
    }

    @Test
    void passesCallsOnToThoseWhoUnderstandThemOnly() throws InvalidProtocolBufferException {
        DataPacket call =
                DataPacket.newBuilder()
                        .setRpcRequest(RpcRequest.newBuilder().setMethod("double"))
                        .build();
        RoomMessage read = read(call);
        assertThat(read.originalOnly()).isTrue();
        assertThat(dialect.channel(read)).isNotNull();
        assertThat(DataDialect.BARE.channel(read)).isNull();
        assertThat(DataPacket.parseFrom(form.write(read).bytes()).getRpcRequest().getMethod())
                .isEqualTo("double");
    }

    @Test
    void wrapsWhatOthersSend() throws InvalidProtocolBufferException {
        DataMessage content =
                new DataMessage(DataMessage.Kind.STRING, "hi".getBytes(StandardCharsets.UTF_8));
        RoomMessage plain =
                new RoomMessage(ADA, ChannelOptions.reliable("chat"), content, List.of());
        assertThat(dialect.channel(plain))
                .isEqualTo(ChannelOptions.reliable(LiveKitDialect.RELIABLE));
        DataPacket packet = DataPacket.parseFrom(form.write(plain).bytes());
        assertThat(packet.getUser().getPayload().toStringUtf8()).isEqualTo("hi");
        assertThat(packet.getUser().getTopic()).isEqualTo("chat");
        assertThat(packet.getParticipantIdentity()).isEqualTo("ada");
    }

    @Test
    void refusesWhatIsNoPacket() {
        assertThat(form.read(ADA, RELIABLE, binary(new byte[] {1, 2, 3}))).isNull();
        assertThat(form.read(ADA, RELIABLE, binary(new byte[0]))).isNull();
        DataPacket wide =
                user("all").toBuilder()
                        .addAllDestinationIdentities(
                                Collections.nCopies(RoomMessage.MAX_RECEIVERS + 1, "x"))
                        .build();
        assertThat(form.read(ADA, RELIABLE, binary(wide.toByteArray()))).isNull();
    }

    private RoomMessage read(DataPacket packet) {
        RoomMessage read = form.read(ADA, RELIABLE, binary(packet.toByteArray()));
        return Objects.requireNonNull(read);
    }

    private static DataMessage binary(byte[] bytes) {
        return new DataMessage(DataMessage.Kind.BINARY, bytes);
    }

    private static DataPacket user(String text) {
        return DataPacket.newBuilder()
                .setUser(
                        UserPacket.newBuilder()
                                .setTopic("chat")
                                .setPayload(ByteString.copyFromUtf8(text)))
                .build();
    }
}
