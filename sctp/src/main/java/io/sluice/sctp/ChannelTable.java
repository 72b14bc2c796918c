package io.sluice.sctp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Data channels by id, in pages: most associations have a few, some a thousand.
 *
 * <p>Owned by the loop of its association.
 */
final class ChannelTable {
    /** 65,535 is not a stream (RFC 8832 6). */
    static final int MAX_IDS = 0xffff;

    private static final int PAGE_SHIFT = 8;
    private static final int PAGE_CHANNELS = 1 << PAGE_SHIFT;

    private static final @Nullable DataChannel[] NONE = {};

    private final @Nullable DataChannel[][] pages =
            new DataChannel[1 << (Short.SIZE - PAGE_SHIFT)][];

    /** In use: so that walking over the channels does not walk over the places of those that are none. */
    private final BitSet ids = new BitSet();

    private int size;

    ChannelTable() {
        Arrays.fill(pages, NONE);
    }

    int size() {
        return size;
    }

    @Nullable DataChannel find(int id) {
        @Nullable DataChannel[] page = pages[id >> PAGE_SHIFT];
        return page.length == 0 ? null : page[id & PAGE_CHANNELS - 1];
    }

    /** Its id is free. */
    void add(DataChannel channel) {
        int i = channel.id() >> PAGE_SHIFT;
        @Nullable DataChannel[] page = pages[i];
        if (page.length == 0) {
            page = new DataChannel[PAGE_CHANNELS];
            pages[i] = page;
        }
        page[channel.id() & PAGE_CHANNELS - 1] = channel;
        ids.set(channel.id());
        size++;
    }

    void remove(DataChannel channel) {
        if (find(channel.id()) != channel) {
            return;
        }
        int page = channel.id() >> PAGE_SHIFT;
        pages[page][channel.id() & PAGE_CHANNELS - 1] = null;
        ids.clear(channel.id());
        size--;
        int first = ids.nextSetBit(page << PAGE_SHIFT);
        if (first < 0 || first >> PAGE_SHIFT != page) {
            pages[page] = NONE;
        }
    }

    /** In the order of their ids. */
    List<DataChannel> all() {
        List<DataChannel> all = new ArrayList<>(size);
        for (int id = ids.nextSetBit(0); id >= 0; id = ids.nextSetBit(id + 1)) {
            DataChannel channel = find(id);
            if (channel != null) {
                all.add(channel);
            }
        }
        return all;
    }
}
