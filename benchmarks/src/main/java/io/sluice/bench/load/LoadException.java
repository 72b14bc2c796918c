package io.sluice.bench.load;

/** A load that cannot be put on a server. The text says why, for people; it is no defect. */
public final class LoadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean usage;

    private LoadException(String text, boolean usage) {
        super(text);
        this.usage = usage;
    }

    /** The server is not there, or lets not everybody in. */
    LoadException(String text, Throwable cause) {
        super(text, cause);
        usage = false;
    }

    /** What was asked for makes no sense. */
    public static LoadException usage(String text) {
        return new LoadException(text, true);
    }

    /** Whether other arguments would help. */
    public boolean isUsage() {
        return usage;
    }
}
