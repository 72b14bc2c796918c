package io.sluice.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Puts numbers that are kept elsewhere into a registry: they are read when somebody scrapes, and cost
 * nothing before.
 *
 * <p>Filled by one thread, then read by any.
 */
final class Meters {
    private final MeterRegistry registry;

    /** The registry itself holds what it reads weakly. */
    private final List<Object> held = new ArrayList<>();

    Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * A number that only grows.
     *
     * @param name with dots, without {@code total}
     * @param labels each name followed by its value
     */
    void counter(String name, String help, LongSupplier value, String... labels) {
        held.add(value);
        FunctionCounter.builder(name, value, LongSupplier::getAsLong)
                .description(help)
                .tags(labels)
                .register(registry);
    }

    /** A number that goes up and down. */
    void gauge(String name, String help, DoubleSupplier value, String... labels) {
        held.add(value);
        Gauge.builder(name, value, DoubleSupplier::getAsDouble)
                .description(help)
                .tags(labels)
                .register(registry);
    }

    /** The value of a label that stands for a constant. */
    static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
