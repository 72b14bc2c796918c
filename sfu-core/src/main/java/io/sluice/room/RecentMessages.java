package io.sluice.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Numbered messages that came reliably of late: who comes in while they are sent would miss them, and drops by their
 * numbers what it has twice.
 *
 * <p>Owned by the room's home loop; sans-IO.
 */
final class RecentMessages {
    /** Longer than it takes to come in. LiveKit keeps them for as long. */
    static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Of one room; LiveKit's. */
    static final long MAX_BYTES = 100_000;

    private record Recent(RoomMessage message, long atNanos) {}

    private final Deque<Recent> recent = new ArrayDeque<>(2);
    private long bytes;

    void note(List<RoomMessage> messages, long nowNanos) {
        for (RoomMessage message : messages) {
            if (message.sequence() != 0 && message.channel().isReliable()) {
                recent.add(new Recent(message, nowNanos));
                bytes += Mailbox.costBytes(message);
            }
        }
        forget(nowNanos);
    }

    private void forget(long nowNanos) {
        while (!recent.isEmpty()
                && (bytes > MAX_BYTES || nowNanos - recent.element().atNanos() > KEPT_NANOS)) {
            bytes -= Mailbox.costBytes(recent.remove().message());
        }
    }

    /** Those for a participant that comes in, the oldest first. */
    List<RoomMessage> messagesFor(ParticipantInfo newcomer, long nowNanos) {
        forget(nowNanos);
        List<RoomMessage> messages = new ArrayList<>();
        for (Recent one : recent) {
            RoomMessage message = one.message();
            ParticipantInfo sender = message.sender();
            boolean own = sender != null && sender.participantId().equals(newcomer.participantId());
            boolean toIt = message.to().isEmpty() || message.to().contains(newcomer.identity());
            if (toIt && !own) {
                messages.add(message);
            }
        }
        return messages;
    }
}
