package io.sluice.server.client;

import java.util.SplittableRandom;

/**
 * Decides which packets are lost: the same ones for the same seed.
 *
 * <p>Owned by the client's loop.
 */
public final class Loss {
    private final double share;
    private final SplittableRandom random;
    private long seen;
    private long dropped;

    private Loss(double share, long seed) {
        this.share = share;
        this.random = new SplittableRandom(seed);
    }

    /** Loses a share of all packets, each on its own. */
    public static Loss random(double share, long seed) {
        if (share < 0 || share >= 1) {
            throw new IllegalArgumentException("share of lost packets: " + share);
        }
        return new Loss(share, seed);
    }

    boolean drops() {
        seen++;
        if (share == 0 || random.nextDouble() >= share) {
            return false;
        }
        dropped++;
        return true;
    }

    long seen() {
        return seen;
    }

    long dropped() {
        return dropped;
    }
}
