package io.sluice.history;

/** The history's database is away, or has too much to do; events wait, questions do not. */
public final class HistoryUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    HistoryUnavailableException() {
        super("the history's database is away", null, false, false);
    }
}
