package io.sluice.room;

import static io.sluice.room.ConnectionQuality.EXCELLENT;
import static io.sluice.room.ConnectionQuality.GOOD;
import static io.sluice.room.ConnectionQuality.LOST;
import static io.sluice.room.ConnectionQuality.POOR;

import io.sluice.transport.PathMeasure;

/**
 * Makes one word of what is measured on a transport, and changes it only when it lasts.
 *
 * <p>Owned by the transport's loop. Sans-IO.
 */
final class QualityScore {
    /** Loss that repair hides. */
    private static final int EXCELLENT_LOSS_PERMILLE = 20;

    /** Loss that is seen and heard, but does not end a conversation. */
    private static final int GOOD_LOSS_PERMILLE = 80;

    /** ITU-T G.114: half of it one way is not noticed in a conversation. */
    private static final long EXCELLENT_ROUND_TRIP_NANOS = 300_000_000;

    /** ITU-T G.114: 400 ms one way are the most that is acceptable, our own part and buffers aside. */
    private static final long GOOD_ROUND_TRIP_NANOS = 600_000_000;

    /** What the audio buffers of browsers take without being noticed. */
    private static final long EXCELLENT_JITTER_NANOS = 40_000_000;

    private static final long GOOD_JITTER_NANOS = 120_000_000;

    /** Who publishes sends many packets a second. */
    private static final long LOST_NANOS = 5_000_000_000L;

    /** Who only watches is heard of by reports and consent, each some five seconds apart: two are missing. */
    private static final long LOST_WATCHER_NANOS = 12_000_000_000L;

    /** In a row until the word changes: worse soon, better when it is sure. */
    private static final int WORSE_MEASURES = 2;

    private static final int BETTER_MEASURES = 3;

    private ConnectionQuality quality = EXCELLENT;
    private int worse;
    private int better;

    ConnectionQuality quality() {
        return quality;
    }

    /** Takes a measure; answers whether {@link #quality} has changed. */
    boolean update(PathMeasure measure) {
        ConnectionQuality measured = of(measure);
        worse = measured.compareTo(quality) > 0 ? worse + 1 : 0;
        better = measured.compareTo(quality) < 0 ? better + 1 : 0;
        boolean atOnce = measured != quality && (measured == LOST || quality == LOST);
        if (!atOnce && worse < WORSE_MEASURES && better < BETTER_MEASURES) {
            return false;
        }
        quality = measured;
        worse = 0;
        better = 0;
        return true;
    }

    private static ConnectionQuality of(PathMeasure measure) {
        if (measure.silenceNanos() > (measure.publishes() ? LOST_NANOS : LOST_WATCHER_NANOS)) {
            return LOST;
        }
        int lossPermille = Math.max(measure.lossUpPermille(), measure.lossDownPermille());
        if (lossPermille <= EXCELLENT_LOSS_PERMILLE
                && measure.roundTripNanos() <= EXCELLENT_ROUND_TRIP_NANOS
                && measure.jitterNanos() <= EXCELLENT_JITTER_NANOS) {
            return EXCELLENT;
        }
        return lossPermille <= GOOD_LOSS_PERMILLE
                        && measure.roundTripNanos() <= GOOD_ROUND_TRIP_NANOS
                        && measure.jitterNanos() <= GOOD_JITTER_NANOS
                ? GOOD
                : POOR;
    }
}
