package io.sluice.ice;

/**
 * One remote address of a session, as seen by one socket, and what is proven about it. Owned by the
 * session's loop.
 */
final class IcePath {
    private final IceSession session;
    private final Path path;

    /** The newest generation of credentials that a check of ours succeeded with; 0 for none. */
    private int validatedBy;

    /** The newest generation that the remote side nominated it with; 0 for none. */
    private int nominatedBy;

    /** Nominations since the selected path was nominated last. */
    private int nominations;

    private long lastNominator;
    private int priority;
    private long lastSeenNanos;

    IcePath(IceSession session, Path path) {
        this.session = session;
        this.path = path;
    }

    IceSession session() {
        return session;
    }

    Path path() {
        return path;
    }

    boolean is(int socket, long high, long low, int port) {
        return path.remoteLow() == low
                && path.remotePort() == port
                && path.remoteHigh() == high
                && path.socket() == socket;
    }

    boolean validated() {
        return validatedBy > 0;
    }

    boolean validatedBy(int generation) {
        return validatedBy == generation;
    }

    void validate(int generation) {
        validatedBy = Math.max(validatedBy, generation);
    }

    int nominatedBy() {
        return nominatedBy;
    }

    int nominations() {
        return nominations;
    }

    /** A retransmitted request nominates once. */
    void nominate(int generation, long transaction) {
        nominatedBy = Math.max(nominatedBy, generation);
        if (transaction != lastNominator) {
            lastNominator = transaction;
            nominations++;
        }
    }

    void forgetNominations() {
        nominations = 0;
    }

    /** The remote side's PRIORITY for it, unsigned. */
    int priority() {
        return priority;
    }

    void priority(int value) {
        priority = value;
    }

    long lastSeenNanos() {
        return lastSeenNanos;
    }

    void seen(long nowNanos) {
        lastSeenNanos = nowNanos;
    }
}
