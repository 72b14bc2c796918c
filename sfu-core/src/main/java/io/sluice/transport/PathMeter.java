package io.sluice.transport;

import io.sluice.codec.MediaKind;
import io.sluice.receive.Track;
import java.util.List;

/**
 * Measures how media gets through on one transport, both ways.
 *
 * <p>Owned by the transport's loop. Sans-IO.
 */
final class PathMeter {
    /** Often enough for a picture of the network, and two seconds of audio are a hundred packets. */
    static final long INTERVAL_NANOS = 2_000_000_000L;

    /** One lost packet of fewer would look like a bad network. */
    private static final int EXPECTED_MIN = 20;

    private static final int PERMILLE = 1_000;

    /** RFC 3550 6.4.1: loss is reported in 256ths. */
    private static final int FRACTION_ONE = 256;

    private boolean begun;
    private long nextNanos;
    private long lastReceivedNanos;
    private long expectedBefore;
    private long receivedBefore;
    private boolean publishes;
    private long lostFractions;
    private int reports;

    /** A packet has come from the client. */
    void onPacket(long nowNanos) {
        lastReceivedNanos = nowNanos;
    }

    /** The client says how a stream of ours arrives: how much was lost, in 1/256. */
    void onReport(int fractionLost) {
        lostFractions += fractionLost;
        reports++;
    }

    /** Whether an interval is over. The first call begins the first one. */
    boolean due(long nowNanos) {
        if (!begun) {
            begun = true;
            nextNanos = nowNanos + INTERVAL_NANOS;
            lastReceivedNanos = nowNanos;
        }
        return nowNanos - nextNanos >= 0;
    }

    /**
     * Ends an interval.
     *
     * @param consentNanos when ICE last heard of the client
     * @param roundTripNanos 0 if it is not known
     */
    PathMeasure measure(
            List<ReceiveRoute> routes, long consentNanos, long roundTripNanos, long nowNanos) {
        nextNanos = nowNanos + INTERVAL_NANOS;
        long expected = 0;
        long received = 0;
        long jitterNanos = 0;
        for (int i = 0; i < routes.size(); i++) {
            Track track = routes.get(i).track();
            expected += track.expectedPackets();
            received += track.receivedPackets();
            // The packets of a picture share one timestamp: pacing them looks like jitter.
            if (track.format().codec().kind() == MediaKind.AUDIO) {
                jitterNanos = Math.max(jitterNanos, track.jitterNanos());
            }
        }
        int lossUp = lossPermille(expected - expectedBefore, received - receivedBefore);
        long silenceNanos = Math.min(nowNanos - lastReceivedNanos, nowNanos - consentNanos);
        if (received > receivedBefore) {
            publishes = true;
        } else if (silenceNanos < INTERVAL_NANOS) {
            // It is there and sends nothing: by its own will.
            publishes = false;
        }
        int lossDown =
                reports == 0
                        ? 0
                        : (int) (lostFractions * PERMILLE / (reports * (long) FRACTION_ONE));
        expectedBefore = expected;
        receivedBefore = received;
        lostFractions = 0;
        reports = 0;
        return new PathMeasure(
                lossUp, lossDown, jitterNanos, roundTripNanos, silenceNanos, publishes);
    }

    /** Of one interval; a stream that ended or began anew in it makes the numbers go back: then unknown. */
    private static int lossPermille(long expected, long received) {
        if (expected < EXPECTED_MIN || received < 0 || received >= expected) {
            return 0;
        }
        return (int) ((expected - received) * PERMILLE / expected);
    }
}
