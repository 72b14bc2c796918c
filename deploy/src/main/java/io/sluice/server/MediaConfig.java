package io.sluice.server;

import java.net.InetAddress;
import java.util.List;

/**
 * Where media comes in.
 *
 * @param loops event-loop threads. As many as cores: a loop never waits, so more would only take turns
 * @param udpPort of the first loop; the others follow. 7882, as LiveKit's. 0 lets the system choose for each
 * @param localAddresses that get a socket on each of these ports. All of this machine's: a client reaches
 *     us by whichever network it shares with us
 */
public record MediaConfig(int loops, int udpPort, List<InetAddress> localAddresses) {
    static final int DEFAULT_UDP_PORT = 7882;

    private static final int MAX_LOOPS = 256;
    private static final int MAX_PORT = 65_535;

    public MediaConfig {
        localAddresses = List.copyOf(localAddresses);
        if (loops < 1 || loops > MAX_LOOPS) {
            throw new IllegalArgumentException(
                    "--loops is " + loops + " but must be 1 to " + MAX_LOOPS + ".");
        }
        if (udpPort < 0 || (udpPort > 0 && udpPort + loops - 1 > MAX_PORT)) {
            throw new IllegalArgumentException(
                    "--udp-port is "
                            + udpPort
                            + " but must leave room for "
                            + loops
                            + " ports up to "
                            + MAX_PORT
                            + ".");
        }
        if (localAddresses.isEmpty()) {
            throw new IllegalArgumentException(
                    "This machine has no address that other machines could reach: name one with"
                            + " --local-address.");
        }
    }

    /** The port number of a loop. */
    int udpPort(int loop) {
        return udpPort == 0 ? 0 : udpPort + loop;
    }
}
