package io.sluice.codec;

import java.util.Arrays;

/**
 * What frames of an encoding are there for: the template structure that a keyframe brings with its
 * dependency descriptor ("RTP Payload Format For AV1" 1.0, appendix A.8.3). A decode target is a set of
 * frames that can be decoded without the others.
 *
 * <p>Immutable. There is a new one only when the publisher's changes.
 */
public final class DependencyStructure {
    /** A decode target's layers are written with so many bits of a mask. */
    public static final int TARGETS_MAX = 32;

    /** What {@link #target} returns where no decode target fits. */
    public static final int NO_TARGET = -1;

    /** A frame that is no part of a decode target. */
    public static final int NOT_PRESENT = 0;

    /** A frame with which a viewer can go over to a decode target, if it can be decoded itself. */
    public static final int SWITCH = 2;

    static final int TEMPLATES_MAX = 64;

    /** More references than any encoder keeps pictures for. */
    static final int DIFFS_MAX = 8;

    private final int idOffset;
    private final int templates;
    private final int targets;
    private final int chains;
    private final byte[] spatialLayers;
    private final byte[] temporalLayers;
    private final long[] indications;
    private final byte[] diffCounts;
    private final byte[] diffs;
    private final int width;
    private final int height;
    private final byte[] targetSpatial;
    private final byte[] targetTemporal;
    private final int[] parts;

    /** As {@code parsed} is now. */
    DependencyStructure(StructureParser parsed) {
        idOffset = parsed.idOffset;
        templates = parsed.templates;
        targets = parsed.targets;
        chains = parsed.chains;
        spatialLayers = Arrays.copyOf(parsed.spatialLayers, templates);
        temporalLayers = Arrays.copyOf(parsed.temporalLayers, templates);
        indications = Arrays.copyOf(parsed.indications, templates);
        diffCounts = Arrays.copyOf(parsed.diffCounts, templates);
        diffs = Arrays.copyOf(parsed.diffs, templates * DIFFS_MAX);
        width = parsed.width;
        height = parsed.height;
        targetSpatial = new byte[targets];
        targetTemporal = new byte[targets];
        parts = new int[targets];
        for (int target = 0; target < targets; target++) {
            readTarget(target);
        }
    }

    /** Appendix A.8.3.6: a decode target's layers are the highest of its frames. */
    private void readTarget(int target) {
        int holds = -1;
        for (int template = 0; template < templates; template++) {
            if (indication(indications[template], target) == NOT_PRESENT) {
                for (int other = 0; other < targets; other++) {
                    if (indication(indications[template], other) != NOT_PRESENT) {
                        holds &= ~(1 << other);
                    }
                }
            } else {
                targetSpatial[target] =
                        (byte) Math.max(targetSpatial[target], spatialLayers[template]);
                targetTemporal[target] =
                        (byte) Math.max(targetTemporal[target], temporalLayers[template]);
            }
        }
        parts[target] = holds;
    }

    /** Whether this is what was parsed. */
    boolean is(StructureParser parsed) {
        return idOffset == parsed.idOffset
                && templates == parsed.templates
                && targets == parsed.targets
                && chains == parsed.chains
                && width == parsed.width
                && height == parsed.height
                && Arrays.equals(spatialLayers, 0, templates, parsed.spatialLayers, 0, templates)
                && Arrays.equals(temporalLayers, 0, templates, parsed.temporalLayers, 0, templates)
                && Arrays.equals(indications, 0, templates, parsed.indications, 0, templates)
                && Arrays.equals(diffCounts, 0, templates, parsed.diffCounts, 0, templates)
                && Arrays.equals(diffs, 0, diffs.length, parsed.diffs, 0, diffs.length);
    }

    /** What a frame is to a decode target, of the indications of all of them. */
    public static int indication(long indications, int target) {
        return (int) (indications >>> (2 * target)) & 3;
    }

    /** Index of a template by the number in a descriptor, or -1. */
    int template(int id) {
        int index = id - idOffset & (TEMPLATES_MAX - 1);
        return index < templates ? index : -1;
    }

    int spatialLayer(int template) {
        return spatialLayers[template];
    }

    int temporalLayer(int template) {
        return temporalLayers[template];
    }

    long indications(int template) {
        return indications[template];
    }

    int diffCount(int template) {
        return diffCounts[template];
    }

    int diff(int template, int index) {
        return diffs[template * DIFFS_MAX + index];
    }

    int chains() {
        return chains;
    }

    /** How many decode targets there are. */
    public int targets() {
        return targets;
    }

    /** The highest spatial layer of a decode target. */
    public int spatialLayerOf(int target) {
        return targetSpatial[target];
    }

    /** The highest temporal layer of a decode target. */
    public int temporalLayerOf(int target) {
        return targetTemporal[target];
    }

    /** Whether all frames of one decode target are frames of another one too. */
    public boolean isPart(int target, int ofTarget) {
        return (parts[ofTarget] >>> target & 1) != 0;
    }

    /** The decode targets that can be decoded of the frames of one, as a mask by index. */
    public int parts(int ofTarget) {
        return parts[ofTarget] & mask(targets);
    }

    static int mask(int targets) {
        return targets == TARGETS_MAX ? -1 : (1 << targets) - 1;
    }

    /**
     * The highest decode target within layers: the highest spatial layer first.
     *
     * @param active mask of those to choose from
     * @return its index, or {@link #NO_TARGET}
     */
    public int target(int spatialMax, int temporalMax, int active) {
        int best = NO_TARGET;
        for (int target = 0; target < targets; target++) {
            if ((active >>> target & 1) != 0
                    && targetSpatial[target] <= spatialMax
                    && targetTemporal[target] <= temporalMax
                    && (best == NO_TARGET || isHigher(target, best))) {
                best = target;
            }
        }
        return best;
    }

    /** Whether a decode target has a higher spatial layer, or as high a one and a higher temporal one. */
    public boolean isHigher(int target, int than) {
        if (targetSpatial[target] != targetSpatial[than]) {
            return targetSpatial[target] > targetSpatial[than];
        }
        return targetTemporal[target] > targetTemporal[than];
    }

    /** Of the highest spatial layer in pixels, or 0 where it is not said. */
    public int width() {
        return width;
    }

    /** Of the highest spatial layer in pixels, or 0 where it is not said. */
    public int height() {
        return height;
    }

    /** Highest spatial layer of all, plus one. */
    public int spatialLayers() {
        return highest(targetSpatial) + 1;
    }

    /** Highest temporal layer of all, plus one. */
    public int temporalLayers() {
        return highest(targetTemporal) + 1;
    }

    private static int highest(byte[] layers) {
        int highest = 0;
        for (byte layer : layers) {
            highest = Math.max(highest, layer);
        }
        return highest;
    }
}
