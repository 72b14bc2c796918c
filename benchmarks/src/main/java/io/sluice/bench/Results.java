package io.sluice.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.srtp.SrtpContexts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * The turns of a benchmark, for people and for machines.
 *
 * @param turns at least one
 */
record Results(String name, List<Turn> turns, List<Bar> bars) {
    private static final String NOTHING = "-";

    Results {
        turns = List.copyOf(turns);
        bars = List.copyOf(bars);
    }

    boolean passed() {
        return bars.stream().allMatch(bar -> bar.passes(median(bar.line(), bar.figure())));
    }

    /** The median of all turns. */
    double median(String line, Figure figure) {
        double[] values = sorted(line, figure);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private double[] sorted(String line, Figure figure) {
        double[] values =
                turns.stream()
                        .map(turn -> turn.find(line, figure))
                        .filter(Objects::nonNull)
                        .mapToDouble(Double::doubleValue)
                        .sorted()
                        .toArray();
        if (values.length == 0) {
            throw new IllegalArgumentException(line + " has no " + figure.title());
        }
        return values;
    }

    private List<String> lines() {
        Set<String> lines = new LinkedHashSet<>();
        turns.forEach(turn -> lines.addAll(turn.lines().keySet()));
        return List.copyOf(lines);
    }

    private List<Figure> figures(Collection<String> lines) {
        Set<Figure> figures = new LinkedHashSet<>();
        for (Turn turn : turns) {
            turn.lines()
                    .forEach((line, measured) -> {
                        if (lines.contains(line)) {
                            figures.addAll(measured.keySet());
                        }
                    });
        }
        return List.copyOf(figures);
    }

    /** A line each, with medians, and under them the bars. */
    String table() {
        List<Figure> figures = figures(lines());
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(name));
        figures.forEach(figure -> head.add(figure.title()));
        rows.add(head);
        for (String line : lines()) {
            List<Figure> measured = figures(List.of(line));
            List<String> row = new ArrayList<>(List.of(line));
            for (Figure figure : figures) {
                row.add(
                        measured.contains(figure)
                                ? format(figure.format(), median(line, figure))
                                : NOTHING);
            }
            rows.add(row);
        }
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> append(text, row, rows));
        for (Bar bar : bars) {
            double measured = median(bar.line(), bar.figure());
            String shown = format(bar.figure().format(), measured);
            text.append(
                    format(
                            "%s: %s, %s: %s, %s %s%n",
                            bar.passes(measured) ? "passed" : "MISSED",
                            bar.line(),
                            bar.figure().title(),
                            shown,
                            bar.least() ? "at least" : "at most",
                            format(bar.figure().format(), bar.value())));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> row, List<List<String>> rows) {
        for (int i = 0; i < row.size(); i++) {
            int column = i;
            int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(1);
            text.append(format(i == 0 ? "%-" + width + "s" : "  %" + width + "s", row.get(i)));
        }
        text.append(System.lineSeparator());
    }

    /** The same, with the least and the most of all turns, and on what machine. */
    String json() {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("bench", name).put("turns", turns.size());
        root.putObject("machine")
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put(
                        "system",
                        System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("java", Runtime.version().toString())
                .put("crypto", SrtpContexts.implementation());
        ObjectNode lines = root.putObject("lines");
        for (String line : lines()) {
            ObjectNode measured = lines.putObject(line);
            for (Figure figure : figures(List.of(line))) {
                double[] values = sorted(line, figure);
                measured.putObject(figure.key())
                        .put("median", median(line, figure))
                        .put("min", values[0])
                        .put("max", values[values.length - 1]);
            }
        }
        var barred = root.putArray("bars");
        for (Bar bar : bars) {
            double measured = median(bar.line(), bar.figure());
            barred.addObject()
                    .put("line", bar.line())
                    .put("figure", bar.figure().key())
                    .put(bar.least() ? "atLeast" : "atMost", bar.value())
                    .put("measured", measured)
                    .put("passed", bar.passes(measured));
        }
        return root.toPrettyString();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
