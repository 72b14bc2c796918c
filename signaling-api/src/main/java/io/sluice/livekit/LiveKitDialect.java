package io.sluice.livekit;

import io.sluice.room.DataDialect;
import io.sluice.room.MessageForm;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomMessage;
import io.sluice.sctp.ChannelOptions;
import java.util.function.BiConsumer;
import livekit.LivekitModels.DataPacket;
import org.jspecify.annotations.Nullable;

/** Data channels of LiveKit's clients: two with packets in them, one of data tracks, and what an application opens itself. */
final class LiveKitDialect implements DataDialect {
    static final String RELIABLE = "_reliable";
    static final String LOSSY = "_lossy";
    static final String DATA_TRACK = "_data_track";

    private static final ChannelOptions RELIABLE_CHANNEL = ChannelOptions.reliable(RELIABLE);
    private static final ChannelOptions LOSSY_CHANNEL =
            new ChannelOptions(LOSSY, "", false, 0, ChannelOptions.UNLIMITED);
    private static final ChannelOptions DATA_TRACK_CHANNEL =
            new ChannelOptions(DATA_TRACK, "", false, 0, ChannelOptions.UNLIMITED);

    private final MessageForm packets;
    private final MessageForm dataTracks;

    /**
     * @param answers takes what participants answer to the application, and who does; called from all loops
     */
    LiveKitDialect(BiConsumer<ParticipantInfo, DataPacket> answers, DataTracks tracks) {
        packets = new PacketForm(answers);
        dataTracks = new DataTrackForm(tracks);
    }

    /** Its clients send streams as fast as their window lets them. */
    @Override
    public boolean waitsForReceivers() {
        return true;
    }

    @Override
    public boolean numbersMessages(ChannelOptions channel) {
        return channel.label().equals(RELIABLE);
    }

    @Override
    public MessageForm form(ChannelOptions channel) {
        return switch (channel.label()) {
            case RELIABLE, LOSSY -> packets;
            case DATA_TRACK -> dataTracks;
            default -> MessageForm.BARE;
        };
    }

    /** What others send on any channel comes as a packet. */
    @Override
    public @Nullable ChannelOptions channel(RoomMessage message) {
        // Nobody but a client with this protocol can send what nobody else understands.
        if (message.originalOnly() && message.channel().label().equals(DATA_TRACK)) {
            return DATA_TRACK_CHANNEL;
        }
        return message.channel().isReliable() ? RELIABLE_CHANNEL : LOSSY_CHANNEL;
    }
}
