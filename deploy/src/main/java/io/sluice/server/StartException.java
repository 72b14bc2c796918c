package io.sluice.server;

/** The server cannot start; the message says to whoever starts it what to do. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Exit codes, after sysexits.h. */
    static final int USAGE = 64;

    /** A port or address is taken or not there. */
    static final int UNAVAILABLE = 69;

    /** A file or the environment is wrong. */
    static final int CONFIG = 78;

    /** A defect of ours. */
    static final int INTERNAL = 70;

    private final int exitCode;
    private final String text;

    StartException(int exitCode, String text) {
        super(text);
        this.exitCode = exitCode;
        this.text = text;
    }

    StartException(int exitCode, String text, Throwable cause) {
        super(text, cause);
        this.exitCode = exitCode;
        this.text = text;
    }

    int exitCode() {
        return exitCode;
    }

    String text() {
        return text;
    }
}
