package io.sluice.api.rest;

import io.sluice.api.Problem;

/** A request that is refused, with what its client is told. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public Refusal(Problem problem) {
        super(problem.name(), null, false, false);
        this.problem = problem;
    }

    public Refusal(int status, String name, String title, String detail) {
        this(new Problem(status, name, title, detail));
    }

    /** A body or query that is understood, but asks for what cannot be. */
    public static Refusal invalid(String name, String detail) {
        return new Refusal(422, name, "Not valid", detail);
    }

    static Refusal roomNotFound() {
        return new Refusal(
                404,
                "room-not-found",
                "Not found",
                "There is no room of this name, or it has just ended: create it with POST"
                        + " /api/v1/rooms, or list the rooms with GET /api/v1/rooms.");
    }

    public Problem problem() {
        return problem;
    }
}
