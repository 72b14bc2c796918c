package io.sluice.forward;

/**
 * Decides which packets of a track one viewer gets: those of the encoding that it can begin with first.
 *
 * <p>Owned by the viewer's loop.
 */
final class LayerSelector {

    /** What to do with a packet. */
    enum Choice {
        DROP,
        /** Forward it as the continuation of what was forwarded before. */
        FORWARD,
        /** Forward it as the first of a new run of the same source: numbers go on, time is its own. */
        RESUME,
        /** Forward it as the first of a new run of another source: its clock means nothing here. */
        BEGIN
    }

    private boolean begun;
    private boolean running;
    private int encoding;
    private int ssrc;

    /** Whether anything of an encoding is of use now. */
    boolean wants(int other) {
        return !running || other == encoding;
    }

    /** The encoding that is forwarded, or was last. */
    int encoding() {
        return encoding;
    }

    /**
     * What to do with a packet of an encoding that is {@linkplain #wants wanted}.
     *
     * @param canBegin whether a viewer can begin with it, or begin anew
     */
    Choice select(int packetEncoding, int packetSsrc, boolean canBegin) {
        boolean sameSource = begun && packetSsrc == ssrc;
        if (running && sameSource) {
            return Choice.FORWARD;
        }
        if (!canBegin) {
            return Choice.DROP;
        }
        begun = true;
        running = true;
        encoding = packetEncoding;
        ssrc = packetSsrc;
        return sameSource ? Choice.RESUME : Choice.BEGIN;
    }

    /** Whether the source of this SSRC is what is forwarded now. */
    boolean follows(int sourceSsrc) {
        return begun && sourceSsrc == ssrc;
    }

    /** What follows is another encoding, where the one that was followed has ended. */
    void onLayers(TrackLayers layers) {
        boolean ended =
                encoding < layers.encodings().size()
                        && !layers.encodings().get(encoding).active()
                        && layers.encodings().stream().anyMatch(EncodingLayers::active);
        running &= !ended;
    }

    /** Packets of an encoding were lost on our side: what follows is of no use before the next keyframe. */
    void interrupt(int interrupted) {
        running &= interrupted != encoding;
    }
}
