package io.sluice.bench;

/**
 * A kind of number that a benchmark measures: a column of its table, a name in its JSON.
 *
 * @param key in JSON; the unit last
 * @param title of the column
 * @param format of one value, for {@link String#format}
 * @param zeroAllowed whether 0 is a measurement; otherwise it says that nothing was measured, and fails
 */
record Figure(String key, String title, String format, boolean zeroAllowed) {
    static final Figure CPU_NANOS =
            new Figure("cpuNanosPerPacket", "CPU ns/packet", "%,.1f", false);
    static final Figure PACKETS_PER_SECOND =
            new Figure("packetsPerSecondAndCore", "packets/s/core", "%,.0f", false);
    static final Figure ALLOCATED_BYTES =
            new Figure("allocatedBytesPerPacket", "B/packet", "%,.2f", true);
    static final Figure RATIO_TO_C = new Figure("ratioToC", "x of C", "%.2f", false);

    static final double NANOS_PER_SECOND = 1e9;

    static double perSecond(double nanos) {
        return NANOS_PER_SECOND / nanos;
    }
}
