package io.sluice.bench;

import java.util.random.RandomGenerator;

/**
 * The packets of a frame as libwebrtc cuts and sends them: k of n bytes and then the rest of n + 1, at
 * once, so that the uplink spaces them; one after the other as they come out of it.
 *
 * <p>Owned by one thread. Measured in Chromium at 720p, VP8, 2.5 Mbit/s: 9 to 10 packets a frame, and
 * on one frame in six an extension of 16 bytes on the last packet, whose payload is then so much shorter.
 */
final class EncodedFrame {
    private static final int BYTES = 10_400;
    private static final double DEVIATION = 0.08;
    private static final int MAX_PAYLOAD_BYTES = 1_150;
    private static final int OVERHEAD_BYTES = 28 + 24 + 16;
    private static final double TIMED_SHARE = 0.16;
    private static final int TIMING_BYTES = 16;
    private static final double INTERVAL_NANOS = 1e9 / 30;

    /** What the sender's own calls take, each packet: no uplink is faster. */
    private static final double SEND_NANOS = 45_000;

    private static final double NANOS_PER_BYTE_AT_1_MBIT = 8_000;

    private final RandomGenerator random;
    private final int megabitsPerSecond;
    private double beganNanos;
    private int packets;
    private int shorter;
    private int longerPackets;
    private boolean timed;

    EncodedFrame(RandomGenerator random, int megabitsPerSecond) {
        this.random = random;
        this.megabitsPerSecond = megabitsPerSecond;
        beganNanos = System.nanoTime();
    }

    void next() {
        beganNanos += INTERVAL_NANOS;
        int bytes = (int) (BYTES * (1 + DEVIATION * random.nextGaussian()));
        packets = (bytes + MAX_PAYLOAD_BYTES - 1) / MAX_PAYLOAD_BYTES;
        shorter = bytes / packets;
        longerPackets = bytes % packets;
        timed = random.nextDouble() < TIMED_SHARE;
    }

    int packets() {
        return packets;
    }

    int payloadBytes(int i) {
        int bytes = i >= packets - longerPackets ? shorter + 1 : shorter;
        return timed && i == packets - 1 ? bytes - TIMING_BYTES : bytes;
    }

    long arrivalNanos(int i) {
        double wireNanos =
                (shorter + OVERHEAD_BYTES) * NANOS_PER_BYTE_AT_1_MBIT / megabitsPerSecond;
        return (long) (beganNanos + i * Math.max(SEND_NANOS, wireNanos));
    }
}
