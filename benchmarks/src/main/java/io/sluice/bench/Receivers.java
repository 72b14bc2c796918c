package io.sluice.bench;

import io.sluice.ice.Path;
import io.sluice.ice.WildcardSockets;
import java.io.IOException;

/**
 * Where packets go: many addresses of the loopback network, behind four sockets that take all of them,
 * as in {@code limit.c}.
 *
 * <p>Used by one thread.
 */
final class Receivers implements AutoCloseable {
    private static final int SOCKETS = 4;
    private static final int ADDRESSES_PER_NET = 250;

    /** {@code ::ffff:127.0.0.0}, the lower half. */
    private static final long LOOPBACK = 0xffff_7f00_0000L;

    private static final int NET_SHIFT = 8;

    private final WildcardSockets sockets;

    /**
     * @param drained whether the sockets are emptied; packets to a full one cost the sender less
     */
    Receivers(boolean drained) throws IOException {
        sockets = new WildcardSockets(SOCKETS, drained);
    }

    /** Where the {@code i}th of them is to be reached. */
    Path path(int i) {
        long net = 1L + i / ADDRESSES_PER_NET;
        long host = 1L + i % ADDRESSES_PER_NET;
        return new Path(0, 0, LOOPBACK | net << NET_SHIFT | host, sockets.port(i % SOCKETS));
    }

    @Override
    public void close() {
        sockets.close();
    }
}
