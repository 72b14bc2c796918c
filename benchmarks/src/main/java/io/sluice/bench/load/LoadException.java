package io.sluice.bench.load;

/** A load that cannot be put on a server. The text says why, for people; it is no defect. */
public final class LoadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LoadException(String text) {
        super(text);
    }

    LoadException(String text, Throwable cause) {
        super(text, cause);
    }
}
