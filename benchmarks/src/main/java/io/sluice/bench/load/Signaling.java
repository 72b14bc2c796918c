package io.sluice.bench.load;

import java.util.concurrent.CompletableFuture;

/** How a client comes into a room of some server; one implementation a protocol. */
public interface Signaling extends AutoCloseable {

    /**
     * Takes a client into a room: it publishes what it has been given, and watches everybody else, those
     * who come later too.
     *
     * @return done when the first answer has been handed to the client
     */
    CompletableFuture<Void> join(String room, String identity, LoadClient client);

    /** Ends all sessions. */
    @Override
    void close();
}
