package io.sluice.bench;

/**
 * Something that is done to packets over and over, by one thread.
 *
 * <p>Owned by that thread.
 */
public interface PacketWork {
    /** Makes ready what the next {@link #run} needs; not measured. */
    default void prepare() {}

    /** Works on some packets, a tenth of a millisecond's worth at least; returns how many. */
    int run();
}
