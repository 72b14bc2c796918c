package io.sluice.srtp;

import java.util.Arrays;

/**
 * Which of the latest packet indexes of one SSRC have been received (RFC 3711 3.3.2).
 *
 * <p>Owned by the loop of the context that receives the SSRC.
 */
final class ReplayWindow {

    /** How late a packet may come: a resend of about a second of video at 10 Mbit/s. */
    static final int PACKETS = 1024;

    private final PacketIndex index = new PacketIndex();
    // One bit for each index modulo the window.
    private final long[] received = new long[PACKETS / Long.SIZE];

    /** Begins again: nothing up to {@code highest} is taken, -1 if everything may be. */
    void restart(long highest) {
        index.restart(highest);
        Arrays.fill(received, highest < 0 ? 0 : -1L);
    }

    /** The highest index received; -1 before the first. */
    long highest() {
        return index.highest();
    }

    /** The index meant by a sequence number. */
    long index(int sequence) {
        return index.of(sequence);
    }

    /** Whether it lies before the window, or before the first roll-over counter. */
    boolean isTooOld(long packetIndex) {
        return packetIndex < 0 || packetIndex <= index.highest() - PACKETS;
    }

    /** Whether an index that is not too old has been received. */
    boolean isReplay(long packetIndex) {
        return packetIndex <= index.highest() && (word(packetIndex) & bit(packetIndex)) != 0;
    }

    /** The packet of this index, neither too old nor a replay, was authentic. */
    void accept(long packetIndex) {
        long highest = index.highest();
        if (packetIndex - highest >= PACKETS) {
            Arrays.fill(received, 0);
        } else {
            for (long skipped = highest + 1; skipped < packetIndex; skipped++) {
                received[wordOf(skipped)] &= ~bit(skipped);
            }
        }
        received[wordOf(packetIndex)] |= bit(packetIndex);
        index.advance(packetIndex);
    }

    private long word(long packetIndex) {
        return received[wordOf(packetIndex)];
    }

    private static int wordOf(long packetIndex) {
        return (int) (packetIndex % PACKETS) / Long.SIZE;
    }

    /** The shift takes the lowest six bits. */
    private static long bit(long packetIndex) {
        return 1L << packetIndex;
    }
}
