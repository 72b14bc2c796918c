package io.sluice.server.metrics;

import static io.sluice.server.metrics.Meters.label;

import io.sluice.whip.WhipCounters;
import io.sluice.whip.WhipProtocol;

/** The numbers of WHIP and WHEP. */
final class WhipMeters {
    private final Meters meters;

    WhipMeters(Meters meters) {
        this.meters = meters;
    }

    void bind(WhipProtocol whip) {
        String name = "sluice.whip.sessions";
        String help = "Sessions of WHIP (publish) and WHEP (view).";
        meters.gauge(name, help, () -> whip.sessions(true), "side", "publish");
        meters.gauge(name, help, () -> whip.sessions(false), "side", "view");
        meters.counter(
                "sluice.whip.sessions.begun", "Sessions of WHIP and WHEP begun.", whip::opened);
        for (WhipCounters.Refusal refusal : WhipCounters.Refusal.values()) {
            meters.counter(
                    "sluice.whip.refusals",
                    "Requests of WHIP and WHEP refused, by reason.",
                    () -> whip.counters().of(refusal),
                    "reason",
                    label(refusal));
        }
    }
}
