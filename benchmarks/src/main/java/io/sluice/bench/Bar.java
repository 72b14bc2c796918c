package io.sluice.bench;

/**
 * What the median of one figure must reach.
 *
 * @param line of the table
 * @param least whether the value is the least allowed, not the most
 */
record Bar(String line, Figure figure, boolean least, double value) {

    static Bar atLeast(String line, Figure figure, double value) {
        return new Bar(line, figure, true, value);
    }

    static Bar atMost(String line, Figure figure, double value) {
        return new Bar(line, figure, false, value);
    }

    boolean passes(double measured) {
        return least ? measured >= value : measured <= value;
    }
}
