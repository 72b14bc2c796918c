package io.sluice.server.metrics;

import static io.sluice.server.metrics.Meters.label;

import io.sluice.history.HistoryCounters;

/** The numbers of the history of calls. */
final class HistoryMeters {
    private final Meters meters;

    HistoryMeters(Meters meters) {
        this.meters = meters;
    }

    void bind(HistoryCounters history) {
        meters.gauge(
                "sluice.history.connected",
                "1 while the history's database is there; 0 where none is kept, too.",
                history::connected);
        meters.gauge(
                "sluice.history.queued.bytes",
                "Of events on the disk that wait for the history's database.",
                history::queuedBytes);
        meters.counter("sluice.history.events", "Events written to the history.", history::written);
        meters.counter(
                "sluice.history.failures",
                "How often the history's database could not be reached, or failed.",
                history::failures);
        for (HistoryCounters.Drop why : HistoryCounters.Drop.values()) {
            meters.counter(
                    "sluice.history.events.dropped",
                    "Events that are missing in the history, by reason.",
                    () -> history.dropped(why),
                    "reason",
                    label(why));
        }
    }
}
