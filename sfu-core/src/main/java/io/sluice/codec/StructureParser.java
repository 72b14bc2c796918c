package io.sluice.codec;

/**
 * Reads the template structure of a dependency descriptor ("RTP Payload Format For AV1" 1.0, appendix
 * A.8.3), into arrays that are used again for the next.
 *
 * <p>Owned by one loop.
 */
final class StructureParser {
    private static final int SAME_LAYER = 0;
    private static final int NEXT_TEMPORAL_LAYER = 1;
    private static final int NEXT_SPATIAL_LAYER = 2;
    private static final int SPATIAL_LAYER_MAX = 3;
    private static final int TEMPORAL_LAYER_MAX = 7;

    int idOffset;
    int templates;
    int targets;
    int chains;
    int width;
    int height;
    final byte[] spatialLayers = new byte[DependencyStructure.TEMPLATES_MAX];
    final byte[] temporalLayers = new byte[DependencyStructure.TEMPLATES_MAX];
    final long[] indications = new long[DependencyStructure.TEMPLATES_MAX];
    final byte[] diffCounts = new byte[DependencyStructure.TEMPLATES_MAX];
    final byte[] diffs =
            new byte[DependencyStructure.TEMPLATES_MAX * DependencyStructure.DIFFS_MAX];

    /** Reads a structure; false if it is one that cannot be. */
    boolean parse(BitReader bits) {
        idOffset = (int) bits.read(6);
        targets = (int) bits.read(5) + 1;
        if (!parseLayers(bits)) {
            return false;
        }
        for (int template = 0; template < templates; template++) {
            indications[template] = indications(bits, targets);
        }
        for (int template = 0; template < templates; template++) {
            if (!parseDiffs(bits, template)) {
                return false;
            }
        }
        skipChains(bits);
        parseResolutions(bits);
        return !bits.overrun();
    }

    private boolean parseLayers(BitReader bits) {
        int spatial = 0;
        int temporal = 0;
        templates = 0;
        while (templates < DependencyStructure.TEMPLATES_MAX) {
            spatialLayers[templates] = (byte) spatial;
            temporalLayers[templates] = (byte) temporal;
            templates++;
            switch ((int) bits.read(2)) {
                case SAME_LAYER -> {
                    // The next template is of the same layers.
                }
                case NEXT_TEMPORAL_LAYER -> temporal++;
                case NEXT_SPATIAL_LAYER -> {
                    temporal = 0;
                    spatial++;
                }
                default -> {
                    return true;
                }
            }
            if (spatial > SPATIAL_LAYER_MAX || temporal > TEMPORAL_LAYER_MAX) {
                return false;
            }
        }
        return false;
    }

    /** What a frame is to each decode target, two bits each, the first lowest. */
    static long indications(BitReader bits, int targets) {
        long all = 0;
        for (int target = 0; target < targets; target++) {
            all |= bits.read(2) << (2 * target);
        }
        return all;
    }

    private boolean parseDiffs(BitReader bits, int template) {
        int count = 0;
        while (bits.flag()) {
            if (count == DependencyStructure.DIFFS_MAX) {
                return false;
            }
            diffs[template * DependencyStructure.DIFFS_MAX + count] = (byte) (bits.read(4) + 1);
            count++;
        }
        diffCounts[template] = (byte) count;
        for (int i = count; i < DependencyStructure.DIFFS_MAX; i++) {
            diffs[template * DependencyStructure.DIFFS_MAX + i] = 0;
        }
        return true;
    }

    /** Chains tell a receiver of losses; what is not forwarded is told by decode targets. */
    private void skipChains(BitReader bits) {
        chains = bits.nonSymmetric(targets + 1);
        if (chains == 0) {
            return;
        }
        for (int target = 0; target < targets; target++) {
            bits.nonSymmetric(chains);
        }
        for (int i = 0; i < templates * chains; i++) {
            bits.read(4);
        }
    }

    private void parseResolutions(BitReader bits) {
        width = 0;
        height = 0;
        if (!bits.flag()) {
            return;
        }
        int spatialMax = spatialLayers[templates - 1];
        for (int spatial = 0; spatial <= spatialMax; spatial++) {
            width = (int) bits.read(16) + 1;
            height = (int) bits.read(16) + 1;
        }
    }
}
