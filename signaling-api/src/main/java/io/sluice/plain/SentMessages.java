package io.sluice.plain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The numbered messages that a client may not have got, to be sent again when it resumes on a new
 * WebSocket. What was written before a pong came back has arrived and is forgotten.
 *
 * <p>Owned by its session's context.
 */
final class SentMessages {
    private final int maxMessages;
    private final int maxBytes;
    private final Deque<Message> kept = new ArrayDeque<>();
    private int keptBytes;
    private long lastSeq;

    record Message(long seq, String text, int sizeBytes) {}

    SentMessages(int maxMessages, int maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /** The number of the message that is added next. */
    long nextSeq() {
        return lastSeq + 1;
    }

    /** The number of the message that was added last; 0 before the first. */
    long lastSeq() {
        return lastSeq;
    }

    /** Keeps the message of {@link #nextSeq}; over the limits the oldest ones go. */
    void add(String text) {
        lastSeq++;
        int sizeBytes = text.getBytes(StandardCharsets.UTF_8).length;
        kept.addLast(new Message(lastSeq, text, sizeBytes));
        keptBytes += sizeBytes;
        while (kept.size() > maxMessages || keptBytes > maxBytes) {
            keptBytes -= kept.removeFirst().sizeBytes();
        }
    }

    /** All messages up to this number have arrived. */
    void confirm(long seq) {
        while (!kept.isEmpty() && kept.getFirst().seq() <= seq) {
            keptBytes -= kept.removeFirst().sizeBytes();
        }
    }

    /** Whether everything after this number is still here. */
    boolean hasAllAfter(long seq) {
        long oldest = kept.isEmpty() ? nextSeq() : kept.getFirst().seq();
        return seq + 1 >= oldest;
    }

    /** The messages after this number, the oldest first; empty if some of them are gone. */
    Optional<List<Message>> after(long seq) {
        if (!hasAllAfter(seq)) {
            return Optional.empty();
        }
        List<Message> messages = new ArrayList<>();
        for (Message message : kept) {
            if (message.seq() > seq) {
                messages.add(message);
            }
        }
        return Optional.of(messages);
    }
}
