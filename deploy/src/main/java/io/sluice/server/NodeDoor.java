package io.sluice.server;

import io.sluice.api.KeyRates;
import io.sluice.api.Problem;
import io.sluice.api.Rate;
import io.sluice.api.RateLimit;
import io.sluice.api.SocketGate;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Whether the node takes anybody in: it does not begin rooms while it is about to stop, nor let newcomers in while
 * it can hardly serve those who are there. Used from any thread.
 */
final class NodeDoor implements SocketGate.Door {
    private final Predicate<String> isThere;
    private final DoubleSupplier stress;
    private final LongSupplier clockNanos;
    private final LongAdder refusedDraining = new LongAdder();
    private final LongAdder refusedStressed = new LongAdder();
    private final LongAdder refusedHasty = new LongAdder();
    private final KeyRates joinsPerKey;
    private final Lock lock = new ReentrantLock();

    /** Under the lock. */
    private RateLimit joins;

    private volatile LoadConfig config;
    private volatile boolean draining;

    /**
     * @param isThere whether there is a room of a name
     */
    NodeDoor(
            LoadConfig config,
            Predicate<String> isThere,
            DoubleSupplier stress,
            LongSupplier clockNanos) {
        this.config = config;
        this.isThere = isThere;
        this.stress = stress;
        this.clockNanos = clockNanos;
        joins = new RateLimit(config.joins(), clockNanos.getAsLong());
        joinsPerKey = new KeyRates(config.joinsPerKey());
    }

    /** Takes other limits from now on. */
    void reconfigure(LoadConfig changed) {
        joinsPerKey.limit(changed.joinsPerKey());
        lock.lock();
        try {
            Rate before = config.joins();
            config = changed;
            if (!before.equals(changed.joins())) {
                joins = new RateLimit(changed.joins(), clockNanos.getAsLong());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Begins no rooms from now on. */
    void drain() {
        draining = true;
    }

    @Override
    public Optional<Problem> check(String room, String apiKey, boolean returning) {
        if (draining && !isThere.test(room)) {
            refusedDraining.increment();
            return Optional.of(
                    new Problem(
                            503,
                            "draining",
                            "Try later",
                            "This server is about to stop, and begins no rooms. Try again: another"
                                    + " one may answer."));
        }
        if (returning) {
            // Who was in a moment ago must not pay for the crowd at the door.
            return Optional.empty();
        }
        if (stress.getAsDouble() > config.maxStress()) {
            refusedStressed.increment();
            return Optional.of(
                    new Problem(
                            503,
                            "overloaded",
                            "Try later",
                            "This server has as much to do as it can; try again in some seconds."));
        }
        // Before it is counted among those of the node: what one key has too much must not be the
        // others' loss.
        if (!joinsPerKey.pass(apiKey, clockNanos.getAsLong())) {
            return Optional.of(Problem.keyLimit(TOO_MANY_OF_KEY));
        }
        if (!mayJoin()) {
            refusedHasty.increment();
            return Optional.of(
                    new Problem(
                            503,
                            "too-many-joins",
                            "Try later",
                            "Too many people come at once; try again in some seconds."));
        }
        return Optional.empty();
    }

    private static final String TOO_MANY_OF_KEY =
            "Too many come at once with tokens of this API key; try again in some seconds.";

    private boolean mayJoin() {
        lock.lock();
        try {
            return joins.pass(clockNanos.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    /** Joins of new rooms that were refused because the server is about to stop. */
    long refusedDraining() {
        return refusedDraining.sum();
    }

    /** Joins refused because the server had too much to do. */
    long refusedStressed() {
        return refusedStressed.sum();
    }

    /** Joins refused because too many came at once with tokens of their key. */
    long refusedHastyOfKeys() {
        return joinsPerKey.refused();
    }

    /** Joins refused because too many came at once. */
    long refusedHasty() {
        return refusedHasty.sum();
    }
}
