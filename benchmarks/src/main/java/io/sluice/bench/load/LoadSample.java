package io.sluice.bench.load;

import io.sluice.bench.load.LoadCounters.Count;
import java.util.EnumMap;
import java.util.Map;

/**
 * All counters of one moment.
 *
 * @param socketDrops datagrams that the generator's own sockets had no room for
 */
public record LoadSample(long nowNanos, Map<Count, Long> counts, long socketDrops) {
    public LoadSample {
        counts = Map.copyOf(counts);
    }

    long of(Count what) {
        return counts.getOrDefault(what, 0L);
    }

    public long sent() {
        return of(Count.SENT);
    }

    public long received() {
        return of(Count.RECEIVED);
    }

    public long receivedBytes() {
        return of(Count.RECEIVED_BYTES);
    }

    /** Numbers that never came, retransmissions counted in. */
    public long lost() {
        return of(Count.MISSING) - of(Count.REPAIRED);
    }

    public long checked() {
        return of(Count.CHECKED);
    }

    public long corrupt() {
        return of(Count.CORRUPT);
    }

    public long unknown() {
        return of(Count.UNKNOWN);
    }

    public double seconds(LoadSample since) {
        return (nowNanos - since.nowNanos) / 1e9;
    }

    /** What happened since another moment. */
    public LoadSample minus(LoadSample earlier) {
        Map<Count, Long> difference = new EnumMap<>(Count.class);
        for (Count count : Count.values()) {
            difference.put(count, of(count) - earlier.of(count));
        }
        return new LoadSample(nowNanos, difference, socketDrops - earlier.socketDrops);
    }
}
