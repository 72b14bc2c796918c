package io.sluice.server.metrics;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** How much there is to do, and who is refused for it. */
public final class LoadMeters {
    private static final String REFUSED = "sluice.door.refused";
    private static final String HELP = "Joins refused for the sake of those who are in, by reason.";

    private final Meters meters;

    LoadMeters(Meters meters) {
        this.meters = meters;
    }

    /** Reads these when somebody scrapes. */
    public void bind(
            DoubleSupplier stress,
            LongSupplier overloaded,
            LongSupplier tooManyJoins,
            LongSupplier draining) {
        meters.gauge(
                "sluice.stress.ratio",
                "How much the busiest loop has to do, of what it can; looked at once a second.",
                stress);
        meters.counter(REFUSED, HELP, overloaded, "reason", "overloaded");
        meters.counter(REFUSED, HELP, tooManyJoins, "reason", "too_many_joins");
        meters.counter(REFUSED, HELP, draining, "reason", "draining");
    }
}
