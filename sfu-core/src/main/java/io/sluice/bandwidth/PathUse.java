package io.sluice.bandwidth;

/** What the change of the delay says of a path. */
enum PathUse {
    /** Queues stay as they are. */
    NORMAL,
    /** Queues grow: more is sent than passes. */
    OVER,
    /** Queues shrink. */
    UNDER
}
