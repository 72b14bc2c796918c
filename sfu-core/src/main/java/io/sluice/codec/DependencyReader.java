package io.sluice.codec;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Reads the dependency descriptors of one encoding ("RTP Payload Format For AV1" 1.0, appendix A): a
 * header extension that says what a frame is there for, so that its payload need not be looked into.
 *
 * <pre>
 * |S|E| template  |         frame number          |  start and end of frame
 * |T|A|D|F|C| structure, active targets, dtis, fdiffs, chains: each if its flag is set
 * </pre>
 *
 * <p>Owned by one loop. It keeps the last two structures: what comes late was described by the one
 * before.
 */
public final class DependencyReader {
    private static final int MANDATORY_BYTES = 3;
    private static final int ROUND = 1 << 16;

    /**
     * A keyframe further back than this is not late: its encoder has begun to count anew. Ten seconds of
     * frames, later than anything is sent again.
     */
    private static final int LATE_FRAMES_MAX = 600;

    private final BitReader bits = new BitReader();
    private final StructureParser parser = new StructureParser();
    private @Nullable DependencyStructure structure;
    private @Nullable DependencyStructure structureBefore;

    /** With which frame {@link #structure} came. */
    private long structureNumber;

    private long highest = -1;
    private int activeTargets;
    private boolean startOfFrame;
    private boolean endOfFrame;
    private int template;
    private boolean hasStructure;
    private boolean hasMask;
    private boolean customIndications;
    private boolean customDiffs;
    private boolean customChains;

    /**
     * Reads the descriptor of a packet whose payload was read into {@code info}, and says there what it
     * knows better. A descriptor that is malformed, or whose structure has not come, leaves no {@link
     * PayloadInfo#structure}.
     */
    public void read(MemorySegment memory, long offset, int bytes, PayloadInfo info) {
        info.structure = null;
        if (bytes < MANDATORY_BYTES) {
            return;
        }
        bits.begin(memory, offset, bytes);
        startOfFrame = bits.flag();
        endOfFrame = bits.flag();
        template = (int) bits.read(6);
        int number = (int) bits.read(16);
        hasStructure = bytes > MANDATORY_BYTES && bits.flag();
        hasMask = bytes > MANDATORY_BYTES && bits.flag();
        customIndications = bytes > MANDATORY_BYTES && bits.flag();
        customDiffs = bytes > MANDATORY_BYTES && bits.flag();
        customChains = bytes > MANDATORY_BYTES && bits.flag();
        if (hasStructure && !(startOfFrame && parser.parse(bits))) {
            return;
        }
        long frame = unwrapped(number);
        DependencyStructure described = hasStructure ? parsed(frame) : structureOf(frame);
        if (described == null || !readFrame(described, info)) {
            return;
        }
        highest = Math.max(highest, frame);
        if (hasStructure && frame >= structureNumber) {
            take(described, frame);
        }
        if (hasMask && frame >= structureNumber) {
            activeTargets = info.announcedTargets;
        }
        info.activeTargets = frame >= structureNumber ? activeTargets : info.announcedTargets;
        info.frameNumber = frame;
        info.structure = described;
        tell(described, info);
    }

    private long unwrapped(int number) {
        if (highest < 0) {
            return (long) ROUND + number;
        }
        long nearest = highest + (short) (number - (int) highest);
        boolean countsAnew = hasStructure && nearest < highest - LATE_FRAMES_MAX;
        return countsAnew ? nearest + ROUND : nearest;
    }

    /** The structure that was parsed, or the one that is known where it is the same. */
    private DependencyStructure parsed(long frame) {
        DependencyStructure known = structureOf(frame);
        return known != null && known.is(parser) ? known : new DependencyStructure(parser);
    }

    private @Nullable DependencyStructure structureOf(long frame) {
        return frame < structureNumber ? structureBefore : structure;
    }

    private void take(DependencyStructure described, long frame) {
        if (described != structure) {
            structureBefore = structure;
            structure = described;
            structureNumber = frame;
        }
        activeTargets = DependencyStructure.mask(described.targets());
    }

    private boolean readFrame(DependencyStructure described, PayloadInfo info) {
        int index = described.template(template);
        if (index < 0) {
            return false;
        }
        template = index;
        info.maskAtBits = bits.position();
        int all = DependencyStructure.mask(described.targets());
        info.announcedTargets = hasMask ? (int) bits.read(described.targets()) : all;
        info.indications =
                customIndications
                        ? StructureParser.indications(bits, described.targets())
                        : described.indications(index);
        if (!readDiffs(described, info)) {
            return false;
        }
        if (customChains) {
            for (int chain = 0; chain < described.chains(); chain++) {
                bits.read(8);
            }
        }
        info.descriptorBits = bits.position();
        return !bits.overrun();
    }

    private boolean readDiffs(DependencyStructure described, PayloadInfo info) {
        info.diffCount = 0;
        if (!customDiffs) {
            info.diffCount = described.diffCount(template);
            for (int i = 0; i < info.diffCount; i++) {
                info.diffs[i] = described.diff(template, i);
            }
            return true;
        }
        int size = (int) bits.read(2);
        while (size != 0) {
            if (info.diffCount == DependencyStructure.DIFFS_MAX) {
                return false;
            }
            info.diffs[info.diffCount++] = (int) bits.read(4 * size) + 1;
            size = (int) bits.read(2);
        }
        return true;
    }

    private void tell(DependencyStructure described, PayloadInfo info) {
        info.valid = true;
        info.frameStart = startOfFrame;
        info.frameEnd = endOfFrame;
        info.spatialLayer = described.spatialLayer(template);
        info.temporalLayer = described.temporalLayer(template);
        info.independent = info.diffCount == 0;
        info.keyframe = hasStructure && info.independent && info.spatialLayer == 0;
        // Parameter sets are of the frame, and the frame begins with this packet.
        info.needsParameterSets = false;
        if (hasStructure && described.height() != 0) {
            info.width = described.width();
            info.height = described.height();
        }
    }
}
