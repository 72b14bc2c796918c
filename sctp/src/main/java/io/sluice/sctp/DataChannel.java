package io.sluice.sctp;

import java.util.ArrayDeque;

/**
 * One data channel (RFC 8831): a stream in either direction, with a name.
 *
 * <p>Owned by the loop of its association: every method is called there.
 */
public final class DataChannel {

    /** RFC 8832 6. */
    public static final int MAX_ID = ChannelTable.MAX_IDS - 1;

    /** As RTCDataChannel has it. */
    public enum State {
        /** Opened here, and not acknowledged; messages may be sent. */
        OPENING,
        OPEN,
        /** One side has closed it; what was sent before still goes out. */
        CLOSING,
        CLOSED
    }

    /** Messages of which nothing was sent. */
    final ArrayDeque<Outgoing> waiting = new ArrayDeque<>(2);

    /** Payload that is not acknowledged. */
    long bufferedBytes;

    boolean localReset;
    boolean remoteReset;
    State state;

    private final SctpAssociation association;
    private final int id;
    private final ChannelOptions options;
    private int streamSequence;

    DataChannel(SctpAssociation association, int id, ChannelOptions options, State state) {
        this.association = association;
        this.id = id;
        this.options = options;
        this.state = state;
    }

    /** 0 to 65,534. */
    public int id() {
        return id;
    }

    public ChannelOptions options() {
        return options;
    }

    public State state() {
        return state;
    }

    /** Payload bytes given to {@link #send} that the other side has not acknowledged. */
    public long bufferedBytes() {
        return bufferedBytes;
    }

    /** Takes a message to be sent; the bytes are not copied. */
    public SendResult send(DataMessage message, long nowNanos) {
        return association.send(this, message, nowNanos);
    }

    /** Closes it once all that was given to it is sent; the end comes to the listener. */
    public void close() {
        association.close(this);
    }

    /** Closes it at once: of what waits to be sent nothing begins any more. */
    public void abandon() {
        association.abandon(this);
    }

    int nextStreamSequence() {
        int sequence = streamSequence;
        streamSequence = streamSequence + 1 & 0xffff;
        return sequence;
    }

    /** RFC 8832 6: in order until the other side knows how the channel is meant. */
    boolean sendsUnordered() {
        return !options.ordered() && state != State.OPENING;
    }
}
