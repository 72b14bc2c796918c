package io.sluice.api;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts by reason; written by all event loops, read anywhere. */
public abstract class ReasonCounters<R extends Enum<R>> {
    private final Map<R, LongAdder> counts;

    protected ReasonCounters(Class<R> reasons) {
        counts = new EnumMap<>(reasons);
        for (R reason : EnumSet.allOf(reasons)) {
            counts.put(reason, new LongAdder());
        }
    }

    public final void count(R reason) {
        adder(reason).increment();
    }

    /** How often it happened since the start. */
    public final long of(R reason) {
        return adder(reason).sum();
    }

    private LongAdder adder(R reason) {
        LongAdder adder = counts.get(reason);
        if (adder == null) {
            throw new IllegalStateException("all reasons are counted");
        }
        return adder;
    }
}
