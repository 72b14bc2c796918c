package io.sluice.receive;

import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import java.util.Arrays;

/**
 * Decides which lost packets to ask for again, and when (RFC 4585 6.2.1).
 *
 * <p>A hole is asked for once packets {@link #REORDER_PACKETS} beyond it have come, or {@link
 * #REORDER_NANOS} after it was seen: neighbours that swap on the way are not asked for. Then again
 * after each round trip, {@link #TRIES_MAX} times. Packets older than the last keyframe are not worth
 * it. Where asking has failed for good only a keyframe mends the picture ({@link #takeKeyframeNeeded}).
 *
 * <p>Owned by the publisher's loop; allocates only when more is missing than ever before. Sequence
 * numbers are extended ones.
 */
public final class NackGenerator {
    /** What {@link #nextTimeoutNanos} returns while nothing is missing. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Numbers asked for at the same time. */
    public static final int OUTSTANDING_MAX = 1000;

    /** Packets behind the newest: the sender has forgotten older ones. */
    public static final int AGE_MAX_PACKETS = 10_000;

    /** Requests for one packet. */
    public static final int TRIES_MAX = 10;

    public static final int REORDER_PACKETS = 3;
    public static final long REORDER_NANOS = 5_000_000L;

    /** Before the first measurement. */
    static final long DEFAULT_ROUND_TRIP_NANOS = 100_000_000L;

    /** On a fast path the answer still waits for the sender's pacer. */
    public static final long RETRY_MIN_NANOS = 20_000_000L;

    /** A wrong measurement must not end asking. */
    public static final long RETRY_MAX_NANOS = 1_000_000_000L;

    /** A streak of losses on a common path. */
    private static final int SMALLEST_CAPACITY = 16;

    private final MediaCounters counters;

    /** The missing packets, ascending; the three arrays belong together, and grow when they must. */
    private long[] missing = {};

    private long[] dueNanos = {};
    private byte[] tries = {};
    private int size;

    private long highest = -1;
    private long nextNanos = NEVER;

    /** How many at the end of the arrays wait to see whether they are only late. */
    private int waiting;

    private boolean keyframeNeeded;

    public NackGenerator(MediaCounters counters) {
        this.counters = counters;
    }

    /** Takes notice of a packet that came, in whatever way, in whatever order. */
    public void onPacket(long sequence, long nowNanos) {
        if (highest < 0) {
            highest = sequence;
            return;
        }
        if (sequence <= highest) {
            if (size > 0) {
                onLate(sequence);
            }
            return;
        }
        long gap = sequence - highest - 1;
        long first = highest + 1;
        highest = sequence;
        if (gap > 0) {
            miss(first, gap, nowNanos);
        }
        if (size > 0) {
            dropBefore(highest - AGE_MAX_PACKETS, true);
            stopWaiting(nowNanos);
        }
    }

    private void onLate(long sequence) {
        int index = indexOf(sequence);
        if (index == size || missing[index] != sequence) {
            return;
        }
        int behind = size - index - 1;
        System.arraycopy(missing, index + 1, missing, index, behind);
        System.arraycopy(dueNanos, index + 1, dueNanos, index, behind);
        System.arraycopy(tries, index + 1, tries, index, behind);
        size--;
        waiting -= behind < waiting ? 1 : 0;
        counters.count(MediaCount.MISSING_PACKETS_FOUND);
        if (size == 0) {
            nextNanos = NEVER;
        }
    }

    private void miss(long first, long gap, long nowNanos) {
        if (gap > OUTSTANDING_MAX) {
            giveUpAll();
            giveUp(gap);
            return;
        }
        if (size + gap > OUTSTANDING_MAX) {
            giveUpAll();
        }
        makeRoom(size + (int) gap);
        for (long sequence = first; sequence < first + gap; sequence++) {
            missing[size] = sequence;
            dueNanos[size] = nowNanos + REORDER_NANOS;
            tries[size] = 0;
            size++;
            waiting++;
        }
        nextNanos = Math.min(nextNanos, nowNanos + REORDER_NANOS);
    }

