package io.sluice.sctp;

import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/** Two associations, the path between them and the time: all a function of the seed. */
final class SimulatedPath {
    static final long SECOND = 1_000_000_000L;
    static final long MILLIS = 1_000_000L;

    private record Arrival(long atNanos, long order, boolean atLeft, byte[] packet)
            implements Comparable<Arrival> {
        @Override
        public int compareTo(Arrival other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    final Random random;
    Side left;
    Side right;
    double loss;
    double duplication;
    long delayNanos = 10 * MILLIS;
    long jitterNanos;

    /** 0: as much as one likes. */
    long bitsPerSecond;

    long queueBytes = 500_000;

    /** Sees the first type of chunk of each packet; false loses it. */
    IntPredicate filter = _ -> true;

    long now = 5 * SECOND;
    long packets;
    private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>();
    private final byte[] buffer = new byte[SctpAssociation.MAX_PACKET_BYTES + 7];
    private final long[] freeAtNanos = new long[2];
    private long order;

    SimulatedPath(long seed) {
        this(seed, SctpConfig.defaults());
    }

    SimulatedPath(long seed, SctpConfig config) {
        random = new Random(seed);
        left = new Side(config, true, random.nextLong());
        right = new Side(config, false, random.nextLong());
    }

    /** Both sides begin, and the path carries it. */
    SimulatedPath connected() {
        left.association.connect(now);
        run(() -> left.connected == 1 && right.connected == 1);
        return this;
    }

    /** The left side is another one, which knows nothing. */
    void replaceLeft(SctpConfig config) {
        left = new Side(config, true, random.nextLong());
    }

    /** Lets a minute pass, or less if it comes true. */
    void run(BooleanSupplier until) {
        if (!runFor(60 * SECOND, until)) {
            throw new AssertionError("not within a minute");
        }
    }

    /** Lets time pass until it comes true, or nothing is left to wait for. */
    boolean runFor(long nanos, BooleanSupplier until) {
        long end = now + nanos;
        flush();
        while (!until.getAsBoolean()) {
            long next =
                    Math.min(
                            left.association.nextTimeoutNanos(),
                            right.association.nextTimeoutNanos());
            Arrival first = arrivals.peek();
            next = Math.min(next, first == null ? Long.MAX_VALUE : first.atNanos);
            if (next > end) {
                now = end;
                return false;
            }
            now = Math.max(now, next);
            step();
            flush();
        }
        return true;
    }

    private void step() {
        Arrival first = arrivals.peek();
        if (first != null && first.atNanos <= now) {
            arrivals.poll();
            Side side = first.atLeft ? left : right;
            side.association.onPacket(first.packet, 0, first.packet.length, now);
        } else {
            left.association.onTimer(now);
            right.association.onTimer(now);
        }
    }

    void flush() {
        flush(left, false);
        flush(right, true);
    }

    private void flush(Side side, boolean toLeft) {
        for (int length = side.association.poll(buffer, 7, true, now);
                length > 0;
                length = side.association.poll(buffer, 7, true, now)) {
            packets++;
            byte[] packet = Arrays.copyOfRange(buffer, 7, 7 + length);
            if (!filter.test(Wire.u8(packet, 12)) || random.nextDouble() < loss) {
                continue;
            }
            send(packet, toLeft);
            if (random.nextDouble() < duplication) {
                send(packet, toLeft);
            }
        }
    }

    void send(byte[] packet, boolean toLeft) {
        long atNanos = now;
        if (bitsPerSecond > 0) {
            int way = toLeft ? 1 : 0;
            long begins = Math.max(now, freeAtNanos[way]);
            if ((begins - now) * bitsPerSecond / (8 * SECOND) > queueBytes) {
                return;
            }
            // With UDP, IP and DTLS around it.
            atNanos = begins + (packet.length + 65) * 8L * SECOND / bitsPerSecond;
            freeAtNanos[way] = atNanos;
        }
        long jitter = jitterNanos == 0 ? 0 : random.nextLong(jitterNanos);
        arrivals.add(new Arrival(atNanos + delayNanos + jitter, order++, toLeft, packet));
    }
}
