package io.sluice.sctp;

/** The types of chunks that are spoken here (RFC 9260 3.2, RFC 6525 3, RFC 3758 3.2). */
final class ChunkType {
    static final int DATA = 0;
    static final int INIT = 1;
    static final int INIT_ACK = 2;
    static final int SACK = 3;
    static final int HEARTBEAT = 4;
    static final int HEARTBEAT_ACK = 5;
    static final int ABORT = 6;
    static final int SHUTDOWN = 7;
    static final int SHUTDOWN_ACK = 8;
    static final int ERROR = 9;
    static final int COOKIE_ECHO = 10;
    static final int COOKIE_ACK = 11;
    static final int SHUTDOWN_COMPLETE = 14;
    static final int RE_CONFIG = 130;
    static final int FORWARD_TSN = 192;

    /** In ABORT and SHUTDOWN COMPLETE: the verification tag is the receiver's own, reflected. */
    static final int FLAG_REFLECTED = 1;

    private static final int HIGH_BITS_SHIFT = 6;

    private ChunkType() {}

    /** RFC 9260 3.2: a receiver that does not know the type goes on behind the chunk. */
    static boolean skippable(int type) {
        return (type >> HIGH_BITS_SHIFT & 2) != 0;
    }

    /** RFC 9260 3.2: a receiver that does not know the type says so. */
    static boolean reportable(int type) {
        return (type >> HIGH_BITS_SHIFT & 1) != 0;
    }
}
