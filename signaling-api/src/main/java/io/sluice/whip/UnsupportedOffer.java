package io.sluice.whip;

/** An offer that is well-formed, but asks for what is not answered here; the message says what would be. */
final class UnsupportedOffer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedOffer(String message) {
        super(message);
    }
}
