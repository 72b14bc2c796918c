package io.sluice.receive;

/**
 * How loud a track must be to be forwarded, in a room of which only the loudest are.
 *
 * <p>Written by the room's home loop, read by the publishers' loops.
 */
public final class LoudestThreshold {
    /** RFC 6464: the larger, the quieter. With silence everybody is loud enough. */
    private volatile int level = AudioLevel.SILENCE;

    public void level(int changed) {
        level = changed;
    }

    public int level() {
        return level;
    }
}
