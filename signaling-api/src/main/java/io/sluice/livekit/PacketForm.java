package io.sluice.livekit;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sluice.room.MessageForm;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomMessage;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.util.List;
import java.util.function.BiConsumer;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.UserPacket;
import org.jspecify.annotations.Nullable;

/**
 * A message as a DataPacket. What only LiveKit's clients understand (calls, streams, what they encrypt) is
 * passed on as it came, with the sender's name on it; a user's packet is for everybody else too.
 */
final class PacketForm implements MessageForm {
    private static final byte[] NOTHING = {};

    private final BiConsumer<ParticipantInfo, DataPacket> answers;

    PacketForm(BiConsumer<ParticipantInfo, DataPacket> answers) {
        this.answers = answers;
    }

    @Override
    public @Nullable RoomMessage read(
            ParticipantInfo sender, ChannelOptions channel, DataMessage written) {
        DataPacket packet;
        try {
            packet = DataPacket.parseFrom(written.bytes());
        } catch (InvalidProtocolBufferException malformed) {
            return null;
        }
        List<String> to = packet.getDestinationIdentitiesList();
        if (LiveKitCalls.isAnswer(packet)) {
            answers.accept(sender, packet);
            to = RoomMessage.NOBODY;
        }
        if (to.size() > RoomMessage.MAX_RECEIVERS || packet.getValueCase().getNumber() == 0) {
            return null;
        }
        DataPacket stamped = stamp(sender, channel, packet);
        DataMessage original = new DataMessage(DataMessage.Kind.BINARY, stamped.toByteArray());
        long sequence = Integer.toUnsignedLong(packet.getSequence());
        if (!stamped.hasUser()) {
            DataMessage nothing = new DataMessage(DataMessage.Kind.BINARY, NOTHING);
            return new RoomMessage(sender, channel, nothing, to, original, true, sequence);
        }
        UserPacket user = stamped.getUser();
        DataMessage content =
                new DataMessage(DataMessage.Kind.BINARY, user.getPayload().toByteArray());
        return new RoomMessage(sender, channel, content, to, original, false, sequence);
    }

    /** Says who sends and how, whatever the client wrote there: the channel is to be trusted, not its word. */
    @SuppressWarnings("deprecation")
    private static DataPacket stamp(
            ParticipantInfo sender, ChannelOptions channel, DataPacket packet) {
        boolean named = !sender.guise().hidden();
        String id = named ? sender.participantId() : "";
        String identity = named ? sender.identity() : "";
        DataPacket.Builder stamped =
                packet.toBuilder()
                        .setParticipantSid(id)
                        .setParticipantIdentity(identity)
                        .setKind(kind(channel));
        if (packet.hasUser()) {
            // Where older clients look.
            stamped.getUserBuilder()
                    .setParticipantSid(id)
                    .setParticipantIdentity(identity)
                    .clearDestinationIdentities()
                    .addAllDestinationIdentities(packet.getDestinationIdentitiesList());
        }
        return stamped.build();
    }

    private static DataPacket.Kind kind(ChannelOptions channel) {
        return channel.isReliable() ? DataPacket.Kind.RELIABLE : DataPacket.Kind.LOSSY;
    }

    @Override
    @SuppressWarnings("deprecation")
    public DataMessage write(RoomMessage message) {
        DataMessage original = message.original();
        if (original != null) {
            return original;
        }
        UserPacket.Builder user =
                UserPacket.newBuilder()
                        .setPayload(ByteString.copyFrom(message.content().bytes()))
                        .setTopic(message.channel().label());
        DataPacket.Builder packet = DataPacket.newBuilder().setKind(kind(message.channel()));
        ParticipantInfo sender = message.namedSender();
        if (sender != null) {
            packet.setParticipantSid(sender.participantId())
                    .setParticipantIdentity(sender.identity());
            user.setParticipantSid(sender.participantId())
                    .setParticipantIdentity(sender.identity());
        }
        return new DataMessage(DataMessage.Kind.BINARY, packet.setUser(user).build().toByteArray());
    }
}
