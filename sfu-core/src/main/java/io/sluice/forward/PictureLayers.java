package io.sluice.forward;

import io.sluice.codec.PayloadInfo;

/**
 * Decides which layers of an encoding one viewer gets, picture by picture, by what payload headers say.
 *
 * <p>All packets of a picture (of one timestamp) are decided alike, whenever they come, so that none is
 * cut. Owned by the viewer's loop.
 */
final class PictureLayers {
    /** Pictures that are remembered: more than come within the time in which packets are sent again. */
    private static final int PICTURES = 64;

    /** A clock that goes back by ten seconds, at 90 kHz, has begun anew: its pictures are not late. */
    private static final int LATE_TICKS_MAX = 900_000;

    /** After so many pictures without a place to go up at, a keyframe has to be one. */
    private static final int PATIENCE_PICTURES = 60;

    private static final int TEMPORAL_BITS = 3;
    private static final int TEMPORAL_MASK = (1 << TEMPORAL_BITS) - 1;

    private static final int[] NO_TIMESTAMPS = {};

    /** Made when there is something to remember, as is {@link #layers}. */
    private int[] timestamps = NO_TIMESTAMPS;

    /** Spatial over temporal layer. */
    private byte[] layers = {};

    private int pictures;
    private int newest;

    private int targetSpatial;
    private int targetTemporal;
    private int spatial;
    private int temporal;

    /** Pictures in a row of which everything was taken. */
    private int wholePictures;

    /**
     * Whether everything is taken, and was of all pictures that may come late: then there is nothing to
     * decide or to remember, and most viewers' packets touch no memory for it.
     */
    private boolean takesAll;

    /** Of the picture of the packet at hand. */
    private int allowedSpatial;

    private int waitingPictures;
    private boolean keyframeNeeded;

    /** Sets where to get to. */
    void target(int spatialMax, int temporalMax) {
        targetSpatial = spatialMax;
        targetTemporal = temporalMax;
        waitingPictures = 0;
        if (takesAll && !(isAll(spatialMax) && isAll(temporalMax))) {
            takesAll = false;
            wholePictures = 0;
            pictures = 0;
            remember(newest);
        }
    }

    /** Begins with a keyframe. */
    void begin(int timestamp) {
        pictures = 0;
        spatial = targetSpatial;
        temporal = targetTemporal;
        takesAll = isAll(spatial) && isAll(temporal);
        if (takesAll) {
            newest = timestamp;
        } else {
            remember(timestamp);
        }
    }

    private static boolean isAll(int layer) {
        return layer == LayerTarget.ALL_LAYERS;
    }

    /** Whether the viewer gets a packet of the run. */
    boolean takes(PayloadInfo info, int timestamp) {
        int ahead = timestamp - newest;
        boolean opens = ahead > 0 || ahead < -LATE_TICKS_MAX;
        if (takesAll) {
            newest = opens ? timestamp : newest;
            allowedSpatial = LayerTarget.ALL_LAYERS;
            return true;
        }
        if (opens) {
            open(info, timestamp);
        }
        int allowed = timestamp == newest ? layers[index(pictures - 1)] : ofLate(timestamp);
        allowedSpatial = allowed >>> TEMPORAL_BITS;
        boolean above = info.spatialLayer() > allowedSpatial;
        keyframeNeeded |= above && info.spatialLayer() <= targetSpatial;
        return !above && info.temporalLayer() <= (allowed & TEMPORAL_MASK);
    }

    /** Whether the packet that was taken last is the end of what the viewer gets of its picture. */
    boolean endsPicture(PayloadInfo info) {
        return info.frameEnd() && info.spatialLayer() == allowedSpatial;
    }

    /** Whether only a keyframe leads further, since this was asked last. */
    boolean pollKeyframeNeeded() {
        boolean needed = keyframeNeeded;
        keyframeNeeded = false;
        return needed;
    }

    /**
     * Goes up and down where that can be done. What is decided holds for the whole picture: its first
     * packet may be any.
     */
    private void open(PayloadInfo info, int timestamp) {
        spatial = Math.min(spatial, targetSpatial);
        temporal = Math.min(temporal, targetTemporal);
        boolean isKeyPicture = info.independent() && info.spatialLayer() == 0;
        if (isKeyPicture) {
            spatial = targetSpatial;
            temporal = targetTemporal;
        } else if (info.switchingUp() && info.temporalLayer() == temporal + 1) {
            temporal = Math.min(temporal + 1, targetTemporal);
        }
        remember(timestamp);
        if (info.switchingUpAfter() && info.temporalLayer() <= temporal) {
            temporal = targetTemporal;
        }
        wholePictures = isAll(spatial) && isAll(temporal) ? wholePictures + 1 : 0;
        takesAll = wholePictures == PICTURES;
        if (temporal == targetTemporal) {
            waitingPictures = 0;
        } else if (info.temporalLayer() > temporal) {
            waitingPictures++;
            keyframeNeeded |= waitingPictures > PATIENCE_PICTURES;
        }
    }

    private void remember(int timestamp) {
        if (timestamps == NO_TIMESTAMPS) {
            timestamps = new int[PICTURES];
            layers = new byte[PICTURES];
        }
        newest = timestamp;
        timestamps[index(pictures)] = timestamp;
        layers[index(pictures)] = (byte) (spatial << TEMPORAL_BITS | temporal);
        pictures++;
    }

    private static int index(int picture) {
        return picture & (PICTURES - 1);
    }

    /** What was allowed then; of a picture that was never seen, what both its neighbours are allowed. */
    private int ofLate(int timestamp) {
        int after = layers[index(pictures - 1)];
        int oldest = Math.max(0, pictures - PICTURES);
        for (int i = pictures - 2; i >= oldest; i--) {
            int allowed = layers[index(i)];
            int since = timestamp - timestamps[index(i)];
            if (since == 0) {
                return allowed;
            }
            if (since > 0) {
                return lower(allowed, after);
            }
            after = allowed;
        }
        return after;
    }

    private static int lower(int one, int other) {
        int lowerSpatial = Math.min(one >>> TEMPORAL_BITS, other >>> TEMPORAL_BITS);
        int lowerTemporal = Math.min(one & TEMPORAL_MASK, other & TEMPORAL_MASK);
        return lowerSpatial << TEMPORAL_BITS | lowerTemporal;
    }
}
