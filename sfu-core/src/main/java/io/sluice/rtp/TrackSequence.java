package io.sluice.rtp;

/**
 * The number of a packet within its track: unwrapped within its encoding, whose index stands above it. So
 * one number finds a packet, whichever encoding it is of; numbers of one encoding compare as they are.
 */
public final class TrackSequence {
    /** Encodings of a track: browsers send three at most. */
    public static final int ENCODINGS_MAX = 3;

    /** At a million packets a second the numbers below would last two thousand years. */
    private static final int ENCODING_SHIFT = 56;

    private TrackSequence() {}

    /**
     * The number of a packet.
     *
     * @param encoding index of its encoding
     * @param sequence unwrapped, never repeated within the encoding
     */
    public static long of(int encoding, long sequence) {
        return (long) encoding << ENCODING_SHIFT | sequence;
    }

    /** The index of a packet's encoding. */
    public static int encoding(long trackSequence) {
        return (int) (trackSequence >>> ENCODING_SHIFT);
    }
}
