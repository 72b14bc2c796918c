package io.sluice.forward;

/**
 * The first moments of a path, while all that is known of it is a guess.
 *
 * <p>They end some time after the first packet of video, when probes have shown what there is, or with the
 * first report that speaks for less than the guess, which bounds from then on. While they last nothing is lost
 * for a guess: what waits is paced generously, and sent rather than given up; no picture is paused, and none
 * gets worse. The guess only chooses how good pictures are that begin.
 *
 * <p>Owned by the viewer's loop.
 */
final class Opening {
    /** The first report comes after a round trip and 50 to 100 ms, what probes show as soon after it. */
    static final long LENGTH_NANOS = 500_000_000;

    /** A large keyframe within a tenth of a second; a burst of it at once would fill short queues. */
    static final long BITS_PER_SECOND = 10_000_000;

    /** Whatever is more than that comes so late at most. */
    static final long WAIT_MAX_NANOS = 100_000_000;

    private final long guessBitsPerSecond;
    private boolean over;
    private boolean sent;
    private long sentNanos;
    private boolean seen;
    private long seenNanos;

    Opening(long guessBitsPerSecond) {
        this.guessBitsPerSecond = guessBitsPerSecond;
    }

    /** A packet of any kind leaves. */
    void onSent(long nowNanos) {
        if (!sent) {
            sent = true;
            sentNanos = nowNanos;
        }
    }

    /** A packet of video is there to be sent. */
    void onVideo(long nowNanos) {
        if (!seen) {
            seen = true;
            seenNanos = nowNanos;
        }
    }

    /** The viewer has reported: the path is taken to carry this. */
    void onReport(long bitsPerSecond) {
        over |= bitsPerSecond < guessBitsPerSecond;
    }

    /** The path is another one. */
    void again() {
        over = false;
        seen = false;
    }

    boolean lasts(long nowNanos) {
        return !over && (!seen || nowNanos - seenNanos < LENGTH_NANOS);
    }

    /** Whether a viewer that has not reported yet may still do so: it has had no time to. */
    boolean awaitsReport(long nowNanos) {
        return !sent || nowNanos - sentNanos < LENGTH_NANOS;
    }
}
