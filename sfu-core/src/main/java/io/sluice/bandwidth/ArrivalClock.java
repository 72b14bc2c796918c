package io.sluice.bandwidth;

/**
 * Arrival times that do not wrap, from those of reports, which do.
 *
 * <p>Owned by the viewer's loop.
 */
final class ArrivalClock {
    private boolean known;
    private long lastNanos;
    private long unwrappedNanos;

    /**
     * The same time without end.
     *
     * @param wrapNanos after which such times begin again
     */
    long unwrap(long arrivalNanos, long wrapNanos) {
        if (known) {
            long step = Math.floorMod(arrivalNanos - lastNanos, wrapNanos);
            unwrappedNanos += step > wrapNanos / 2 ? step - wrapNanos : step;
        }
        known = true;
        lastNanos = arrivalNanos;
        return unwrappedNanos;
    }
}
