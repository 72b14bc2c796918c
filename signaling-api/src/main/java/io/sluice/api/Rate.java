package io.sluice.api;

/**
 * How often something may be done.
 *
 * @param perSecond on average
 * @param burst at once, after a while without
 */
public record Rate(int perSecond, int burst) {
    /** Token buckets count nanoseconds. */
    private static final int MAX_PER_SECOND = 1_000_000_000;

    public Rate {
        Settings.requireAtLeast("perSecond", perSecond, 1);
        Settings.requireAtMost("perSecond", perSecond, MAX_PER_SECOND);
        Settings.requireAtLeast("burst", burst, 1);
    }
}
