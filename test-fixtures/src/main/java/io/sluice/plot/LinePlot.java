package io.sluice.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
    private static final int TICKS = 4;
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
        double maxX = max(true);
        double minX =
                lines.stream()
                        .flatMap(line -> line.points().stream())
                        .mapToDouble(Point::x)
                        .min()
                        .orElse(0);
        double maxY = round(max(false));
        int right = WIDTH - RIGHT;
        int bottom = HEIGHT - BOTTOM;
        svg.append(text(LEFT, TOP - 14, "start", "13", title));
        for (int i = 0; i <= TICKS; i++) {
            double value = maxY * i / TICKS;
            double y = bottom - (bottom - TOP) * (double) i / TICKS;
            svg.append(
                    format(
                            "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\""
                                    + " stroke=\"#d4d4d8\"/>\n",
                            LEFT, y, right, y));
            svg.append(text(LEFT - 8, y + 4, "end", "11", number(value)));
            double x = minX + (maxX - minX) * i / TICKS;
            svg.append(
                    text(
                            LEFT + (right - LEFT) * (double) i / TICKS,
                            bottom + 18,
                            "middle",
                            "11",
                            number(x)));
        }
        svg.append(text((LEFT + right) / 2.0, bottom + 36, "middle", "11", xLabel));
        svg.append(text(LEFT - 8, TOP - 14, "end", "11", yLabel));
        double width = Math.max(maxX - minX, Double.MIN_NORMAL);
        for (int i = 0; i < lines.size(); i++) {
            String color = COLORS[i % COLORS.length];
            StringBuilder path = new StringBuilder();
            for (Point point : lines.get(i).points()) {
                path.append(path.isEmpty() ? 'M' : 'L')
                        .append(
                                format(
                                        "%.1f %.1f ",
                                        LEFT + (right - LEFT) * (point.x() - minX) / width,
                                        bottom - (bottom - TOP) * point.y() / maxY));
            }
            svg.append(
                    format(
                            "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n",
                            path.toString().trim(), color));
            int y = TOP + 14 + i * 18;
            svg.append(
                    format(
                            "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"3\" fill=\"%s\"/>\n",
                            right + 12, y - 5, color));
            svg.append(text(right + 30, y, "start", "11", lines.get(i).name()));
        }
    }

    private double max(boolean x) {
        return lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(point -> x ? point.x() : point.y())
                .max()
                .orElse(1);
    }

    /** Up to a number that divides well. */
    private static double round(double value) {
        if (value <= 0) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : new double[] {1, 2, 4, 5, 8, 10}) {
            if (value <= step * power) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private static String number(double value) {
        return value == Math.rint(value) || Math.abs(value) >= 100
                ? format("%,.0f", value)
                : format("%.2f", value);
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
