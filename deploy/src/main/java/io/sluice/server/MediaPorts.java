package io.sluice.server;

import io.sluice.ice.IceConfig;
import io.sluice.ice.TcpPort;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.server.metrics.Metrics;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server's loops, each with its UDP port, and their TCP port.
 *
 * @param tcp null where there is none
 */
record MediaPorts(List<Loop> loops, @Nullable TcpPort tcp) implements AutoCloseable {

    /** Opens as many as are configured, or none. */
    static MediaPorts open(SluiceConfig config, SecureRandom random) throws StartException {
        MediaConfig media = config.media();
        IceConfig ice =
                PublicAddresses.learn(media, config.ice(), PublicAddresses.PATIENCE, random)
                        .shared(media.loops());
        TcpPort tcp = openTcp(media, ice.tcp());
        List<Loop> loops = new ArrayList<>();
        try {
            LoopConfig each = config.loop().shared(media.loops());
            for (int i = 0; i < media.loops(); i++) {
                loops.add(
                        new Loop(
                                i,
                                each,
                                ice,
                                media.localAddresses(),
                                media.udpPort(i),
                                random,
                                tcp));
            }
            return new MediaPorts(List.copyOf(loops), tcp);
        } catch (UncheckedIOException unavailable) {
            new MediaPorts(loops, tcp).close();
            throw new StartException(
                    StartException.UNAVAILABLE,
                    "UDP ports cannot be opened: "
                            + unavailable.getMessage()
                            + ". Perhaps a server runs already; else choose others with --udp-port ("
                            + media.loops()
                            + " in a row are needed, see --loops) or name the addresses with"
                            + " --local-address.",
                    unavailable);
        }
    }

    private static @Nullable TcpPort openTcp(MediaConfig media, IceConfig.Tcp config)
            throws StartException {
        if (!config.enabled()) {
            return null;
        }
        try {
            return TcpPort.open(media.localAddresses(), media.tcpPort(), config);
        } catch (UncheckedIOException unavailable) {
            throw new StartException(
                    StartException.UNAVAILABLE,
                    "The TCP port for media cannot be opened: "
                            + unavailable.getMessage()
                            + ". Perhaps a server runs already; else choose another with media.tcpPort"
                            + " or --udp-port, or do without: ice.tcp.enabled: false.",
                    unavailable);
        }
    }

    /** Has counted what comes over TCP. */
    void bind(Metrics metrics) {
        if (tcp != null) {
            metrics.bind(tcp.counters());
        }
    }

    /** Ends the threads, then frees what they used. */
    @Override
    public void close() {
        // First of all, for it hands connections to the loops.
        if (tcp != null) {
            tcp.close();
        }
        loops.forEach(Loop::close);
        loops.forEach(Loop::freeMemory);
    }
}
