package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomMessage;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.Encryption;
import livekit.LivekitModels.RpcRequest;
import livekit.LivekitModels.UserPacket;
import livekit.LivekitRtc.JoinRequest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a client writes is understood or refused. */
final class SignalFuzzTest {
    private static final int MAX_BYTES = 64 * 1024;
    private static final ParticipantInfo ADA =
            new ParticipantInfo("PA_ada", "ada", "Ada", "", Instant.EPOCH);

    private final JoinRequestReader reader = new JoinRequestReader(MAX_BYTES);
    private final PacketForm packets = new PacketForm((_, _) -> {});

    static List<byte[]> joinRequests() {
        return Stream.of(
                        JoinRequest.getDefaultInstance(),
                        JoinRequest.newBuilder()
                                .setReconnect(true)
                                .setParticipantSid("PA_1")
                                .build())
                .map(request -> SignalClient.parameter(request).getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @MethodSource("joinRequests")
    @FuzzTest
    void joinRequest(byte[] bytes) {
        try {
            assertThat(reader.read(new String(bytes, StandardCharsets.UTF_8))).isNotNull();
        } catch (BadJoinRequest refused) {
            assertThat(refused.text()).startsWith("join_request is ");
        }
    }

    static List<byte[]> packets() {
        return List.of(
                DataPacket.newBuilder()
                        .addDestinationIdentities("bob")
                        .setUser(UserPacket.newBuilder().setTopic("chat"))
                        .build()
                        .toByteArray(),
                DataPacket.newBuilder()
                        .setRpcRequest(RpcRequest.newBuilder().setMethod("call"))
                        .build()
                        .toByteArray());
    }

    static List<byte[]> dataTrackPackets() {
        return List.of(
                new byte[] {0x18, 0, 0, 1, 0, 7, 0, 8, 0, 0, 0, 9, 1, 2},
                new byte[] {0x1c, 0, 0, 2, 0, 7, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0},
                new byte[12]);
    }

    @MethodSource("dataTrackPackets")
    @FuzzTest
    void dataTrackPacket(byte[] bytes) {
        DataTracks tracks = new DataTracks(new Random(1));
        DataTrackRoom.Listener deaf =
                new DataTrackRoom.Listener() {
                    @Override
                    public void onDataTracks(String publisherId) {}

                    @Override
                    public void onHandles(Map<Integer, DataTrackRoom.Subscribed> handles) {}
                };
        DataTrackRoom.Member ada = new DataTrackRoom.Member("PA_ada", "ada", false, deaf);
        DataTrackRoom room = tracks.enter("RM_1", ada);
        tracks.enter("RM_1", new DataTrackRoom.Member("PA_bob", "bob", true, deaf));
        room.publish(ada, 1, "positions", Encryption.Type.NONE);
        DataTrackForm form = new DataTrackForm(tracks);
        ChannelOptions channel = ChannelOptions.reliable(LiveKitDialect.DATA_TRACK);
        RoomMessage read = form.read(ADA, channel, new DataMessage(DataMessage.Kind.BINARY, bytes));
        if (read != null) {
            assertThat(read.originalOnly()).isTrue();
            assertThat(read.to()).isIn(List.of("bob"), RoomMessage.NOBODY);
            assertThat(form.write(read)).isSameAs(read.original());
        }
    }

    @MethodSource("packets")
    @FuzzTest
    void packet(byte[] bytes) {
        ChannelOptions channel = ChannelOptions.reliable(LiveKitDialect.RELIABLE);
        RoomMessage read =
                packets.read(ADA, channel, new DataMessage(DataMessage.Kind.BINARY, bytes));
        if (read != null) {
            assertThat(read.sender()).isEqualTo(ADA);
            assertThat(read.original()).isNotNull();
            assertThat(packets.write(read)).isSameAs(read.original());
        }
    }
}
