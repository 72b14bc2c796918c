package io.sluice.forward;

import org.jspecify.annotations.Nullable;

/**
 * Packets of one viewer that wait for their turn, in order: not their bytes, but which stream they are of and
 * which number they have there.
 *
 * <p>Owned by the viewer's loop. Made small, and grows up to its bound.
 */
final class PacedQueue {
    private static final int INITIAL_CAPACITY = 16;

    private final int capacityMax;
    private @Nullable ViewerStream[] streams = new ViewerStream[INITIAL_CAPACITY];
    private long[] sequences = new long[INITIAL_CAPACITY];
    private long[] sinceNanos = new long[INITIAL_CAPACITY];
    private int head;
    private int size;

    /**
     * @param capacityMax a power of two
     */
    PacedQueue(int capacityMax) {
        this.capacityMax = capacityMax;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Adds a packet; false if there is no room. */
    boolean add(ViewerStream stream, long sequence, long nowNanos) {
        if (size == streams.length && !grow()) {
            return false;
        }
        int at = (head + size) & (streams.length - 1);
        streams[at] = stream;
        sequences[at] = sequence;
        sinceNanos[at] = nowNanos;
        size++;
        return true;
    }

    /** Whether a packet waits: looks at all that do. */
    boolean has(ViewerStream stream, long sequence) {
        for (int i = 0; i < size; i++) {
            int at = (head + i) & (streams.length - 1);
            if (sequences[at] == sequence && streams[at] == stream) {
                return true;
            }
        }
        return false;
    }

    private boolean grow() {
        int capacity = streams.length;
        if (capacity == capacityMax) {
            return false;
        }
        // Unrolled, so that the oldest stands first.
        @Nullable ViewerStream[] moreStreams = new ViewerStream[2 * capacity];
        long[] moreSequences = new long[2 * capacity];
        long[] moreNanos = new long[2 * capacity];
        for (int i = 0; i < size; i++) {
            int at = (head + i) & (capacity - 1);
            moreStreams[i] = streams[at];
            moreSequences[i] = sequences[at];
            moreNanos[i] = sinceNanos[at];
        }
        streams = moreStreams;
        sequences = moreSequences;
        sinceNanos = moreNanos;
        head = 0;
        return true;
    }

    /** Of the oldest packet; null if its stream has ended. */
    @Nullable ViewerStream stream() {
        return streams[head];
    }

    /** Of the oldest packet. */
    long sequence() {
        return sequences[head];
    }

    /** Since when the oldest packet waits. */
    long sinceNanos() {
        return sinceNanos[head];
    }

    /** Takes the oldest packet away. */
    void remove() {
        streams[head] = null;
        head = (head + 1) & (streams.length - 1);
        size--;
    }

    /** What waits of a stream is not of use any more. */
    void abandon(ViewerStream stream) {
        for (int i = 0; i < streams.length; i++) {
            if (streams[i] == stream) {
                streams[i] = null;
                stream.abandon(sequences[i]);
            }
        }
        trim();
    }

    /** A stream has ended. */
    void forget(ViewerStream stream) {
        for (int i = 0; i < streams.length; i++) {
            if (streams[i] == stream) {
                streams[i] = null;
            }
        }
        trim();
    }

    /** How long the oldest waits is asked: it must be one that does. */
    private void trim() {
        while (size > 0 && streams[head] == null) {
            remove();
        }
    }
}
