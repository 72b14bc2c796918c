package io.sluice.room;

/** How well a participant's media gets through, as others may show it; excellent until said otherwise. */
public enum ConnectionQuality {
    EXCELLENT,
    GOOD,
    POOR,
    /** Nothing has come from it for some seconds. */
    LOST
}
