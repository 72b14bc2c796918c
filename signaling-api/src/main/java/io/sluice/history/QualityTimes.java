package io.sluice.history;

import io.sluice.room.ConnectionQuality;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long somebody's media got through how well.
 *
 * <p>Owned by the room's home loop.
 */
final class QualityTimes {
    private static final long MILLIS_PER_SECOND = 1_000;

    private final Map<ConnectionQuality, Long> millis = new EnumMap<>(ConnectionQuality.class);
    private ConnectionQuality now = ConnectionQuality.EXCELLENT;
    private long sinceMillis;

    QualityTimes(long nowMillis) {
        sinceMillis = nowMillis;
    }

    void change(ConnectionQuality changed, long nowMillis) {
        millis.merge(now, Math.max(0, nowMillis - sinceMillis), Long::sum);
        now = changed;
        sinceMillis = nowMillis;
    }

    /** Until now, of those qualities there were; rounded. */
    Map<ConnectionQuality, Long> seconds(long nowMillis) {
        change(now, nowMillis);
        Map<ConnectionQuality, Long> seconds = new EnumMap<>(ConnectionQuality.class);
        millis.forEach((quality, time) ->
                seconds.put(quality, (time + MILLIS_PER_SECOND / 2) / MILLIS_PER_SECOND));
        return seconds;
    }
}
