package io.sluice.codec;

/**
 * What a {@link PayloadFormat} found in one payload; overwritten by each {@link PayloadFormat#read}.
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
    boolean switchingUp;
    int temporalLayer;
    int spatialLayer;
    int descriptorBytes;
    int pictureId;
    int tl0PicIdx;
    int keyIdx;

    /** Forgets the payload before; formats then set what they find. */
    void clear() {
        valid = false;
        keyframe = false;
        needsParameterSets = false;
        frameStart = false;
        frameEnd = false;
        switchingUp = false;
        temporalLayer = 0;
        spatialLayer = 0;
        descriptorBytes = 0;
        pictureId = ABSENT;
        tl0PicIdx = ABSENT;
        keyIdx = ABSENT;
    }

    /** Becomes the same as another. */
    public void copy(PayloadInfo other) {
        valid = other.valid;
        keyframe = other.keyframe;
        needsParameterSets = other.needsParameterSets;
        frameStart = other.frameStart;
        frameEnd = other.frameEnd;
        switchingUp = other.switchingUp;
        temporalLayer = other.temporalLayer;
        spatialLayer = other.spatialLayer;
        descriptorBytes = other.descriptorBytes;
        pictureId = other.pictureId;
        tl0PicIdx = other.tl0PicIdx;
        keyIdx = other.keyIdx;
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

    /** Whether a viewer can go up to this packet's temporal layer here. */
    public boolean switchingUp() {
        return switchingUp;
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

    /** 8 bits (VP8, VP9), or {@link #ABSENT}. */
    public int tl0PicIdx() {
        return tl0PicIdx;
    }

    /** 5 bits (VP8), or {@link #ABSENT}. */
    public int keyIdx() {
        return keyIdx;
    }
}
