package io.sluice.sctp;

import java.util.Arrays;

/**
 * The next sequence number of each stream, kept for those streams only that are used: a peer may use
 * all of them, and then they take 128 KB.
 *
 * <p>Owned by the loop of its association.
 */
final class StreamSequences {
    private static final int PAGE_SHIFT = 8;
    private static final int PAGE_STREAMS = 1 << PAGE_SHIFT;
    private static final short[] NONE = {};

    private final short[][] pages = new short[1 << (Short.SIZE - PAGE_SHIFT)][];

    StreamSequences() {
        Arrays.fill(pages, NONE);
    }

    int of(int stream) {
        short[] page = pages[stream >> PAGE_SHIFT];
        return page.length == 0 ? 0 : page[stream & PAGE_STREAMS - 1] & 0xffff;
    }

    void set(int stream, int sequence) {
        int i = stream >> PAGE_SHIFT;
        if (pages[i].length == 0) {
            pages[i] = new short[PAGE_STREAMS];
        }
        pages[i][stream & PAGE_STREAMS - 1] = (short) sequence;
    }
}
