package io.sluice.plain;

import io.sluice.room.DataDialect;
import io.sluice.room.MessageForm;
import io.sluice.room.RoomMessage;
import io.sluice.sctp.ChannelOptions;
import org.jspecify.annotations.Nullable;

/** Data channels of plain clients: bare, or with an envelope where the channel's protocol asks for it. */
final class PlainDialect implements DataDialect {
    /** Of RTCDataChannel: with it every message has an envelope. */
    static final String ENVELOPED = "sluice";

    private final MessageForm envelope = new EnvelopeForm();

    @Override
    public MessageForm form(ChannelOptions channel) {
        return channel.protocol().equals(ENVELOPED) ? envelope : MessageForm.BARE;
    }

    @Override
    public @Nullable ChannelOptions channel(RoomMessage message) {
        return message.originalOnly() ? null : message.channel();
    }
}
