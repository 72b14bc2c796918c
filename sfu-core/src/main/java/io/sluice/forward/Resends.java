package io.sluice.forward;

import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import java.util.Objects;

/**
 * What one viewer asked for again and what has to wait for its turn, and the copies that follow some of it.
 *
 * <p>A copy leaves a moment after what it is a copy of: what loses the one should not lose the other. It comes behind
 * all that was asked for. One that is not sent within {@link #COPY_AGE_MAX_NANOS} is left out, and counted.
 * Owned by the viewer's loop.
 */
final class Resends {
    /** Losses that come together last for some milliseconds. */
    static final long COPY_GAP_NANOS = 5_000_000;

    /** Browsers that only watch ask again after so long: what leaves later is the answer to that. */
    static final long COPY_AGE_MAX_NANOS = 100_000_000;

    private static final int WAITING_MAX = 128;

    private final DropCounters drops;
    private final MediaCounters counters;
    private final PacedQueue answers = new PacedQueue(WAITING_MAX);
    private final PacedQueue copies = new PacedQueue(WAITING_MAX);

    /** When the last answer left that had to wait: its copy was asked for long before. */
    private long answeredNanos;

    Resends(DropCounters drops, MediaCounters counters) {
        this.drops = drops;
        this.counters = counters;
    }

    boolean isEmpty() {
        return answers.isEmpty() && copies.isEmpty();
    }

    /** Whether something waits that was asked for. */
    boolean hasAnswer() {
        return !answers.isEmpty();
    }

    /** Has what was asked for wait; false if it does already or there is no room, which is counted. */
    boolean addAnswer(ViewerStream stream, long sequence, long nowNanos) {
        if (answers.has(stream, sequence)) {
            drops.count(DropReason.RESEND_TOO_SOON);
            return false;
        }
        if (!answers.add(stream, sequence, nowNanos)) {
            drops.count(DropReason.RESEND_LIMIT);
            return false;
        }
        return true;
    }

    /** Has a copy of what is sent again follow it; one that waits already is enough. */
    void addCopy(ViewerStream stream, long sequence, long nowNanos) {
        if (!copies.has(stream, sequence) && !copies.add(stream, sequence, nowNanos)) {
            drops.count(DropReason.COPY_LEFT_OUT);
        }
    }

    /** Sends the oldest answer that waits. */
    void sendAnswer(long nowNanos) {
        ViewerStream stream = answers.stream();
        long sequence = answers.sequence();
        answers.remove();
        if (stream == null) {
            return;
        }
        answeredNanos = nowNanos;
        int lengthBytes = stream.resendWaiting(sequence, nowNanos);
        if (lengthBytes > 0) {
            counters.count(MediaCount.RETRANSMISSIONS_SENT);
        } else if (lengthBytes == ViewerStream.GONE) {
            drops.count(DropReason.RESEND_UNAVAILABLE);
        }
    }

    /** Whether a copy's moment has come; leaves out those that are too old. */
    boolean hasCopy(long nowNanos) {
        while (!copies.isEmpty()
                && (copies.stream() == null
                        || nowNanos - copies.sinceNanos() > COPY_AGE_MAX_NANOS)) {
            if (copies.stream() != null) {
                drops.count(DropReason.COPY_LEFT_OUT);
            }
            copies.remove();
        }
        return !copies.isEmpty()
                && nowNanos - Math.max(copies.sinceNanos(), answeredNanos) >= COPY_GAP_NANOS;
    }

    /**
     * Sends the oldest copy, which there must be.
     *
     * @return how many bytes it has as its publisher sent it; 0 if it was not sent
     */
    int sendCopy(long nowNanos) {
        ViewerStream stream = Objects.requireNonNull(copies.stream());
        long sequence = copies.sequence();
        copies.remove();
        int lengthBytes = stream.resendWaiting(sequence, nowNanos);
        if (lengthBytes > 0) {
            counters.count(MediaCount.COPIES_SENT);
        } else if (lengthBytes == ViewerStream.GONE) {
            drops.count(DropReason.COPY_LEFT_OUT);
        }
        return Math.max(0, lengthBytes);
    }

    /** Nothing of a stream is of use any more. */
    void forget(ViewerStream stream) {
        answers.forget(stream);
        copies.forget(stream);
    }
}
