package io.sluice.room;

import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message to a room, as no signaling protocol writes it.
 *
 * @param sender null: the application
 * @param channel what the sender's channel is like: its label, and how surely it carries
 * @param content without a protocol's own words
 * @param to identities; empty: everybody else
 * @param original as the sender's protocol writes it, for those who speak the same; null: nothing but the
 *     content
 * @param originalOnly whether the content is nothing, and those who do not speak the sender's protocol are
 *     not to get it
 * @param sequence of the sender's own numbers for what it sends reliably, which grow; 0: it has none
 */
public record RoomMessage(
        @Nullable ParticipantInfo sender,
        ChannelOptions channel,
        DataMessage content,
        List<String> to,
        @Nullable DataMessage original,
        boolean originalOnly,
        long sequence) {

    /** Each may cost a look-up and is kept while the message waits: as many as a large room has. */
    public static final int MAX_RECEIVERS = 1_000;

    /** As receivers: no participant has this identity. */
    public static final List<String> NOBODY = List.of("");

    /** With nothing but its content. */
    public RoomMessage(
            @Nullable ParticipantInfo sender,
            ChannelOptions channel,
            DataMessage content,
            List<String> to) {
        this(sender, channel, content, to, null, false, 0);
    }

    /** Whom its receivers are told of; null if that is nobody. */
    public @Nullable ParticipantInfo namedSender() {
        return sender == null || sender.guise().hidden() ? null : sender;
    }

    public RoomMessage {
        to = List.copyOf(to);
    }
}
