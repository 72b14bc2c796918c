package io.sluice.server.metrics;

import io.sluice.loop.Loop;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Whether new participants should be sent here. Any thread may ask. */
public final class Readiness {
    /** A loop ticks every 10 ms, or 100 ms where it carries nobody: after so long without, calls are broken. */
    static final long TICK_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /** The phases of a server's life, each once. */
    public enum Phase {
        STARTING,
        SERVING,
        DRAINING,
        STOPPING
    }

    private final List<Loop> loops;
    private final LongSupplier clockNanos;
    private volatile Phase phase = Phase.STARTING;

    public Readiness(List<Loop> loops, LongSupplier clockNanos) {
        this.loops = loops;
        this.clockNanos = clockNanos;
    }

    public void enter(Phase next) {
        phase = next;
    }

    /** What keeps the server from serving, in a sentence; empty if nothing does. */
    public Optional<String> hindrance() {
        return switch (phase) {
            case STARTING -> Optional.of("The server is starting.");
            case DRAINING -> Optional.of("The server is about to stop, and begins no rooms.");
            case STOPPING -> Optional.of("The server is stopping.");
            case SERVING -> stuckLoop();
        };
    }

    private Optional<String> stuckLoop() {
        long nowNanos = clockNanos.getAsLong();
        for (Loop loop : loops) {
            long ageNanos = nowNanos - loop.lastTickNanos();
            if (ageNanos > TICK_TIMEOUT_NANOS) {
                return Optional.of(
                        String.format(
                                Locale.ROOT,
                                "Event loop %d has not turned for %.1f s.",
                                loop.index(),
                                ageNanos / NANOS_PER_SECOND));
            }
        }
        return Optional.empty();
    }
}
