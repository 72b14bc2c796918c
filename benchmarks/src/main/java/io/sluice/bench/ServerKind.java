package io.sluice.bench;

import io.sluice.bench.load.PlainSignaling;
import io.sluice.bench.load.Signaling;
import java.io.IOException;
import java.util.List;

/**
 * A kind of server that loads are put on: how it is started, and how clients come into its rooms. One
 * more to compare with is one more implementation, in {@link PeersCommand#others}.
 */
interface ServerKind {
    ServerKind SLUICE =
            new ServerKind() {
                @Override
                public String title() {
                    return "Sluice";
                }

                @Override
                public ServerProcess start() throws IOException {
                    return ServerProcess.start(List.of(), List.of());
                }

                @Override
                public Signaling signaling(ServerProcess server) {
                    return new PlainSignaling(server.address());
                }

                @Override
                public LoadTrial.Watch rest(ServerProcess server) {
                    return LoadTrial.Watch.compilersOf(server);
                }
            };

    /** With its version, where it may differ. */
    String title();

    /** Starts one on loopback, and waits until it can be asked for rooms. */
    ServerProcess start() throws IOException;

    Signaling signaling(ServerProcess server);

    /** What a load's window waits for after the warm-up, beyond which the server does nothing but its work. */
    default LoadTrial.Watch rest(ServerProcess server) {
        return LoadTrial.Watch.NOTHING;
    }
}
