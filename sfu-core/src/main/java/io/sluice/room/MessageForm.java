package io.sluice.room;

import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One way of writing a room's messages on a data channel; without state. */
public interface MessageForm {

    /** As it is: nobody says for whom, and nobody is told from whom. */
    MessageForm BARE =
            new MessageForm() {
                @Override
                public RoomMessage read(
                        ParticipantInfo sender, ChannelOptions channel, DataMessage written) {
                    return new RoomMessage(sender, channel, written, List.of());
                }

                @Override
                public DataMessage write(RoomMessage message) {
                    return message.content();
                }
            };

    /** What a participant wrote; null: it cannot be read. */
    @Nullable RoomMessage read(ParticipantInfo sender, ChannelOptions channel, DataMessage written);

    /** The message for whoever reads this form: once for all of them on a loop. */
    DataMessage write(RoomMessage message);
}
