package io.sluice.sctp;

/**
 * What an {@link SctpAssociation} has to say. Every call comes from within a call of the association,
 * on its loop. The listener may send, open and close; it does not poll.
 */
public interface SctpListener {

    /** Both sides know each other; what was sent before goes out now. */
    void onSctpConnected();

    /** The other side opened a channel. */
    void onChannel(DataChannel channel);

    /** The other side has taken note of a channel that was opened here. */
    void onChannelOpen(DataChannel channel);

    /** A message has arrived whole. It is the listener's. */
    void onMessage(DataChannel channel, DataMessage message);

    /** A channel has ended, by either side; its id may be used again. */
    void onChannelClosed(DataChannel channel);

    /**
     * The other side began anew (RFC 9260 5.2): every channel was closed before this call, and what
     * was not acknowledged is lost.
     */
    void onSctpRestarted();

    /** It is over, and every channel was closed before this call. Nothing follows. */
    void onSctpEnded(SctpEnd reason);
}
