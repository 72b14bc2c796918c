package io.sluice.sctp;

/**
 * Limits of one association.
 *
 * @param receiveWindowBytes what the other side may have on the way or out of order. 1 MiB carries 100 Mbit/s
 *     over a round trip of 80 ms
 * @param sendBufferBytes payload that waits here to be sent or acknowledged; the bytes may be shared
 *     with other associations. Two windows, so that the next messages are at hand: 2 MiB
 * @param maxQueuedMessages messages that wait here to be sent or acknowledged; small ones, some 100 bytes each
 *     beside their payload: 16 384
 * @param maxMessageBytes the largest message either way: what SDP's max-message-size says of us. What browsers
 *     themselves say: 256 KiB
 * @param maxChannels data channels open at one time. Applications with 1 000 exist: 2 048
 */
public record SctpConfig(
        int receiveWindowBytes,
        int sendBufferBytes,
        int maxQueuedMessages,
        int maxMessageBytes,
        int maxChannels) {

    public SctpConfig {
        requirePositive(maxQueuedMessages, "maxQueuedMessages");
        requirePositive(maxMessageBytes, "maxMessageBytes");
        requirePositive(maxChannels, "maxChannels");
        if (receiveWindowBytes < maxMessageBytes || sendBufferBytes < maxMessageBytes) {
            throw new IllegalArgumentException("a message must fit into either buffer");
        }
    }

    /**
     * 1 MB of window carries 100 Mbit/s over a round trip of 80 ms. Twice that may wait to be sent, so
     * that the next messages are at hand when a window's worth is acknowledged. 256 KB is what
     * browsers themselves announce. Applications with 1,000 channels exist.
     */
    public static SctpConfig defaults() {
        return new SctpConfig(1 << 20, 2 << 20, 16_384, 262_144, 2_048);
    }

    private static void requirePositive(int value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }
}
