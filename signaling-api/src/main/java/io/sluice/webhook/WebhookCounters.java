package io.sluice.webhook;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** The numbers of webhooks; all zero where none is configured. Read from any thread. */
public final class WebhookCounters {

    /** Why an event is not told. */
    public enum Drop {
        /** Too many wait to be delivered. */
        QUEUE_FULL,
        /** Too many came at once. */
        TOO_FAST,
        /** The database refused it. */
        STORAGE
    }

    private final LongAdder delivered = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder failedAttempts = new LongAdder();
    private final AtomicLongArray dropped = new AtomicLongArray(Drop.values().length);
    private final AtomicLong queued = new AtomicLong();
    private final AtomicLong oldestMillis = new AtomicLong(Long.MAX_VALUE);

    void countDelivered() {
        delivered.increment();
    }

    void countExpired() {
        expired.increment();
    }

    void countFailedAttempt() {
        failedAttempts.increment();
    }

    void countDropped(Drop why, int events) {
        dropped.addAndGet(why.ordinal(), events);
    }

    /**
     * @param oldest when the event happened that waits longest, {@link Long#MAX_VALUE} if none does
     */
    void waiting(long deliveries, long oldest) {
        queued.set(deliveries);
        oldestMillis.set(oldest);
    }

    /** Deliveries that have arrived. */
    public long delivered() {
        return delivered.sum();
    }

    /** Deliveries given up. */
    public long expired() {
        return expired.sum();
    }

    /** Requests that did not deliver. */
    public long failedAttempts() {
        return failedAttempts.sum();
    }

    public long dropped(Drop why) {
        return dropped.get(why.ordinal());
    }

    /** Deliveries that wait or are under way. */
    public long queued() {
        return queued.get();
    }

    /** How long the oldest of them has waited, in seconds. */
    public double oldestSeconds(long nowMillis) {
        long oldest = oldestMillis.get();
        return oldest == Long.MAX_VALUE ? 0 : Math.max(0, nowMillis - oldest) / 1e3;
    }
}
