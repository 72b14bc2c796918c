package io.sluice.receive;

import io.sluice.codec.PayloadInfo;
import io.sluice.rtp.RtpPacket;
import java.util.Arrays;

/**
 * Measures what comes of one encoding, by layer: bits and frames a second, the size of the picture.
 *
 * <p>Owned by the publisher's loop. Nothing is allocated for a packet.
 */
final class LayerMeter {
    static final int SPATIAL_MAX = LayersAllocation.SPATIAL_MAX;
    static final int TEMPORAL_MAX = LayersAllocation.TEMPORAL_MAX;

    /** Several pictures even of a slow stream's upper layers. */
    static final long INTERVAL_NANOS = 500_000_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final long[] bytes = new long[SPATIAL_MAX * TEMPORAL_MAX];
    private final long[] frames = new long[TEMPORAL_MAX];
    private final long[] bitrates = new long[SPATIAL_MAX * TEMPORAL_MAX];
    private final long[] frameRates = new long[TEMPORAL_MAX];
    private boolean begun;
    private boolean measured;
    private long beginNanos;
    private long lastNanos;
    private int width;
    private int height;
    private boolean resized;

    /** Takes notice of a packet, whether it is forwarded or not. */
    void onPacket(RtpPacket packet, PayloadInfo info, long nowNanos) {
        if (!begun) {
            begun = true;
            beginNanos = nowNanos;
        }
        lastNanos = nowNanos;
        int spatial = Math.min(info.spatialLayer(), SPATIAL_MAX - 1);
        int temporal = Math.min(info.temporalLayer(), TEMPORAL_MAX - 1);
        bytes[spatial * TEMPORAL_MAX + temporal] += packet.lengthBytes();
        if (info.frameStart() && spatial == 0) {
            frames[temporal]++;
        }
        if (info.height() != 0 && (info.height() != height || info.width() != width)) {
            width = info.width();
            height = info.height();
            resized = true;
        }
    }

    /** Whether anything ever came. */
    boolean begun() {
        return begun;
    }

    /** When a packet came last. */
    long lastNanos() {
        return lastNanos;
    }

    /** Whether the picture has another size since the last call. */
    boolean takeResized() {
        boolean taken = resized;
        resized = false;
        return taken;
    }

    /** Ends an interval if it is over; returns whether there are new numbers. */
    boolean measure(long nowNanos) {
        long elapsedNanos = nowNanos - beginNanos;
        if (!begun || elapsedNanos < INTERVAL_NANOS) {
            return false;
        }
        if (lastNanos < beginNanos) {
            // A pause says nothing of what there is when it goes on.
            beginNanos = nowNanos;
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            bitrates[i] = smooth(bitrates[i], 8 * bytes[i], elapsedNanos);
        }
        for (int i = 0; i < frames.length; i++) {
            frameRates[i] = smooth(frameRates[i], frames[i], elapsedNanos);
        }
        Arrays.fill(bytes, 0);
        Arrays.fill(frames, 0);
        beginNanos = nowNanos;
        measured = true;
        return true;
    }

    /** The first interval counts whole, later ones half: a keyframe is no change of rate. */
    private long smooth(long before, long count, long elapsedNanos) {
        long now = (count * NANOS_PER_SECOND + elapsedNanos / 2) / elapsedNanos;
        if (!measured || before == 0) {
            return now;
        }
        // A layer that is not sent any more is gone at once.
        return count == 0 ? 0 : (before + now) / 2;
    }

    /** The highest spatial layer that comes, or -1 if nothing does. */
    int highestSpatial() {
        return highest(TEMPORAL_MAX, SPATIAL_MAX, 1);
    }

    /** The highest temporal layer that comes, or -1 if nothing does. */
    int highestTemporal() {
        return highest(1, TEMPORAL_MAX, TEMPORAL_MAX);
    }

    private int highest(int step, int count, int otherStep) {
        int others = bitrates.length / count;
        for (int layer = count - 1; layer >= 0; layer--) {
            for (int other = 0; other < others; other++) {
                if (bitrates[layer * step + other * otherStep] > 0) {
                    return layer;
                }
            }
        }
        return -1;
    }

    /** Of all layers up to these. */
    long bitrateBps(int spatial, int temporal) {
        long sum = 0;
        for (int i = 0; i <= spatial; i++) {
            for (int j = 0; j <= temporal; j++) {
                sum += bitrates[i * TEMPORAL_MAX + j];
            }
        }
        return sum;
    }

    /** Of all temporal layers up to this one. */
    int framesPerSecond(int temporal) {
        long sum = 0;
        for (int i = 0; i <= temporal; i++) {
            sum += frameRates[i];
        }
        return (int) sum;
    }

    /** Of the highest spatial layer, in pixels; 0 while unknown. */
    int width() {
        return width;
    }

    /** Of the highest spatial layer, in pixels; 0 while unknown. */
    int height() {
        return height;
    }
}
