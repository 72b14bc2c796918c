package io.sluice.room;

import io.sluice.sctp.ChannelOptions;
import org.jspecify.annotations.Nullable;

/** How a signaling protocol uses data channels; shared by all who speak it, and without state. */
public interface DataDialect {

    /** Every message as it is, on channels of the sender's label. */
    DataDialect BARE =
            new DataDialect() {
                @Override
                public MessageForm form(ChannelOptions channel) {
                    return MessageForm.BARE;
                }

                @Override
                public @Nullable ChannelOptions channel(RoomMessage message) {
                    return message.originalOnly() ? null : message.channel();
                }
            };

    /**
     * Whether a sender is held up where a receiver takes its reliable messages too slowly, since the
     * protocol gives it no other way to know; else the receiver is soon cut off.
     */
    default boolean waitsForReceivers() {
        return false;
    }

    /**
     * Whether what is sent reliably on a channel has numbers, by which a receiver drops what it has: then what was said
     * just before it came in is sent again.
     */
    default boolean numbersMessages(ChannelOptions channel) {
        return false;
    }

    /** How messages are written on a channel: the same object for the same form. */
    MessageForm form(ChannelOptions channel);

    /**
     * The channel that a message goes out on: the receiver's own one of that label, whatever it is like;
     * else one that is opened so. Null: who speaks this way has no use for it.
     */
    @Nullable ChannelOptions channel(RoomMessage message);
}
