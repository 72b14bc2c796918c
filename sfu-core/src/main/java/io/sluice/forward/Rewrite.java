package io.sluice.forward;

import io.sluice.codec.DependencyStructure;

/**
 * What is changed in one packet for one viewer, besides its RTP numbers: in one long, so that it can be
 * kept and the packet be sent again as it was. 0 changes nothing.
 *
 * <pre>
 * targets (16) | frame number (16) | 0 | frame | marker | KEYIDX (5) | TL0PICIDX (8) | picture id (15) | picture |
 * </pre>
 */
final class Rewrite {
    static final long NOTHING = 0;

    /** With more decode targets, what a viewer gets of them is not announced to it. */
    static final int TARGETS_MAX = 16;

    private static final long PICTURE = 1;
    private static final int PICTURE_ID_SHIFT = 1;
    private static final int TL0_SHIFT = 16;
    private static final int KEY_IDX_SHIFT = 24;
    private static final long MARKER = 1L << 29;
    private static final long FRAME = 1L << 30;
    private static final int FRAME_NUMBER_SHIFT = 32;
    private static final int TARGETS_SHIFT = 48;

    private Rewrite() {}

    /** Other numbers in a VP8 or VP9 descriptor. */
    static long picture(int pictureId, int tl0PicIdx, int keyIdx) {
        return PICTURE
                | (long) (pictureId & 0x7fff) << PICTURE_ID_SHIFT
                | (long) (tl0PicIdx & 0xff) << TL0_SHIFT
                | (long) (keyIdx & 0x1f) << KEY_IDX_SHIFT;
    }

    /** The packet is the last of what the viewer gets of a picture. */
    static long marker() {
        return MARKER;
    }

    /**
     * Another number, and other active decode targets, in a dependency descriptor.
     *
     * @param targets a mask, or 0 to leave it
     */
    static long frame(int frameNumber, int targets) {
        return FRAME
                | (frameNumber & 0xffffL) << FRAME_NUMBER_SHIFT
                | (targets & 0xffffL) << TARGETS_SHIFT;
    }

    static boolean hasPicture(long rewrite) {
        return (rewrite & PICTURE) != 0;
    }

    static int pictureId(long rewrite) {
        return (int) (rewrite >>> PICTURE_ID_SHIFT) & 0x7fff;
    }

    static int tl0PicIdx(long rewrite) {
        return (int) (rewrite >>> TL0_SHIFT) & 0xff;
    }

    static int keyIdx(long rewrite) {
        return (int) (rewrite >>> KEY_IDX_SHIFT) & 0x1f;
    }

    static boolean hasMarker(long rewrite) {
        return (rewrite & MARKER) != 0;
    }

    static boolean hasFrame(long rewrite) {
        return (rewrite & FRAME) != 0;
    }

    static int frameNumber(long rewrite) {
        return (int) (rewrite >>> FRAME_NUMBER_SHIFT) & 0xffff;
    }

    static int targets(long rewrite) {
        return (int) (rewrite >>> TARGETS_SHIFT);
    }

    /** Whether there is room for the mask of a structure's decode targets. */
    static boolean canAnnounce(DependencyStructure structure) {
        return structure.targets() <= TARGETS_MAX;
    }
}
