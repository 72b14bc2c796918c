package io.sluice.srtp;

/**
 * How far each received SSRC had come that is not held any more: what it sent before stays a replay.
 *
 * <p>Owned by its context's loop.
 */
final class ForgottenSsrcs {

    /** Hours of screen shares, one after the other, on one connection. */
    static final int MAX_SSRCS = 1024;

    private final SsrcMap<Highest> forgotten = new SsrcMap<>(MAX_SSRCS);

    private static final class Highest {
        private long index;
    }

    /** The highest index that an SSRC had reached; -1 if it was never held. */
    long highest(int ssrc) {
        Highest highest = forgotten.find(ssrc);
        return highest == null ? -1 : highest.index;
    }

    /** Remembers an SSRC. False: it must be held on to, for no more can be remembered. */
    boolean remember(int ssrc, long highestIndex) {
        Highest highest = forgotten.find(ssrc);
        if (highest == null) {
            if (forgotten.isFull()) {
                return false;
            }
            highest = new Highest();
            forgotten.add(ssrc, highest);
        }
        highest.index = highestIndex;
        return true;
    }

    void clear() {
        forgotten.clear();
    }
}
