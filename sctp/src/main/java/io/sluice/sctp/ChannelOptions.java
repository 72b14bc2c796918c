package io.sluice.sctp;

/**
 * What a data channel is like, for both directions (RFC 8831 6.1). At most one of the two limits is
 * set.
 *
 * @param label up to {@link #MAX_NAME_BYTES} bytes in UTF-8; may be empty
 * @param protocol as the label
 * @param maxRetransmits how often a message is sent again, or {@link #UNLIMITED}
 * @param maxLifetimeMillis how long a message is sent for, or {@link #UNLIMITED}
 */
public record ChannelOptions(
        String label, String protocol, boolean ordered, int maxRetransmits, int maxLifetimeMillis) {
    public static final int UNLIMITED = -1;

    /** Names are kept for as long as the channel is: 2,000 channels must not cost 200 MB. */
    public static final int MAX_NAME_BYTES = 1_024;

    public ChannelOptions {
        if (maxRetransmits != UNLIMITED && maxLifetimeMillis != UNLIMITED) {
            throw new IllegalArgumentException("limited by count and by time");
        }
        if (maxRetransmits < UNLIMITED || maxLifetimeMillis < UNLIMITED) {
            throw new IllegalArgumentException("a limit below zero");
        }
    }

    /** Ordered and reliable. */
    public static ChannelOptions reliable(String label) {
        return new ChannelOptions(label, "", true, UNLIMITED, UNLIMITED);
    }

    /** Whether every message arrives. */
    public boolean isReliable() {
        return maxRetransmits == UNLIMITED && maxLifetimeMillis == UNLIMITED;
    }
}
