package io.sluice.sdp;

import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Gives SSRCs that look random and never come again: under one SRTP key an SSRC must not start anew
 * (RFC 3711 9.1).
 *
 * <p>Owned by its {@link Negotiator}.
 */
final class SsrcSource {
    private int next;

    SsrcSource(RandomGenerator random) {
        next = random.nextInt();
    }

    /** Neither 0 nor one of the client's, which would be a collision (RFC 3550 8.2). */
    int next(Set<Integer> taken) {
        int ssrc;
        do {
            ssrc = scatter(next++);
        } while (ssrc == 0 || taken.contains(ssrc));
        return ssrc;
    }

    /** One to one on 32 bits (the finalizer of MurmurHash3), so a counter is memory enough. */
    private static int scatter(int value) {
        int mixed = value;
        mixed ^= mixed >>> 16;
        mixed *= 0x85ebca6b;
        mixed ^= mixed >>> 13;
        mixed *= 0xc2b2ae35;
        mixed ^= mixed >>> 16;
        return mixed;
    }
}
