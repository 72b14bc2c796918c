package io.sluice.forward;

import io.sluice.bandwidth.Rung;
import io.sluice.codec.PayloadInfo;
import org.jspecify.annotations.Nullable;

/**
 * Decides which packets of a track one viewer gets: of one encoding at a time, up to a layer. Another
 * encoding is gone over to with a keyframe of it, and until that comes the one before goes on.
 *
 * <p>Owned by the viewer's loop.
 */
final class LayerSelector {

    /** What to do with a packet. */
    enum Choice {
        /** It is of no use before a keyframe of its encoding. */
        AWAIT,
        /** It is of an encoding that the viewer does not need now. */
        IGNORE,
        /** Leave it out of what is forwarded: the viewer does not need its layer. */
        SKIP,
        /** Forward it as the continuation of what was forwarded before. */
        FORWARD,
        /** Forward it as the first of a new run of the same source: numbers go on, time is its own. */
        RESUME,
        /** Forward it as the first of a new run of another source: its clock means nothing here. */
        BEGIN
    }

    private final PictureLayers pictures = new PictureLayers();
    private final FrameLayers frames = new FrameLayers();
    private LayerTarget target = LayerTarget.ANYTHING;

    /** The encoding to go on with until the target's is sent. */
    private int fallback;

    /** What was the fallback before, while the viewer has got nothing of either. */
    private int earlierFallback = LayerTarget.NO_ENCODING;

    private boolean begun;
    private boolean running;

    /** Whether this run is decided by dependency descriptors. */
    private boolean described;

    private int encoding;
    private int ssrc;

    LayerSelector() {
        target(LayerTarget.ANYTHING, 0);
    }

    /**
     * Sets where to get to: the best of what is sent that the viewer wishes and its network carries.
     *
     * @param bound what the network carries; null if nothing is known of it
     * @param spatialLayers whether the viewer takes more than the lowest
     */
    void aim(TrackLayers layers, ViewerWish wish, @Nullable Rung bound, boolean spatialLayers) {
        int best = LayerChoice.encoding(layers, wish, true);
        LayerTarget wanted;
        int meanwhile;
        if (best == LayerTarget.NO_ENCODING) {
            wanted = LayerTarget.ANYTHING;
            meanwhile = 0;
        } else if (bound != null && bound.encoding() != LayerTarget.ANY_ENCODING) {
            wanted = new LayerTarget(bound.encoding(), bound.spatial(), bound.temporal());
            meanwhile = LayerChoice.fallback(layers, bound.encoding());
        } else {
            int sent = LayerChoice.encoding(layers, wish, false);
            wanted = LayerChoice.within(wish, best, layers);
            meanwhile = sent == LayerTarget.NO_ENCODING ? best : sent;
        }
        target(
                spatialLayers ? wanted : new LayerTarget(wanted.encoding(), 0, wanted.temporal()),
                meanwhile);
    }

    /**
     * Sets where to get to.
     *
     * @param fallbackEncoding what to begin with meanwhile, if the target's encoding is not sent
     */
    void target(LayerTarget next, int fallbackEncoding) {
        if (running || next.encoding() != target.encoding()) {
            earlierFallback = LayerTarget.NO_ENCODING;
        } else if (fallbackEncoding != fallback) {
            // Its keyframe may be on its way, while of what comes now the first one is not asked
            // for.
            earlierFallback = fallback;
        }
        target = next;
        fallback = fallbackEncoding;
        if (next.encoding() == LayerTarget.NO_ENCODING) {
            running = false;
        }
        pictures.target(next.spatial(), next.temporal());
        frames.target(next.spatial(), next.temporal());
    }

    LayerTarget target() {
        return target;
    }

    /** Whether anything of an encoding is of use now. */
    boolean wants(int other) {
        return (running && other == encoding) || leadsOn(other);
    }

    /** Whether a keyframe of an encoding would lead on. */
    private boolean leadsOn(int other) {
        return !isThere()
                && (other == target.encoding()
                        || other == fallback
                        || (other == earlierFallback && !running)
                        || target.encoding() == LayerTarget.ANY_ENCODING);
    }

    /** The encoding that is forwarded, or was last. */
    int encoding() {
        return encoding;
    }

    /** Whether packets are forwarded now. */
    boolean isRunning() {
        return running;
    }

    /** Whether a viewer who awaits a keyframe of an encoding asks for it: what it has may do meanwhile. */
    boolean asksFor(int other) {
        return !running || other == encoding || other == target.encoding();
    }

    /** The encoding of which a keyframe leads furthest soon, or {@link LayerTarget#NO_ENCODING}. */
    int awaited() {
        if (isThere()) {
            return LayerTarget.NO_ENCODING;
        }
        return running ? target.encoding() : fallback;
    }

    /** Whether the viewer gets what it is to get. */
    boolean isThere() {
        return switch (target.encoding()) {
            case LayerTarget.NO_ENCODING -> true;
            case LayerTarget.ANY_ENCODING -> running;
            default -> running && encoding == target.encoding();
        };
    }

    /**
     * What to do with a packet of an encoding that is {@linkplain #wants wanted}.
     *
     * @param isLate whether others that were sent after it came before
     * @param canBegin whether a viewer can begin with it, or begin anew
     */
    Choice select(
            int packetEncoding,
            int packetSsrc,
            PayloadInfo info,
            int timestamp,
            boolean isLate,
            boolean canBegin) {
        boolean sameSource = begun && packetSsrc == ssrc && packetEncoding == encoding;
        if (running && sameSource) {
            if (!described) {
                return pictures.takes(info, timestamp) ? Choice.FORWARD : Choice.SKIP;
            }
            if (info.structure() != null) {
                return frames.takes(info, timestamp) ? Choice.FORWARD : Choice.SKIP;
            }
            if (isLate) {
                return Choice.SKIP;
            }
            // Its structure was lost with the first packet of a keyframe, and may be repaired.
            running = false;
        }
        boolean anotherSource = running && packetEncoding == encoding;
        if (!leadsOn(packetEncoding) && !anotherSource) {
            return Choice.IGNORE;
        }
        if (!canBegin) {
            return Choice.AWAIT;
        }
        begun = true;
        running = true;
        earlierFallback = LayerTarget.NO_ENCODING;
        encoding = packetEncoding;
        ssrc = packetSsrc;
        described = info.structure() != null;
        if (described) {
            frames.begin(info, timestamp);
        } else {
            pictures.begin(timestamp);
        }
        return sameSource ? Choice.RESUME : Choice.BEGIN;
    }

    /** Whether the packet that was selected last is the end of what the viewer gets of its picture. */
    boolean endsPicture(PayloadInfo info) {
        return described ? frames.endsPicture(info) : pictures.endsPicture(info);
    }

    /** Mask of the decode targets that the viewer gets; of a packet with a dependency descriptor. */
    int targets(PayloadInfo info) {
        return described ? frames.targets(info) : info.activeTargets();
    }

    /** Whether only a keyframe of the encoding that is forwarded leads further, since asked last. */
    boolean pollKeyframeNeeded() {
        return described ? frames.pollKeyframeNeeded() : pictures.pollKeyframeNeeded();
    }

    /** Whether the source of this SSRC is what is forwarded now. */
    boolean follows(int sourceSsrc) {
        return begun && sourceSsrc == ssrc;
    }

    /** Packets of an encoding were lost on our side: what follows is of no use before the next keyframe. */
    void interrupt(int interrupted) {
        running &= interrupted != encoding;
    }
}
