package io.sluice.sctp;

import java.util.ArrayList;
import java.util.Arrays;
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
        size++;
    }

    void remove(DataChannel channel) {
        @Nullable DataChannel[] page = pages[channel.id() >> PAGE_SHIFT];
        if (page.length > 0 && page[channel.id() & PAGE_CHANNELS - 1] == channel) {
            page[channel.id() & PAGE_CHANNELS - 1] = null;
            size--;
        }
    }

    List<DataChannel> all() {
        List<DataChannel> all = new ArrayList<>(size);
        for (@Nullable DataChannel[] page : pages) {
            for (DataChannel channel : page) {
                if (channel != null) {
                    all.add(channel);
                }
            }
        }
        return all;
    }
}
