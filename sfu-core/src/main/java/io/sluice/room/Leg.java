package io.sluice.room;

/**
 * Which of a participant's transports. Most have one; some clients keep what they watch apart, since there the
 * server offers.
 */
public enum Leg {
    /** The one that each participant comes in with; it carries everything unless there is another. */
    FIRST,

    /** Carries what the participant watches, and nothing else. */
    WATCHING
}
