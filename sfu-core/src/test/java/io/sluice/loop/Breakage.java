package io.sluice.loop;

/** How a test has something break: as is foreseen, and by what is not even an exception. */
public enum Breakage {
    EXCEPTION,
    ERROR;

    /** What is thrown says this. */
    public static final String MESSAGE = "on purpose";

    /** Breaks, by an exception that is yet to be thrown or by an error that is. */
    public RuntimeException now() {
        return switch (this) {
            case EXCEPTION -> new IllegalStateException(MESSAGE);
            case ERROR -> throw new StackOverflowError(MESSAGE);
        };
    }
}
