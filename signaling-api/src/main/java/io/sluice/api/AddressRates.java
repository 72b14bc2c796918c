package io.sluice.api;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
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

    /** Under the lock, as is the next. */
    private long nanosPerRequest;

    private long burstNanos;
    private final int maxAddresses;
    private final LongAdder refused = new LongAdder();
    private final Lock lock = new ReentrantLock();

    /** By address, the time that its requests so far have used up; whoever asked last is last. */
    private final Map<Long, Long> usedUntilNanos = new LinkedHashMap<>();

    public AddressRates(Rate rate, int maxAddresses) {
        this(NANOS_PER_SECOND / rate.perSecond(), rate.burst(), maxAddresses);
    }

    /** For what may come less often than once in a second. */
    public AddressRates(Duration interval, int burst, int maxAddresses) {
        this(interval.toNanos(), burst, maxAddresses);
    }

    private AddressRates(long nanosPerRequest, int burst, int maxAddresses) {
        this.nanosPerRequest = nanosPerRequest;
        burstNanos = burst * nanosPerRequest;
        this.maxAddresses = maxAddresses;
    }

    /** Lets another number through from now on; what addresses have used up stays used up. */
    public void limit(Rate rate) {
        lock.lock();
        try {
            nanosPerRequest = NANOS_PER_SECOND / rate.perSecond();
            burstNanos = rate.burst() * nanosPerRequest;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether a request of an address would not pass now; counts nothing. */
    public boolean isSpent(String address, long nowNanos) {
        lock.lock();
        try {
            Long used = usedUntilNanos.get(key(address));
            return used != null
                    && used - nowNanos > 0
                    && used + nanosPerRequest - nowNanos > burstNanos;
        } finally {
            lock.unlock();
        }
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

    /** What counts as one address: an IPv4 address, or the /64 of an IPv6 one. */
    public static long key(String address) {
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
