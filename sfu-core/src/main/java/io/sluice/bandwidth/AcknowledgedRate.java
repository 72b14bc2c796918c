package io.sluice.bandwidth;

/**
 * How much arrived lately, and how fast the same packets had left.
 *
 * <p>The longest pause between two arrivals counts as the second longest: one pause, as in an outage, says
 * nothing of the rate. Owned by the viewer's loop.
 */
final class AcknowledgedRate {
    /** Long enough for several frames, short enough to see a fall. */
    private static final long WINDOW_NANOS = 400_000_000;

    /** Fewer tell nothing, so that the window becomes longer. */
    private static final int PACKETS_MIN = 12;

    private static final long WINDOW_MAX_NANOS = 3_000_000_000L;
    private static final int CAPACITY_MIN = 64;

    /** With more packets in the window, the window is shorter. */
    private static final int CAPACITY_MAX = 1_024;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final int BITS = 8;

    /** Of a size: bytes of packets are in it that were never reported, so that the pause before is none. */
    private static final int BRIDGED = 1 << 30;

    private long[] sentNanos = new long[CAPACITY_MIN];
    private long[] arrivalNanos = new long[CAPACITY_MIN];
    private int[] sizes = new int[CAPACITY_MIN];

    /** Entries are first to last - 1, by arrival; their places are the low bits. */
    private int first;

    private int last;
    private long acknowledged;
    private long sent;

    void reset() {
        first = 0;
        last = 0;
        acknowledged = 0;
        sent = 0;
    }

    /**
     * Takes a packet that arrived.
     *
     * @param skippedBytes of packets before it, whose report was lost
     */
    void onPacket(long sent, long arrival, int sizeBytes, int skippedBytes) {
        if (last - first == sizes.length) {
            if (sizes.length < CAPACITY_MAX) {
                grow();
            } else {
                first++;
            }
        }
        int at = last++;
        while (at > first && arrivalNanos[place(at - 1)] > arrival) {
            copy(at - 1, at);
            at--;
        }
        sentNanos[place(at)] = sent;
        arrivalNanos[place(at)] = arrival;
        sizes[place(at)] = sizeBytes + Math.min(skippedBytes, BRIDGED - sizeBytes - 1);
        if (skippedBytes > 0) {
            sizes[place(at)] |= BRIDGED;
        }
        if (arrivalNanos[place(last - 1)] - arrival > WINDOW_MAX_NANOS) {
            // The viewer's clock jumped.
            reset();
        }
    }

    private int place(int index) {
        return index & (sizes.length - 1);
    }

    private void copy(int from, int to) {
        sentNanos[place(to)] = sentNanos[place(from)];
        arrivalNanos[place(to)] = arrivalNanos[place(from)];
        sizes[place(to)] = sizes[place(from)];
    }

    private void grow() {
        int held = last - first;
        long[] sentGrown = new long[2 * held];
        long[] arrivalGrown = new long[2 * held];
        int[] sizesGrown = new int[2 * held];
        for (int i = 0; i < held; i++) {
            sentGrown[i] = sentNanos[place(first + i)];
            arrivalGrown[i] = arrivalNanos[place(first + i)];
            sizesGrown[i] = sizes[place(first + i)];
        }
        sentNanos = sentGrown;
        arrivalNanos = arrivalGrown;
        sizes = sizesGrown;
        first = 0;
        last = held;
    }

    /** Measures again, after the packets of a message. */
    void measure() {
        if (last == first) {
            return;
        }
        long newest = arrivalNanos[place(last - 1)];
        while (last - first > 1 && newest - arrivalNanos[place(first)] > windowNanos()) {
            first++;
        }
        if (last - first < PACKETS_MIN) {
            acknowledged = 0;
            sent = 0;
            return;
        }
        long firstSent = Long.MAX_VALUE;
        long lastSent = Long.MIN_VALUE;
        int lastSentBytes = 0;
        long bytes = 0;
        long longest = 0;
        long second = 0;
        boolean bridged = false;
        for (int i = first; i < last; i++) {
            int place = place(i);
            int size = sizes[place] & (BRIDGED - 1);
            bytes += size;
            bridged |= i > first && (sizes[place] & BRIDGED) != 0;
            firstSent = Math.min(firstSent, sentNanos[place]);
            if (sentNanos[place] > lastSent) {
                lastSent = sentNanos[place];
                lastSentBytes = size;
            }
            long gap = i == first ? 0 : arrivalNanos[place] - arrivalNanos[place(i - 1)];
            if (gap > longest) {
                second = longest;
                longest = gap;
            } else {
                second = Math.max(second, gap);
            }
        }
        long pause = bridged ? 0 : longest - second;
        long lasted = newest - arrivalNanos[place(first)] - pause;
        acknowledged = rate(bytes - (sizes[place(first)] & (BRIDGED - 1)), lasted);
        sent = rate(bytes - lastSentBytes, lastSent - firstSent);
    }

    private long windowNanos() {
        return last - first > PACKETS_MIN ? WINDOW_NANOS : WINDOW_MAX_NANOS;
    }

    private static long rate(long bytes, long nanos) {
        return (long) (bytes * BITS * NANOS_PER_SECOND / Math.max(nanos, 1_000_000));
    }

    /** Bits per second that arrived, no more than left; 0 if not known. */
    long bitsPerSecond() {
        return Math.min(acknowledged, sent);
    }

    /** Bits per second at which the same packets left; 0 if not known. */
    long sentBitsPerSecond() {
        return sent;
    }
}