    private void makeRoom(int packets) {
        if (packets > missing.length) {
            int capacity =
                    Math.min(
                            OUTSTANDING_MAX,
                            Math.max(SMALLEST_CAPACITY, Integer.highestOneBit(packets) * 2));
            missing = Arrays.copyOf(missing, capacity);
            dueNanos = Arrays.copyOf(dueNanos, capacity);
            tries = Arrays.copyOf(tries, capacity);
        }
    }

    private void giveUpAll() {
        giveUp(size);
        size = 0;
        waiting = 0;
        nextNanos = NEVER;
        keyframeNeeded = true;
    }

    /** Packets far enough beyond a hole show that it is no swap. */
    private void stopWaiting(long nowNanos) {
        while (waiting > 0 && missing[size - waiting] <= highest - REORDER_PACKETS) {
            dueNanos[size - waiting] = nowNanos;
            waiting--;
            nextNanos = Math.min(nextNanos, nowNanos);
        }
    }

    /**
     * A keyframe begins at {@code sequence}: what is missing before it is not needed any more, nor is
     * another keyframe.
     */
    public void onKeyframe(long sequence) {
        dropBefore(sequence, false);
        keyframeNeeded = false;
    }

    private void dropBefore(long sequence, boolean needed) {
        int dropped = 0;
        while (dropped < size && missing[dropped] < sequence) {
            dropped++;
        }
        if (dropped == 0) {
            return;
        }
        size -= dropped;
        System.arraycopy(missing, dropped, missing, 0, size);
        System.arraycopy(dueNanos, dropped, dueNanos, 0, size);
        System.arraycopy(tries, dropped, tries, 0, size);
        waiting = Math.min(waiting, size);
        giveUp(dropped);
        keyframeNeeded |= needed;
        if (size == 0) {
            nextNanos = NEVER;
        }
    }

    /**
     * Returns what to ask for now.
     *
     * @param roundTripNanos to the publisher; not positive if it is not known
     * @param out receives the extended numbers, ascending
     * @param max how many can be asked for now; what does not fit is due at the next call
     * @return how many there are in {@code out}
     */
    public int poll(long nowNanos, long roundTripNanos, long[] out, int max) {
        if (size == 0 || nowNanos < nextNanos) {
            return 0;
        }
        long retryNanos =
                roundTripNanos > 0
                        ? Math.clamp(roundTripNanos, RETRY_MIN_NANOS, RETRY_MAX_NANOS)
                        : DEFAULT_ROUND_TRIP_NANOS;
        int asked = 0;
        int kept = 0;
        int waitingFrom = size - waiting;
        int stillWaiting = 0;
        nextNanos = NEVER;
        for (int i = 0; i < size; i++) {
            boolean due = nowNanos >= dueNanos[i];
            if (due && tries[i] == TRIES_MAX) {
                giveUp(1);
                keyframeNeeded = true;
                continue;
            }
            long dueNext = dueNanos[i];
            int triesNext = tries[i];
            if (due && asked < max) {
                out[asked++] = missing[i];
                triesNext++;
                dueNext = nowNanos + retryNanos;
            }
            stillWaiting += i >= waitingFrom && triesNext == 0 ? 1 : 0;
            missing[kept] = missing[i];
            dueNanos[kept] = dueNext;
            tries[kept] = (byte) triesNext;
            nextNanos = Math.min(nextNanos, dueNext);
            kept++;
        }
        size = kept;
        waiting = stillWaiting;
        counters.add(MediaCount.PACKETS_ASKED_OF_PUBLISHERS, asked);
        return asked;
    }

    /** When to call {@link #poll} next, or {@link #NEVER}. A time in the past means at once. */
    public long nextTimeoutNanos() {
        return nextNanos;
    }

    /** Whether something was given up since the last call, so that only a keyframe helps. */
    public boolean takeKeyframeNeeded() {
        boolean needed = keyframeNeeded;
        keyframeNeeded = false;
        return needed;
    }

    /** Whether packets are missing, are not only late, and are still hoped for. */
    public boolean isRepairing() {
        return size > waiting;
    }

    /** How many packets are missing and still hoped for. */
    int outstanding() {
        return size;
    }

    private void giveUp(long packets) {
        counters.add(MediaCount.MISSING_PACKETS_GIVEN_UP, packets);
    }

    /** The index of the first missing number that is not below {@code sequence}. */
    private int indexOf(long sequence) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (missing[middle] < sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
