package io.sluice.codec;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link PayloadFormat} found in one payload, and a {@link DependencyReader} in the descriptor
 * beside it; overwritten by each {@link PayloadFormat#read}.
 *
 * <p>Owned by one loop. Everything but {@link #valid} is meaningless where the payload is not valid.
 */
public final class PayloadInfo {
    /** A field that the payload does not carry. */
    public static final int ABSENT = -1;

    boolean valid;
    boolean keyframe;
    boolean needsParameterSets;
    boolean frameStart;
    boolean frameEnd;
    boolean independent;
    boolean switchingUp;
    boolean switchingUpAfter;
    int temporalLayer;
    int spatialLayer;
    int descriptorBytes;
    int pictureId;
    int pictureIdBits;
    int tl0PicIdx;
    int keyIdx;
    int width;
    int height;

    // Of the dependency descriptor; the structure is null where there is none.
    @Nullable DependencyStructure structure;
    long frameNumber;
    long indications;
    int activeTargets;
    int announcedTargets;
    int maskAtBits;
    int descriptorBits;
    int diffCount;
    final int[] diffs = new int[DependencyStructure.DIFFS_MAX];

    /** Forgets the payload before; formats then set what they find. */
    void clear() {
        valid = false;
        keyframe = false;
        needsParameterSets = false;
        frameStart = false;
        frameEnd = false;
        independent = false;
        switchingUp = false;
        switchingUpAfter = false;
        temporalLayer = 0;
        spatialLayer = 0;
        descriptorBytes = 0;
        pictureId = ABSENT;
        pictureIdBits = 0;
        tl0PicIdx = ABSENT;
        keyIdx = ABSENT;
        width = 0;
        height = 0;
        structure = null;
    }

    /** Becomes the same as another. */
    public void copy(PayloadInfo other) {
        valid = other.valid;
        keyframe = other.keyframe;
        needsParameterSets = other.needsParameterSets;
        frameStart = other.frameStart;
        frameEnd = other.frameEnd;
        independent = other.independent;
        switchingUp = other.switchingUp;
        switchingUpAfter = other.switchingUpAfter;
        temporalLayer = other.temporalLayer;
        spatialLayer = other.spatialLayer;
        descriptorBytes = other.descriptorBytes;
        pictureId = other.pictureId;
        pictureIdBits = other.pictureIdBits;
        tl0PicIdx = other.tl0PicIdx;
        keyIdx = other.keyIdx;
        width = other.width;
        height = other.height;
        structure = other.structure;
        if (structure == null) {
            return;
        }
        frameNumber = other.frameNumber;
        indications = other.indications;
        activeTargets = other.activeTargets;
        announcedTargets = other.announcedTargets;
        maskAtBits = other.maskAtBits;
        descriptorBits = other.descriptorBits;
        diffCount = other.diffCount;
        System.arraycopy(other.diffs, 0, diffs, 0, diffCount);
    }

    /** Whether the payload holds what its descriptor announces. */
    public boolean valid() {
        return valid;
    }

    /**
     * Whether decoding can begin with this packet. Only the first packet of a keyframe says so; with
     * H.264 each of its parameter sets and the first packet of its picture do, all with one timestamp.
     */
    public boolean keyframe() {
        return keyframe;
    }

    /**
     * Whether what decoding needs may stand in packets just before this one, of the same timestamp:
     * with H.264 the picture of a keyframe whose packet has no parameter sets.
     */
    public boolean needsParameterSets() {
        return needsParameterSets;
    }

    /** Whether a frame begins here; with VP9 a frame of one spatial layer. */
    public boolean frameStart() {
        return frameStart;
    }

    /** Whether a frame ends here; with VP9 a frame of one spatial layer. */
    public boolean frameEnd() {
        return frameEnd;
    }

    /**
     * Whether nothing of earlier pictures is needed to decode this packet's frame. Without a descriptor
     * that says so, only the first packet of a frame may tell.
     */
    public boolean independent() {
        return independent;
    }

    /** Whether a viewer who has the layer below can go up to this packet's temporal layer here. */
    public boolean switchingUp() {
        return switchingUp;
    }

    /** Whether a viewer who has this packet's temporal layer can go up to any after its picture. */
    public boolean switchingUpAfter() {
        return switchingUpAfter;
    }

    /** 0 where there is one only, or where the payload does not say. */
    public int temporalLayer() {
        return temporalLayer;
    }

    /** 0 where there is one only, or where the payload does not say. */
    public int spatialLayer() {
        return spatialLayer;
    }

    /** The bytes before the codec's own. */
    public int descriptorBytes() {
        return descriptorBytes;
    }

    /** 7 or 15 bits (VP8, VP9), or {@link #ABSENT}. */
    public int pictureId() {
        return pictureId;
    }

    /** How many bits {@link #pictureId} has: 7 or 15. */
    public int pictureIdBits() {
        return pictureIdBits;
    }

    /** 8 bits (VP8, VP9), or {@link #ABSENT}. */
    public int tl0PicIdx() {
        return tl0PicIdx;
    }

    /** 5 bits (VP8), or {@link #ABSENT}. */
    public int keyIdx() {
        return keyIdx;
    }

    /** Of the picture, its highest spatial layer, in pixels; 0 where the payload does not say. */
    public int width() {
        return width;
    }

    /** Of the picture, its highest spatial layer, in pixels; 0 where the payload does not say. */
    public int height() {
        return height;
    }

    /** What the frames of this encoding are there for, or null where no descriptor says so. */
    public @Nullable DependencyStructure structure() {
        return structure;
    }

    /** The frame's number, unwrapped; only with a {@link #structure}. */
    public long frameNumber() {
        return frameNumber;
    }

    /** What the frame is to each decode target; only with a {@link #structure}. */
    public long indications() {
        return indications;
    }

    /** Mask of the decode targets that the publisher sends now; only with a {@link #structure}. */
    public int activeTargets() {
        return activeTargets;
    }

    /** How many frames this one refers to; only with a {@link #structure}. */
    public int diffCount() {
        return diffCount;
    }

    /** By how much the number of a frame that this one refers to is lower. */
    public int diff(int index) {
        return diffs[index];
    }
}
