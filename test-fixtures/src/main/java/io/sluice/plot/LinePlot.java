package io.sluice.plot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A plot of lines over a common axis, as SVG that reads well on light and dark pages.
 *
 * <p>Built by one thread.
 */
public final class LinePlot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 260;
    private static final int LEFT = 80;
    private static final int RIGHT = 150;
    private static final int TOP = 40;
    private static final int BOTTOM = 45;
    private static final int TITLE_HEIGHT = 40;

    /** Where the name of the upright axis stands. */
    private static final int LABEL = 16;

    private static final String[] COLORS = {"#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed"};

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final List<Line> lines = new ArrayList<>();

    /** A point, in the units of the axes. */
    public record Point(double x, double y) {}

    private record Line(String name, List<Point> points) {}

    public LinePlot(String title, String xLabel, String yLabel) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** Adds a line; its points in the order of x. */
    public LinePlot line(String name, List<Point> points) {
        lines.add(new Line(name, List.copyOf(points)));
        return this;
    }

    /** Plots one below the other, under a title. */
    public static String stack(String title, List<LinePlot> plots) {
        int height = TITLE_HEIGHT + plots.size() * HEIGHT;
        StringBuilder svg = new StringBuilder();
        svg.append(
                format(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                                + " font-family=\"sans-serif\" font-size=\"12\">\n",
                        WIDTH, height));
        svg.append(format("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", WIDTH, height));
        svg.append(text(WIDTH / 2.0, 25, "middle", "15", title));
        for (int i = 0; i < plots.size(); i++) {
            svg.append(format("<g transform=\"translate(0 %d)\">\n", TITLE_HEIGHT + i * HEIGHT));
            plots.get(i).draw(svg);
            svg.append("</g>\n");
        }
        return svg.append("</svg>\n").toString();
    }

    private void draw(StringBuilder svg) {
        Axis x = Axis.of(values(Point::x), false);
        Axis y = Axis.of(values(Point::y), true);
        int right = WIDTH - RIGHT;
        int bottom = HEIGHT - BOTTOM;
        svg.append(text(LEFT, TOP - 14, "start", "13", title));
        for (double value : y.ticks()) {
            double at = bottom - (bottom - TOP) * y.share(value);
            svg.append(
                    format(
                            "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\""
                                    + " stroke=\"#d4d4d8\"/>\n",
                            LEFT, at, right, at));
            svg.append(text(LEFT - 8, at + 4, "end", "11", y.number(value)));
        }
        for (double value : x.ticks()) {
            double at = LEFT + (right - LEFT) * x.share(value);
            svg.append(text(at, bottom + 18, "middle", "11", x.number(value)));
        }
        svg.append(text((LEFT + right) / 2.0, bottom + 36, "middle", "11", xLabel));
        if (!yLabel.isEmpty()) {
            // Beside its numbers and along them: above them it stood in the title's line.
            double middle = (TOP + bottom) / 2.0;
            svg.append(format("<g transform=\"rotate(-90 %d %.1f)\">\n", LABEL, middle));
            svg.append(text(LABEL, middle, "middle", "11", yLabel));
            svg.append("</g>\n");
        }
        for (int i = 0; i < lines.size(); i++) {
            draw(svg, lines.get(i), i, x, y);
        }
    }

    private static void draw(StringBuilder svg, Line line, int index, Axis x, Axis y) {
        int right = WIDTH - RIGHT;
        int bottom = HEIGHT - BOTTOM;
        String color = COLORS[index % COLORS.length];
        StringBuilder path = new StringBuilder();
        for (Point point : line.points()) {
            path.append(path.isEmpty() ? 'M' : 'L')
                    .append(
                            format(
                                    "%.1f %.1f ",
                                    LEFT + (right - LEFT) * x.share(point.x()),
                                    bottom - (bottom - TOP) * y.share(point.y())));
        }
        svg.append(
                format(
                        "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n",
                        path.toString().trim(), color));
        int at = TOP + 14 + index * 18;
        svg.append(
                format(
                        "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"3\" fill=\"%s\"/>\n",
                        right + 12, at - 5, color));
        svg.append(text(right + 30, at, "start", "11", line.name()));
    }

    private double[] values(ToDoubleFunction<Point> of) {
        return lines.stream().flatMap(line -> line.points().stream()).mapToDouble(of).toArray();
    }

    /**
     * What one direction shows.
     *
     * @param step between two ticks: 1, 2 or 5 times a power of ten
     */
    record Axis(double from, double to, double step) {
        /** More would write over each other. */
        private static final int STEPS_MAX = 5;

        /** As near to the end of the axis, in steps, a tick is its end. */
        private static final double NEAR = 0.1;

        /**
         * @param amounts whether it begins at nothing and ends at a tick; else it is as long as what it shows
         */
        static Axis of(double[] values, boolean amounts) {
            double low = amounts ? 0 : Arrays.stream(values).min().orElse(0);
            double high = Arrays.stream(values).max().orElse(1);
            if (high <= low) {
                high = low + 1;
            }
            // There is no half a room.
            boolean counted = Arrays.stream(values).allMatch(value -> value == Math.rint(value));
            double step = step((high - low) / STEPS_MAX, counted);
            double before = Math.floor(low / step) * step;
            double after = Math.ceil(high / step) * step;
            return new Axis(
                    low - before < NEAR * step ? before : low,
                    amounts || after - high < NEAR * step ? after : high,
                    step);
        }

        private static double step(double least, boolean counted) {
            double power = Math.pow(10, Math.floor(Math.log10(least)));
            double step = 10 * power;
            for (int times : new int[] {5, 2, 1}) {
                step = times * power >= least ? times * power : step;
            }
            return counted ? Math.max(1, step) : step;
        }

        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            for (long i = (long) Math.ceil(from / step); i * step <= to * (1 + 1e-9); i++) {
                ticks.add(i * step);
            }
            return ticks;
        }

        /** How far along the axis a value stands, 0 to 1. */
        double share(double value) {
            return (value - from) / (to - from);
        }

        /** With as many decimals as the step has. */
        String number(double value) {
            int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
            return format("%,." + decimals + "f", value);
        }
    }

    private static String text(double x, double y, String anchor, String size, String words) {
        return format(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%s\" fill=\"#27272a\">"
                        + "%s</text>\n",
                x, y, anchor, size, escape(words));
    }

    private static String escape(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
