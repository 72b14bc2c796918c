package io.sluice.loop;

/**
 * What the paths to a loop's viewers are estimated to carry, together.
 *
 * <p>Written by the loop, read from anywhere.
 */
public final class PathEstimates {
    private volatile int viewers;
    private volatile long bitsPerSecond;

    /**
     * An estimate has changed; on the loop.
     *
     * @param before in bits per second; 0 if there was none
     * @param now 0 if there is none any more
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void change(long before, long now) {
        int more = (now == 0 ? 0 : 1) - (before == 0 ? 0 : 1);
        if (more != 0) {
            viewers += more;
        }
        if (now != before) {
            bitsPerSecond += now - before;
        }
    }

    /** How many viewers there is an estimate for; from any thread. */
    public int viewers() {
        return viewers;
    }

    /** The sum of their estimates; from any thread. */
    public long bitsPerSecond() {
        return bitsPerSecond;
    }
}
