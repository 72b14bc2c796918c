package io.sluice.api;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets so much of each API key through in a second, and so much at once. To be asked of tokens that were verified only:
 * then there are no more keys than the operator has given, and no stranger uses up what is another's.
 *
 * <p>Used from any thread.
 */
public final class KeyRates {
    /** Keys that were taken back are forgotten with the others once there are so many: all begin anew. */
    private static final int MAX_KEYS = 10_000;

    private final LongAdder refused = new LongAdder();
    private final Lock lock = new ReentrantLock();

    /** Under the lock, as is the next. */
    private final Map<String, RateLimit> byKey = new HashMap<>();

    private Rate rate;

    public KeyRates(Rate rate) {
        this.rate = rate;
    }

    /** Lets another number through from now on. */
    public void limit(Rate changed) {
        lock.lock();
        try {
            if (!rate.equals(changed)) {
                rate = changed;
                byKey.clear();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether one more of a key may pass. */
    public boolean pass(String apiKey, long nowNanos) {
        lock.lock();
        try {
            if (byKey.size() >= MAX_KEYS && !byKey.containsKey(apiKey)) {
                byKey.clear();
            }
            RateLimit limit = byKey.computeIfAbsent(apiKey, _ -> new RateLimit(rate, nowNanos));
            if (limit.pass(nowNanos)) {
                return true;
            }
            refused.increment();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** What did not pass. */
    public long refused() {
        return refused.sum();
    }
}
