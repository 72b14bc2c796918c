package io.sluice.sctp;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait to be sent: channels take turns, a message at a time. The pieces of one message
 * follow each other without any other's between them (RFC 9260 6.9).
 *
 * <p>Owned by the loop of its association.
 */
final class SendQueue {
    /** Channels that have messages, each once. */
    private final ArrayDeque<DataChannel> turns = new ArrayDeque<>();

    private @Nullable Outgoing begun;

    boolean isEmpty() {
        return begun == null && turns.isEmpty();
    }

    void add(Outgoing message) {
        DataChannel channel = message.channel;
        if (channel.waiting.isEmpty()) {
            turns.addLast(channel);
        }
        channel.waiting.addLast(message);
    }

    /** The message whose next piece is to be sent; null: none. */
    @Nullable Outgoing head() {
        if (begun != null) {
            return begun;
        }
        DataChannel channel = turns.peekFirst();
        return channel == null ? null : channel.waiting.getFirst();
    }

    /** The head has begun: it stays the head until it is ended. */
    void begin() {
        begun = takeHead();
    }

    /** The last piece of the head was sent, or there will be none. */
    void end() {
        begun = null;
    }

    boolean isBegun(Outgoing message) {
        return begun == message;
    }

    /** Takes the head away, which has not begun; the next channel is next. */
    Outgoing takeHead() {
        DataChannel channel = turns.removeFirst();
        Outgoing message = channel.waiting.removeFirst();
        if (!channel.waiting.isEmpty()) {
            turns.addLast(channel);
        }
        return message;
    }

    /** Takes away the first message of a channel that has not begun; null: there is none. */
    @Nullable Outgoing takeFrom(DataChannel channel) {
        Outgoing message = channel.waiting.pollFirst();
        if (message != null && channel.waiting.isEmpty()) {
            turns.remove(channel);
        }
        return message;
    }

    /** Whether no piece of the channel is still to get its TSN. */
    boolean hasSentAll(DataChannel channel) {
        Outgoing message = begun;
        return channel.waiting.isEmpty() && (message == null || message.channel != channel);
    }
}
