package io.sluice.server.metrics;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** How much there is to do, and who is refused for it. */
public final class LoadMeters {
    private static final String REFUSED = "sluice.door.refused";
    private static final String HELP =
            "Joins refused for the sake of those who are in, and what API keys had no more of, by reason.";

    private final Meters meters;

    /** Joins refused for the node's sake. */
    public record Refused(
            LongSupplier overloaded, LongSupplier tooManyJoins, LongSupplier draining) {}

    /** What was refused since an API key had no more of it. */
    public record RefusedOfKeys(
            LongSupplier joins,
            LongSupplier rooms,
            LongSupplier participants,
            LongSupplier requests) {}

    LoadMeters(Meters meters) {
        this.meters = meters;
    }

    /** Reads these when somebody scrapes. */
    public void bind(DoubleSupplier stress, Refused refused, RefusedOfKeys ofKeys) {
        meters.gauge(
                "sluice.stress.ratio",
                "How much the busiest loop has to do, of what it can; looked at once a second.",
                stress);
        meters.counter(REFUSED, HELP, refused.overloaded(), "reason", "overloaded");
        meters.counter(REFUSED, HELP, refused.tooManyJoins(), "reason", "too_many_joins");
        meters.counter(REFUSED, HELP, refused.draining(), "reason", "draining");
        meters.counter(REFUSED, HELP, ofKeys.joins(), "reason", "key_joins");
        meters.counter(REFUSED, HELP, ofKeys.rooms(), "reason", "key_rooms");
        meters.counter(REFUSED, HELP, ofKeys.participants(), "reason", "key_participants");
        meters.counter(REFUSED, HELP, ofKeys.requests(), "reason", "key_requests");
    }
}
