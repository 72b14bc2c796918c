package io.sluice.forward;

/**
 * A publisher's own clock line, from its last sender report (RFC 3550 6.4.1): at {@code arrivalNanos} of
 * ours it was {@code ntpTimestamp} on its wall clock and {@code rtpTimestamp} in its stream.
 *
 * @param ssrc whose report it was
 * @param ntpTimestamp 32.32 fixed point
 */
public record SenderClock(int ssrc, long ntpTimestamp, int rtpTimestamp, long arrivalNanos) {}
