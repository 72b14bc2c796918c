package io.sluice.bench.load;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a client watches, by SSRC.
 *
 * <p>Owned by its client's loop.
 */
final class WatchedStreams {
    private final LoadCounters counters;
    private final List<WatchedStream> all = new ArrayList<>();

    // In two arrays of one length: a client watches few.
    private int[] ssrcs = {};
    private WatchedStream[] streams = {};

    WatchedStreams(LoadCounters counters) {
        this.counters = counters;
    }

    List<WatchedStream> all() {
        return all;
    }

    /** Adds those that are new. */
    void add(List<RemoteSide.Stream> announced) {
        for (RemoteSide.Stream stream : announced) {
            if (find(stream.ssrc()) == null) {
                all.add(
                        new WatchedStream(
                                stream.video(), stream.ssrc(), stream.rtxSsrc(), counters));
            }
        }
        int size = 2 * all.size();
        ssrcs = new int[size];
        streams = new WatchedStream[size];
        for (int i = 0; i < all.size(); i++) {
            WatchedStream stream = all.get(i);
            ssrcs[2 * i] = stream.ssrc();
            ssrcs[2 * i + 1] = stream.rtxSsrc();
            streams[2 * i] = stream;
            streams[2 * i + 1] = stream;
        }
    }

    @Nullable WatchedStream find(int ssrc) {
        for (int i = 0; i < ssrcs.length; i++) {
            if (ssrcs[i] == ssrc) {
                return streams[i];
            }
        }
        return null;
    }
}
