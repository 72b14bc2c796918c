package io.sluice.api;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets so many requests of each address through in a second, and so many at once (a token bucket each). An
 * IPv6 client has a /64 to choose from, so that counts as one address.
 *
 * <p>Used from any thread.
 */
public final class AddressRates {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final long nanosPerRequest;
    private final long burstNanos;
    private final int maxAddresses;
    private final LongAdder refused = new LongAdder();
    private final Lock lock = new ReentrantLock();

    /** By address, the time that its requests so far have used up; whoever asked last is last. */
    private final Map<Long, Long> usedUntilNanos = new LinkedHashMap<>();

    public AddressRates(Rate rate, int maxAddresses) {
        nanosPerRequest = NANOS_PER_SECOND / rate.perSecond();
        burstNanos = rate.burst() * nanosPerRequest;
        this.maxAddresses = maxAddresses;
    }

    /** Returns whether one more request of an address, an IP literal, may pass. */
    public boolean pass(String address, long nowNanos) {
        long key = key(address);
        lock.lock();
        try {
            Long before = usedUntilNanos.remove(key);
            if (before == null && !makeRoom(nowNanos)) {
                refused.increment();
                return false;
            }
            long used = before == null || before - nowNanos < 0 ? nowNanos : before;
            boolean passes = used + nanosPerRequest - nowNanos <= burstNanos;
            usedUntilNanos.put(key, passes ? used + nanosPerRequest : used);
            if (!passes) {
                refused.increment();
            }
            return passes;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the address that has been quiet for longest, if it would begin anew anyway. */
    private boolean makeRoom(long nowNanos) {
        if (usedUntilNanos.size() < maxAddresses) {
            return true;
        }
        var entries = usedUntilNanos.entrySet().iterator();
        if (entries.next().getValue() - nowNanos > 0) {
            return false;
        }
        entries.remove();
        return true;
    }

    private static long key(String address) {
        byte[] bytes = InetAddress.ofLiteral(address).getAddress();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return bytes.length == Integer.BYTES ? buffer.getInt() : buffer.getLong();
    }

    /** Addresses that are counted now; while they are as many as may be, others are refused. */
    public int addresses() {
        lock.lock();
        try {
            return usedUntilNanos.size();
        } finally {
            lock.unlock();
        }
    }

    /** Requests refused. */
    public long refused() {
        return refused.sum();
    }
}
