package io.sluice.server.metrics;

import static io.sluice.server.metrics.Meters.label;

import io.sluice.calls.CallCounters;
import io.sluice.calls.Calls;

/** The numbers of calls by code. */
final class CallMeters {
    private final Meters meters;

    CallMeters(Meters meters) {
        this.meters = meters;
    }

    void bind(Calls calls) {
        CallCounters counters = calls.counters();
        meters.gauge("sluice.calls.known", "Calls that have a code.", calls::known);
        meters.gauge("sluice.calls.waiting", "Guests in the lobbies of calls.", calls::waiting);
        meters.counter("sluice.calls.made", "Calls made by code.", counters::made);
        meters.counter(
                "sluice.calls.unsaved",
                "Changes of calls that the database refused.",
                counters::unsaved);
        meters.counter(
                "sluice.calls.passwords.unset",
                "Passwords that hosts could not set: too many at once, or no time for them.",
                counters::passwordsNotSet);
        for (CallCounters.Outcome outcome : CallCounters.Outcome.values()) {
            meters.counter(
                    "sluice.calls.joins",
                    "Wishes to join a call by its code, by what came of them.",
                    () -> counters.joins(outcome),
                    "outcome",
                    label(outcome));
        }
    }
}
