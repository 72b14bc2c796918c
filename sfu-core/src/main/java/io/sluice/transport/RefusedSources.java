package io.sluice.transport;

import java.util.Arrays;

/**
 * SSRCs that no section accounts for: looking for one again and again would cost more than the packet.
 *
 * <p>Owned by the transport's loop. A table without chains: a newcomer takes the
 * place of another, which is then looked for once more.
 */
final class RefusedSources {
    /** What a client may send wrongly at once before it costs a search each time. */
    private static final int CAPACITY = 64;

    private static final long EMPTY = -1;

    private static final long[] NOTHING = {};

    /** Made with the first that is refused: most clients send nothing wrongly. */
    private long[] refused = NOTHING;

    /**
     * Whether a packet like this was refused.
     *
     * @param names bits for what it is named by: the first packets may come without
     */
    boolean contains(int ssrc, int payloadType, int names) {
        return refused != NOTHING && refused[slot(ssrc)] == entry(ssrc, payloadType, names);
    }

    void add(int ssrc, int payloadType, int names) {
        if (refused == NOTHING) {
            refused = new long[CAPACITY];
            clear();
        }
        refused[slot(ssrc)] = entry(ssrc, payloadType, names);
    }

    /** What may be sent has changed. */
    void clear() {
        Arrays.fill(refused, EMPTY);
    }

    private static long entry(int ssrc, int payloadType, int names) {
        return (ssrc & 0xffff_ffffL) << 16 | payloadType << 8 | names;
    }

    private static int slot(int ssrc) {
        // Fibonacci hashing, as in SsrcTable.
        return (ssrc * 0x9E3779B9) >>> 16 & (CAPACITY - 1);
    }
}
