package io.sluice.forward;

import io.sluice.rtp.NtpTime;
import io.sluice.rtp.RtcpWriter;

/**
 * What one viewer and its stream tell each other in reports (RFC 3550 6.4).
 *
 * <p>Owned by the viewer's loop.
 */
final class StreamReports {
    /** Until the round trip is known, a packet is not sent again within this time. */
    private static final long DEFAULT_ROUND_TRIP_NANOS = 50_000_000;

    private int reportedPackets;
    private int lastMiddle;
    private long lastNanos;
    private long roundTripNanos = DEFAULT_ROUND_TRIP_NANOS;

    /** Round trip to the viewer, a default before it is measured. */
    long roundTripNanos() {
        return roundTripNanos;
    }

    /** How many of all packets sent were sent since this was asked last. */
    int takeUnreported(int packetCount) {
        int unreported = packetCount - reportedPackets;
        reportedPackets = packetCount;
        return unreported;
    }

    /** See {@link Subscription#onReport}. */
    boolean onReport(int lastSenderReport, int delayUnits, long nowNanos) {
        if (lastMiddle == 0 || lastSenderReport != lastMiddle) {
            return false;
        }
        long elapsed = nowNanos - lastNanos - NtpTime.unitsToNanos(delayUnits);
        roundTripNanos = Math.max(1, elapsed);
        return true;
    }

    /**
     * Writes a stream's sender report, on the publisher's own clock line, so that its audio and video stay
     * in step whatever each viewer's numbers are.
     *
     * @return false if there is no room
     */
    boolean write(
            RtcpWriter writer,
            ViewerStream stream,
            SenderClock clock,
            int clockRateHz,
            long nowNanos) {
        long elapsedNanos = nowNanos - clock.arrivalNanos();
        long ntp = clock.ntpTimestamp() + ntpOf(elapsedNanos);
        int elapsedTicks = (int) (elapsedNanos * clockRateHz / 1_000_000_000);
        int timestamp = stream.timestamp(clock.rtpTimestamp() + elapsedTicks);
        int ssrc = stream.format().ssrc();
        if (!writer.senderReport(ssrc, ntp, timestamp, stream.packetCount(), stream.octetCount())) {
            return false;
        }
        lastMiddle = NtpTime.middle(ntp);
        lastNanos = nowNanos;
        return true;
    }

    /** A duration in NTP's 32.32 fixed point. */
    private static long ntpOf(long nanos) {
        return NtpTime.ofUnixNanos(nanos) - NtpTime.ofUnixNanos(0);
    }
}
