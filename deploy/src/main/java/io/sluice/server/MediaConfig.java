package io.sluice.server;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where media comes in.
 *
 * @param loops event-loop threads. As many as cores: a loop never waits, so more would only take turns
 * @param udpPort of the first loop; the others follow. 7882, as LiveKit's. 0 lets the system choose for each
 * @param tcpPort for ICE over TCP, one for all loops; 0 lets the system choose
 * @param localAddresses that get a socket on each of these ports. All of this machine's: a client reaches
 *     us by whichever network it shares with us
 * @param warmUp CPU time that one thread forwards synthetic packets for before anybody is let in, so that the
 *     code is compiled; zero for none. With 300 ms the first thousand packets cost a tenth of what they
 *     cost without, and the first hundred thousand a third less; more gains little, and the server would
 *     be ready later
 * @param stunServer asked at start for the public addresses of the local ones; null: nobody is asked
 */
public record MediaConfig(
        int loops,
        int udpPort,
        int tcpPort,
        List<InetAddress> localAddresses,
        Duration warmUp,
        @Nullable StunServer stunServer) {
    static final Duration DEFAULT_WARM_UP = Duration.ofMillis(300);
    static final int DEFAULT_UDP_PORT = 7882;

    static final int CORES = Runtime.getRuntime().availableProcessors();

    private static final int MAX_LOOPS = 256;
    private static final int MAX_PORT = 65_535;

    /** Warmed up as by default. */
    public MediaConfig(int loops, int udpPort, List<InetAddress> localAddresses) {
        this(loops, udpPort, localAddresses, DEFAULT_WARM_UP);
    }

    /** The system chooses the TCP port. */
    public MediaConfig(int loops, int udpPort, List<InetAddress> localAddresses, Duration warmUp) {
        this(loops, udpPort, 0, localAddresses, warmUp, null);
    }

    public MediaConfig {
        localAddresses = List.copyOf(localAddresses);
        if (warmUp.isNegative()) {
            throw new IllegalArgumentException("The warm-up cannot be shorter than no time.");
        }
        requirePorts(loops, udpPort);
        requireTcpPort(tcpPort);
        if (localAddresses.isEmpty()) {
            throw new IllegalArgumentException(
                    "This machine has no address that other machines could reach: name one with"
                            + " --local-address.");
        }
    }

    /** Throws what says how many loops, and which of their ports, there can be. */
    static void requirePorts(int loops, int udpPort) {
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
    }

    /** Throws what says which TCP ports there are. */
    static void requireTcpPort(int tcpPort) {
        if (tcpPort < 0 || tcpPort > MAX_PORT) {
            throw new IllegalArgumentException(
                    "tcpPort is " + tcpPort + " but must be 0 to " + MAX_PORT + ".");
        }
    }

    public MediaConfig withWarmUp(Duration changed) {
        return new MediaConfig(loops, udpPort, tcpPort, localAddresses, changed, stunServer);
    }

    /** The port number of a loop. */
    int udpPort(int loop) {
        return udpPort == 0 ? 0 : udpPort + loop;
    }
}
