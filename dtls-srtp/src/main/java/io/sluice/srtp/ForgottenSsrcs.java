package io.sluice.srtp;

/**
 * How far each received SSRC had come that is not held any more: what it sent before stays a replay.
 *
 * <p>Owned by its context's loop.
 */
final class ForgottenSsrcs {

    /** Hours of screen shares, one after the other, on one connection. */
    static final int MAX_SSRCS = 1024;

    private final SsrcMap<Long> highest = new SsrcMap<>(MAX_SSRCS);

    /** The highest index that an SSRC had reached; -1 if it was never held. */
    long highest(int ssrc) {
        Long index = highest.find(ssrc);
        return index == null ? -1 : index;
    }

    /** Remembers an SSRC. False: it must be held on to, for no more can be remembered. */
    boolean remember(int ssrc, long highestIndex) {
        highest.removeIf((known, _) -> known == ssrc);
        if (highest.isFull()) {
            return false;
        }
        highest.add(ssrc, highestIndex);
        return true;
    }

    void clear() {
        highest.clear();
    }
}
