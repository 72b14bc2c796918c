package io.sluice.livekit;

/** A join request that cannot be read; the message is for whoever sent it. */
final class BadJoinRequest extends Exception {
    private static final long serialVersionUID = 1L;

    private final String text;

    BadJoinRequest(String text) {
        // No cause: the libraries' messages may quote what was sent.
        super(text);
        this.text = text;
    }

    String text() {
        return text;
    }
}
