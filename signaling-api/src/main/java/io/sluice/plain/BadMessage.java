package io.sluice.plain;

/** A message that was not understood; the text is for whoever wrote the client. */
final class BadMessage extends Exception {
    private static final long serialVersionUID = 1L;

    private final String text;

    BadMessage(String text) {
        super(text);
        this.text = text;
    }

    String text() {
        return text;
    }
}
