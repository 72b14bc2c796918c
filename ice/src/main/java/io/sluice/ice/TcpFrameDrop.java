package io.sluice.ice;

/** Why a datagram in a TCP stream was dropped; each has a counter in {@link TcpCounters}. */
public enum TcpFrameDrop {
    /** Received, and nothing that is sent is as short; whoever goes on is closed. */
    TOO_SHORT,
    /** Received, but longer than a slot of the slab. */
    TOO_LONG,
    /** Received, but no slot of the slab was free for it. */
    SLAB_EXHAUSTED,
    /** Not sent: video, and the client does not read as fast as it is sent. */
    VIDEO_BEHIND,
    /** Not sent: audio or control, and not even for these was there room. */
    QUEUE_FULL,
    /** Not sent: the connection is closed, or closes. */
    CLOSED
}
