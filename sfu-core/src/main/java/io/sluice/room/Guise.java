package io.sluice.room;

/**
 * As what a participant comes; it stays so.
 *
 * @param hidden whether the other participants are told nothing of it; the application is
 * @param forwarded whether it is at home in another room
 */
public record Guise(Kind kind, boolean hidden, boolean forwarded) {
    public static final Guise PERSON = new Guise(Kind.STANDARD, false);

    /** Of somebody who is where it came. */
    public Guise(Kind kind, boolean hidden) {
        this(kind, hidden, false);
    }

    Guise asForwarded() {
        return new Guise(kind, hidden, true);
    }

    /** What is behind a participant, for clients that show it; the server treats all alike. */
    public enum Kind {
        STANDARD,
        INGRESS,
        EGRESS,
        SIP,
        AGENT,
        CONNECTOR,
        BRIDGE
    }
}
