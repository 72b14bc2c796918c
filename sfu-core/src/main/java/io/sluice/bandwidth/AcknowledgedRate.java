package io.sluice.bandwidth;

/**
 * How much arrived lately, and how fast the same packets had left.
 *
 * <p>The longest pause between two arrivals counts as the second longest: one pause, as in an outage, says
 * nothing of the rate. Owned by the viewer's loop.
 */
final class AcknowledgedRate {
    /** Long enough for several frames, short enough to see a fall. */
    private static final int WINDOW_MICROS = 400_000;

    /** Fewer tell nothing, so that the window becomes longer. */
    private static final int PACKETS_MIN = 12;

    private static final int WINDOW_MAX_MICROS = 3_000_000;
    private static final int CAPACITY_MIN = 64;

    /** With more in the window, the window is shorter. */
    private static final int CAPACITY_MAX = 1_024;

    private static final double BITS_MICROS = 8e6;
    private static final int MICROS_MIN = 1_000;
    private static final int NANOS_PER_MICRO = 1_000;

    /** Bytes of a burst, and of what is skipped before it: the low bits of its facts. */
    private static final int BYTES_MASK = 0xff_ffff;

    private static final int SKIPPED_MAX = BYTES_MASK >> 1;
    private static final int PACKET = BYTES_MASK + 1;
    private static final int PACKETS_SHIFT = 24;
    private static final int PACKETS_MASK = 0x3f;

    /** Of the facts: bytes of packets are in it that were never reported, so that the pause before is none. */
    private static final int BRIDGED = 1 << 30;

    /**
     * Of each burst, which left and arrived in one microsecond each, when it left in the upper half and when it arrived
     * in the lower one; both wrap. Bursts and not packets, and little of each, for with hundreds of viewers
     * each line of the cache has to be fetched.
     */
    private long[] times = new long[CAPACITY_MIN];

    /** Of each its bytes, packets, and whether it is bridged. */
    private int[] facts = new int[CAPACITY_MIN];

    /** Bursts are first to last - 1, by arrival; their places are the low bits. */
    private int first;

    private int last;
    private int packets;
    private long acknowledged;
    private long sent;

    void reset() {
        first = 0;
        last = 0;
        packets = 0;
        acknowledged = 0;
        sent = 0;
    }

    /**
     * Takes a packet that arrived.
     *
     * @param skippedBytes of packets before it, whose report was lost
     */
    void onPacket(long sentNanos, long arrivalNanos, int sizeBytes, int skippedBytes) {
        int arrival = (int) Math.floorDiv(arrivalNanos, NANOS_PER_MICRO);
        long time =
                Math.floorDiv(sentNanos, NANOS_PER_MICRO) << Integer.SIZE
                        | Integer.toUnsignedLong(arrival);
        packets++;
        if (skippedBytes == 0 && joinsLast(time)) {
            facts[place(last - 1)] += PACKET + sizeBytes;
            return;
        }
        makeRoom();
        int at = last++;
        while (at > first && arrival(at - 1) - arrival > 0) {
            times[place(at)] = times[place(at - 1)];
            facts[place(at)] = facts[place(at - 1)];
            at--;
        }
        times[place(at)] = time;
        facts[place(at)] = PACKET | sizeBytes + Math.min(skippedBytes, SKIPPED_MAX);
        if (skippedBytes > 0) {
            facts[place(at)] |= BRIDGED;
        }
        if (arrival(last - 1) - arrival > WINDOW_MAX_MICROS) {
            // The viewer's clock jumped.
            reset();
        }
    }

    private boolean joinsLast(long time) {
        return last > first && times[place(last - 1)] == time && packets(last - 1) < PACKETS_MASK;
    }

    private void makeRoom() {
        if (last - first < times.length) {
            return;
        }
        if (times.length < CAPACITY_MAX) {
            grow();
        } else {
            dropFirst();
        }
    }

    private void dropFirst() {
        packets -= packets(first);
        first++;
    }

    private int place(int index) {
        return index & (times.length - 1);
    }

    private int arrival(int index) {
        return (int) times[place(index)];
    }

    private int left(int index) {
        return (int) (times[place(index)] >>> Integer.SIZE);
    }

    private int bytes(int index) {
        return facts[place(index)] & BYTES_MASK;
    }

    private int packets(int index) {
        return facts[place(index)] >> PACKETS_SHIFT & PACKETS_MASK;
    }

    private void grow() {
        int held = last - first;
        long[] timesGrown = new long[2 * held];
        int[] factsGrown = new int[2 * held];
        for (int i = 0; i < held; i++) {
            timesGrown[i] = times[place(first + i)];
            factsGrown[i] = facts[place(first + i)];
        }
        times = timesGrown;
        facts = factsGrown;
        first = 0;
        last = held;
    }

    /** Measures again, after the packets of a message. */
    void measure() {
        if (last == first) {
            return;
        }
        int newest = arrival(last - 1);
        while (last - first > 1 && isOld(first, newest)) {
            dropFirst();
        }
        if (packets < PACKETS_MIN) {
            acknowledged = 0;
            sent = 0;
            return;
        }
        int origin = left(first);
        int firstLeft = 0;
        int lastLeft = 0;
        int lastLeftBytes = bytes(first);
        long bytes = lastLeftBytes;
        int longest = 0;
        int second = 0;
        boolean bridged = false;
        int before = arrival(first);
        for (int i = first + 1; i < last; i++) {
            int size = bytes(i);
            bytes += size;
            bridged |= (facts[place(i)] & BRIDGED) != 0;
            int left = left(i) - origin;
            firstLeft = Math.min(firstLeft, left);
            if (left > lastLeft) {
                lastLeft = left;
                lastLeftBytes = size;
            }
            int arrival = arrival(i);
            int gap = arrival - before;
            before = arrival;
            if (gap > longest) {
                second = longest;
                longest = gap;
            } else {
                second = Math.max(second, gap);
            }
        }
        int pause = bridged ? 0 : longest - second;
        acknowledged = rate(bytes - bytes(first), newest - arrival(first) - pause);
        sent = rate(bytes - lastLeftBytes, lastLeft - firstLeft);
    }

    /** By either clock: that of the viewer may be said to stand still. */
    private boolean isOld(int index, int newest) {
        return newest - arrival(index) > windowMicros()
                || left(last - 1) - left(index) > WINDOW_MAX_MICROS;
    }

    private int windowMicros() {
        return packets - packets(first) >= PACKETS_MIN ? WINDOW_MICROS : WINDOW_MAX_MICROS;
    }

    private static long rate(long bytes, int micros) {
        return (long) (bytes * BITS_MICROS / Math.max(micros, MICROS_MIN));
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
