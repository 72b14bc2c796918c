package io.sluice.server;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a network: a queue before a rate, and behind it delay, jitter, loss and reordering; the same for the
 * same seed. Sans-IO; owned by who holds its relay's lock.
 *
 * @param <T> what travels
 */
final class Impairment<T> {
    static final long NEVER = Long.MAX_VALUE;

    /** IPv4 and UDP headers, which fill a path too. */
    private static final int OVERHEAD_BYTES = 28;

    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * What a network does.
     *
     * @param bitsPerSecond 0 for any rate
     * @param queue what does not fit in it is lost: as long as its contents take to leave
     * @param jitter added to the delay: up to so much, without reordering
     * @param lost share of the packets, each on its own
     * @param reordered share of the packets that come 20 ms late, so that others overtake them: nothing is quicker
     *     than the path
     */
    record Conditions(
            long bitsPerSecond,
            Duration queue,
            Duration delay,
            Duration jitter,
            double lost,
            double reordered) {
        static final Conditions NONE =
                new Conditions(0, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0);

        Conditions withRate(long changed, Duration changedQueue) {
            return new Conditions(changed, changedQueue, delay, jitter, lost, reordered);
        }

        Conditions withDelay(Duration changed, Duration changedJitter) {
            return new Conditions(bitsPerSecond, queue, changed, changedJitter, lost, reordered);
        }

        Conditions withLoss(double changed, double changedReordered) {
            return new Conditions(bitsPerSecond, queue, delay, jitter, changed, changedReordered);
        }
    }

    private record Queued<T>(T what, int sizeBytes, long atNanos) {}

    private record Flying<T>(T what, long dueNanos, long order) {}

    private static final long LATE_NANOS = 20_000_000;

    private final Random random;
    private final ArrayDeque<Queued<T>> queue = new ArrayDeque<>();
    private final PriorityQueue<Flying<T>> flying =
            new PriorityQueue<>(
                    Comparator.<Flying<T>>comparingLong(Flying::dueNanos)
                            .thenComparingLong(Flying::order));
    private Conditions conditions = Conditions.NONE;
    private long queuedBytes;
    private long freeNanos = Long.MIN_VALUE;
    private long lastDueNanos = Long.MIN_VALUE;
    private long order;
    private long dropped;

    Impairment(long seed) {
        random = new Random(seed);
    }

    void conditions(Conditions changed) {
        conditions = changed;
    }

    /** How many did not fit in the queue or were lost. */
    long dropped() {
        return dropped;
    }

    void offer(T what, int lengthBytes, long nowNanos) {
        advance(nowNanos);
        int sizeBytes = lengthBytes + OVERHEAD_BYTES;
        boolean overflows =
                conditions.bitsPerSecond != 0
                        && transmissionNanos(queuedBytes) > conditions.queue.toNanos();
        if (overflows || random.nextDouble() < conditions.lost) {
            dropped++;
            return;
        }
        queue.add(new Queued<>(what, sizeBytes, nowNanos));
        queuedBytes += sizeBytes;
        advance(nowNanos);
    }

    /** The next that arrives by now, or null. */
    @Nullable T poll(long nowNanos) {
        advance(nowNanos);
        Flying<T> first = flying.peek();
        if (first == null || first.dueNanos > nowNanos) {
            return null;
        }
        flying.remove();
        return first.what;
    }

    /** When to poll next, or {@link #NEVER}. */
    long nextNanos() {
        Flying<T> first = flying.peek();
        long arrives = first == null ? NEVER : first.dueNanos;
        Queued<T> head = queue.peek();
        return head == null ? arrives : Math.min(arrives, leavesNanos(head));
    }

    private long leavesNanos(Queued<T> head) {
        return Math.max(freeNanos, head.atNanos) + transmissionNanos(head.sizeBytes);
    }

    private long transmissionNanos(long sizeBytes) {
        long rate = conditions.bitsPerSecond;
        return rate == 0 ? 0 : (long) (8 * sizeBytes * NANOS_PER_SECOND / rate);
    }

    private void advance(long nowNanos) {
        while (!queue.isEmpty() && leavesNanos(queue.peek()) <= nowNanos) {
            Queued<T> head = queue.remove();
            queuedBytes -= head.sizeBytes;
            freeNanos = leavesNanos(head);
            flying.add(new Flying<>(head.what, dueNanos(freeNanos), order++));
        }
    }

    private long dueNanos(long leftNanos) {
        double jitter = conditions.jitter.toNanos() * random.nextDouble();
        long dueNanos = leftNanos + conditions.delay.toNanos() + (long) jitter;
        if (random.nextDouble() < conditions.reordered) {
            return dueNanos + LATE_NANOS;
        }
        lastDueNanos = Math.max(lastDueNanos, dueNanos);
        return lastDueNanos;
    }
}
