package io.sluice.bandwidth;

/** How much a picture matters among those of equal priority; what comes later is served first. */
public enum Prominence {
    OTHER,
    /** Of who leads the conversation. */
    SPEAKER,
    /** Of a screen: what is written there must be readable. */
    SCREEN
}
