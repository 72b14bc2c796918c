package io.sluice.sctp;

/**
 * A DATA chunk that has come and cannot be delivered yet. Those that follow each other without a gap
 * are a run, which its first and its last know.
 *
 * <p>Owned by the loop of its association.
 */
final class Fragment {
    /** Stands where a chunk has come whose payload is not held any more. */
    static final Fragment GONE = new Fragment(0, 0, 0, 0, new byte[0], 0);

    static final int FLAG_LAST = 1;
    static final int FLAG_FIRST = 2;
    static final int FLAG_UNORDERED = 4;

    final int flags;
    final int stream;
    final int sequence;
    final int protocol;
    final byte[] bytes;

    long runFirst;
    long runLast;
    int runBytes;

    Fragment(int flags, int stream, int sequence, int protocol, byte[] bytes, long tsn) {
        this.flags = flags;
        this.stream = stream;
        this.sequence = sequence;
        this.protocol = protocol;
        this.bytes = bytes;
        runFirst = tsn;
        runLast = tsn;
        runBytes = bytes.length;
    }

    boolean isFirst() {
        return (flags & FLAG_FIRST) != 0;
    }

    boolean isLast() {
        return (flags & FLAG_LAST) != 0;
    }

    boolean isUnordered() {
        return (flags & FLAG_UNORDERED) != 0;
    }

    /** Whether another one can be a piece of the same message. */
    boolean matches(Fragment other) {
        return stream == other.stream
                && isUnordered() == other.isUnordered()
                && (isUnordered() || sequence == other.sequence);
    }
}
