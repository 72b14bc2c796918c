package io.sluice.bench.load;

import java.util.List;

/**
 * How participants come into a room of some server. To put loads on one more kind of server takes one
 * more implementation.
 */
public interface Signaling extends AutoCloseable {

    /** How many transports a participant needs, who watches and may publish as well; the same always. */
    int transports(boolean publishes);

    /**
     * Takes a participant into a room: it publishes what its first transport has been given, and watches
     * everybody else, those who come later too.
     *
     * @param transports as many as {@link #transports} says
     */
    Membership join(String room, String identity, List<LoadClient> transports);

    /** Ends all sessions. */
    @Override
    void close();
}
