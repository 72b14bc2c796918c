package io.sluice.bench.load;

import java.util.concurrent.CompletableFuture;

/** A participant's place in a room, as its protocol knows it. */
public interface Membership {
    /** Done when its first transport knows the other side. */
    CompletableFuture<Void> started();

    /** Wants no pictures higher than this, of everybody; where its protocol can say so. */
    default void wish(int maxHeight) {}

    /** Gives it up, and the session with it. */
    void leave();
}
