package io.sluice.sctp;

/**
 * The messages that were given to send and are not acknowledged, with the bounds on their number and
 * size.
 *
 * <p>Owned by the loop of its association.
 */
final class SendBuffer {
    /** Of what has no TSN yet. */
    final SendQueue queue = new SendQueue();

    private final SctpConfig config;
    private final int maxMessageBytes;
    private final SctpCounters counters;
    private long bytes;
    private int messages;

    SendBuffer(SctpConfig config, int maxMessageBytes, SctpCounters counters) {
        this.config = config;
        this.maxMessageBytes = maxMessageBytes;
        this.counters = counters;
    }

    long bytes() {
        return bytes;
    }

    int messages() {
        return messages;
    }

    SendResult add(DataChannel channel, DataMessage message, long nowNanos) {
        int size = message.bytes().length;
        if (size > maxMessageBytes) {
            return SendResult.TOO_LARGE;
        }
        if (messages >= config.maxQueuedMessages() || bytes + size > config.sendBufferBytes()) {
            boolean reliable = channel.options().isReliable();
            counters.drop(reliable ? SctpDrop.SEND_REFUSED : SctpDrop.SEND_OVERFLOW);
            return reliable ? SendResult.FULL : SendResult.DROPPED;
        }
        add(Outgoing.message(channel, message, nowNanos));
        return SendResult.QUEUED;
    }

    /** Takes what opens a channel; false: too much waits already. */
    boolean addControl(DataChannel channel, byte[] control, long nowNanos) {
        if (messages >= config.maxQueuedMessages() + config.maxChannels()) {
            return false;
        }
        add(Outgoing.control(channel, control, nowNanos));
        return true;
    }

    private void add(Outgoing message) {
        queue.add(message);
        messages++;
        grow(message.channel, message.bytes.length);
    }

    private void grow(DataChannel channel, int by) {
        bytes += by;
        channel.bufferedBytes += by;
    }

    /** Forgets what has not begun of a channel that has ended. */
    void discard(DataChannel channel) {
        for (Outgoing message = queue.takeFrom(channel);
                message != null;
                message = queue.takeFrom(channel)) {
            drop(message, SctpDrop.CLOSED);
        }
    }

    /** Drops the head of the queue, whose time was over before it began. */
    void expireHead() {
        drop(queue.takeHead(), SctpDrop.EXPIRED);
    }

    private void drop(Outgoing message, SctpDrop reason) {
        messages--;
        grow(message.channel, -message.bytes.length);
        counters.drop(reason);
    }

    /** The rest of a message that has begun gets no TSN any more. */
    void cut(Outgoing message) {
        grow(message.channel, -message.remainingBytes());
        queue.end();
    }

    /** The other side has a piece, or is not to wait for it. */
    void release(SentChunk chunk) {
        grow(chunk.message.channel, -chunk.length);
        if (chunk.last) {
            messages--;
        }
    }
}
