package io.sluice.sctp;

/**
 * One message on its way to one receiver; the bytes are shared with other receivers.
 *
 * <p>Owned by the loop of its association.
 */
final class Outgoing {
    static final long NEVER_EXPIRES = Long.MAX_VALUE;

    /** A data channel cannot send nothing: an empty message is one byte that does not count. */
    private static final byte[] EMPTY = {0};

    final DataChannel channel;
    final byte[] bytes;
    final int protocol;
    final boolean unordered;
    final int maxRetransmits;
    final long queuedNanos;
    final long expiresNanos;

    /** Set with the first piece. */
    int streamSequence;

    /** TSNs of the pieces so far: from here to there; the first is only right once something was sent. */
    long firstTsn;

    long lastTsn;
    int sentBytes;
    boolean abandoned;

    private Outgoing(
            DataChannel channel,
            byte[] bytes,
            int protocol,
            boolean unordered,
            int maxRetransmits,
            long queuedNanos,
            long expiresNanos) {
        this.channel = channel;
        this.bytes = bytes;
        this.protocol = protocol;
        this.unordered = unordered;
        this.maxRetransmits = maxRetransmits;
        this.queuedNanos = queuedNanos;
        this.expiresNanos = expiresNanos;
    }

    /** Opens a channel or acknowledges that (RFC 8832): ordered and reliable whatever the channel is. */
    static Outgoing control(DataChannel channel, byte[] bytes, long nowNanos) {
        return new Outgoing(
                channel,
                bytes,
                DataProtocol.CONTROL,
                false,
                Integer.MAX_VALUE,
                nowNanos,
                NEVER_EXPIRES);
    }

    static Outgoing message(DataChannel channel, DataMessage message, long nowNanos) {
        ChannelOptions options = channel.options();
        boolean byCount = options.maxRetransmits() != ChannelOptions.UNLIMITED;
        boolean byTime = options.maxLifetimeMillis() != ChannelOptions.UNLIMITED;
        return new Outgoing(
                channel,
                message.bytes().length == 0 ? EMPTY : message.bytes(),
                DataProtocol.of(message),
                channel.sendsUnordered(),
                byCount ? options.maxRetransmits() : Integer.MAX_VALUE,
                nowNanos,
                byTime ? nowNanos + options.maxLifetimeMillis() * 1_000_000L : NEVER_EXPIRES);
    }

    boolean begun() {
        return sentBytes > 0;
    }

    boolean expired(long nowNanos) {
        return nowNanos > expiresNanos;
    }

    int remainingBytes() {
        return bytes.length - sentBytes;
    }
}
