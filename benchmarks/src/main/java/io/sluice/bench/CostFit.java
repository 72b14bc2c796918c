package io.sluice.bench;

import java.util.Comparator;
import java.util.List;

/**
 * What a server's work is made of: CPU = a x received + b x sent + c x rooms, in seconds of CPU for each
 * second.
 *
 * @param received cost of a packet from a publisher, in seconds
 * @param sent cost of a packet to a viewer, in seconds
 * @param room cost of a room in a second, in seconds
 */
record CostFit(double received, double sent, double room) {
    private static final int TERMS = 3;

    /**
     * Below it the error is not relative any more: CPU time is counted in ticks of 10 ms, and what the idle
     * server takes differs by about so much from one moment to the next.
     */
    private static final double RESOLUTION = 0.01;

    /** What a load came to; rates per second, CPU in seconds per second, without the idle server's. */
    record Point(double receivedRate, double sentRate, double rooms, double cpu) {
        /** Of several times the same load: that with the CPU time in the middle. */
        static Point median(List<Point> points) {
            return points.stream()
                    .sorted(Comparator.comparingDouble(Point::cpu))
                    .skip(points.size() / 2)
                    .findFirst()
                    .orElseThrow();
        }

        /** What its error is measured by. */
        private double scale() {
            return Math.max(cpu, RESOLUTION);
        }

        private double term(int index) {
            return switch (index) {
                case 0 -> receivedRate;
                case 1 -> sentRate;
                case 2 -> rooms;
                default -> throw new IllegalArgumentException("term " + index);
            };
        }
    }

    /**
     * The costs that fit best, none below 0: least squares of the relative errors, so that small loads
     * count as much as large ones.
     */
    static CostFit of(List<Point> points) {
        CostFit best = new CostFit(0, 0, 0);
        double bestError = Double.MAX_VALUE;
        // With three costs, all choices of which are above 0 can be tried.
        for (int mask = 1; mask < 1 << TERMS; mask++) {
            double[] costs = solve(points, mask);
            CostFit fit = new CostFit(costs[0], costs[1], costs[2]);
            double error = fit.error(points);
            if (costs[0] >= 0 && costs[1] >= 0 && costs[2] >= 0 && error < bestError) {
                best = fit;
                bestError = error;
            }
        }
        return best;
    }

    double cpu(Point point) {
        return received * point.receivedRate() + sent * point.sentRate() + room * point.rooms();
    }

    /** What a sent packet cost at one point, if what is received and the rooms cost what they do in all. */
    double sentAt(Point point) {
        double others = received * point.receivedRate() + room * point.rooms();
        return (point.cpu() - others) / point.sentRate();
    }

    /** Squares of the relative errors. */
    private double error(List<Point> points) {
        double sum = 0;
        for (Point point : points) {
            double relative = (cpu(point) - point.cpu()) / point.scale();
            sum += relative * relative;
        }
        return sum;
    }

    /** Solves the normal equations for the terms of a mask; NaN where they have no one solution. */
    private static double[] solve(List<Point> points, int mask) {
        double[][] equations = new double[TERMS][TERMS + 1];
        for (int row = 0; row < TERMS; row++) {
            if ((mask & 1 << row) == 0) {
                equations[row][row] = 1;
                continue;
            }
            for (Point point : points) {
                double term = point.term(row) / point.scale();
                for (int column = 0; column < TERMS; column++) {
                    if ((mask & 1 << column) != 0) {
                        equations[row][column] += term * point.term(column) / point.scale();
                    }
                }
                equations[row][TERMS] += term * point.cpu() / point.scale();
            }
        }
        return eliminate(equations);
    }

    /** Gauss and Jordan; the rates are of one size, so the diagonal will do. */
    private static double[] eliminate(double[][] equations) {
        for (int pivot = 0; pivot < TERMS; pivot++) {
            double divisor = equations[pivot][pivot];
            for (int column = 0; column <= TERMS; column++) {
                equations[pivot][column] /= divisor;
            }
            for (int row = 0; row < TERMS; row++) {
                double factor = equations[row][pivot];
                for (int column = 0; row != pivot && column <= TERMS; column++) {
                    equations[row][column] -= factor * equations[pivot][column];
                }
            }
        }
        return new double[] {equations[0][TERMS], equations[1][TERMS], equations[2][TERMS]};
    }
}
