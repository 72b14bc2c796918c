package io.sluice.livekit;

import io.sluice.room.MessageForm;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomMessage;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import org.jspecify.annotations.Nullable;

/**
 * A packet of a data track: 12 bytes of header, of which the third and fourth are the sender's handle of the track.
 * Receivers get their handle of it there, and the rest as it came.
 */
final class DataTrackForm implements MessageForm {
    private static final int HEADER_BYTES = 12;
    private static final int VERSION_SHIFT = 5;
    private static final int HANDLE_OFFSET = 2;

    private static final DataMessage NOTHING =
            new DataMessage(DataMessage.Kind.BINARY, new byte[0]);

    private final DataTracks tracks;

    DataTrackForm(DataTracks tracks) {
        this.tracks = tracks;
    }

    @Override
    public @Nullable RoomMessage read(
            ParticipantInfo sender, ChannelOptions channel, DataMessage written) {
        byte[] packet = written.bytes();
        if (packet.length < HEADER_BYTES || (packet[0] & 0xff) >>> VERSION_SHIFT != 0) {
            return null;
        }
        int handle =
                (packet[HANDLE_OFFSET] & 0xff) << Byte.SIZE | (packet[HANDLE_OFFSET + 1] & 0xff);
        DataTrackRoute route = tracks.route(sender.participantId(), handle);
        if (route == null) {
            // Of a track that has just been unpublished, mostly.
            return new RoomMessage(sender, channel, NOTHING, RoomMessage.NOBODY, NOTHING, true, 0);
        }
        byte[] passed = packet.clone();
        passed[HANDLE_OFFSET] = (byte) (route.handle() >>> Byte.SIZE);
        passed[HANDLE_OFFSET + 1] = (byte) route.handle();
        DataMessage original = new DataMessage(DataMessage.Kind.BINARY, passed);
        return new RoomMessage(sender, channel, NOTHING, route.to(), original, true, 0);
    }

    @Override
    public DataMessage write(RoomMessage message) {
        DataMessage original = message.original();
        return original == null ? message.content() : original;
    }
}
