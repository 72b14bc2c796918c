package io.sluice.api;

/** What may be asked of a track that is forwarded to somebody, the same in every protocol. */
public final class WishLimits {
    /** In pixels: taller than any picture that is sent. */
    public static final int MAX_HEIGHT = 16_384;

    /** In frames per second. */
    public static final int MAX_FPS = 240;

    /** The tracks that one viewer gets are told apart by less. */
    public static final int MAX_PRIORITY = 255;

    private WishLimits() {}
}
