package io.sluice.calls;

/** How a call stands to somebody who has been there. */
enum Standing {
    /** Comes back without being asked again. */
    ADMITTED,
    /** Was sent away, and is a stranger again. */
    REMOVED,
    /** Was sent away for good. */
    BLOCKED
}
