package io.sluice.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one turn of a {@link Contest} measured: figures by line of the table.
 *
 * <p>Owned by the thread that runs the contest.
 */
final class Turn {
    private final Map<String, Map<Figure, Double>> lines = new LinkedHashMap<>();

    /** Sets one figure; refuses what no measurement can give. */
    void put(String line, Figure figure, double value) {
        if (!Double.isFinite(value) || value < 0 || (value == 0 && !figure.zeroAllowed())) {
            throw new IllegalStateException(
                    "%s of %s cannot be %s".formatted(figure.title(), line, value));
        }
        lines.computeIfAbsent(line, _ -> new LinkedHashMap<>()).put(figure, value);
    }

    /** Sets what a packet cost. */
    void putCpu(String line, double nanosPerPacket) {
        put(line, Figure.CPU_NANOS, nanosPerPacket);
        put(line, Figure.PACKETS_PER_SECOND, Figure.perSecond(nanosPerPacket));
    }

    /** Sets how much of what C does {@code line} does: 1 is as fast. */
    void compare(String line, String c) {
        put(line, Figure.RATIO_TO_C, get(c, Figure.CPU_NANOS) / get(line, Figure.CPU_NANOS));
    }

    /** A figure that an earlier step of this turn has set. */
    double get(String line, Figure figure) {
        Double value = find(line, figure);
        if (value == null) {
            throw new IllegalStateException(line + " has no " + figure.title());
        }
        return value;
    }

    @Nullable Double find(String line, Figure figure) {
        Map<Figure, Double> figures = lines.get(line);
        return figures == null ? null : figures.get(figure);
    }

    Map<String, Map<Figure, Double>> lines() {
        return lines;
    }
}
