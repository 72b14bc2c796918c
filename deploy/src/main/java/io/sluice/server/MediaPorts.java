package io.sluice.server;

import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** Opens a server's loops, each with its UDP port, and closes them. */
final class MediaPorts {
    private MediaPorts() {}

    /** Opens as many as are configured, or none. */
    static List<Loop> open(SluiceConfig config, SecureRandom random) throws StartException {
        MediaConfig media = config.media();
        List<Loop> loops = new ArrayList<>();
        try {
            LoopConfig each = config.loop().shared(media.loops());
            for (int i = 0; i < media.loops(); i++) {
                loops.add(
                        new Loop(
                                i,
                                each,
                                config.ice(),
                                media.localAddresses(),
                                media.udpPort(i),
                                random));
            }
            return List.copyOf(loops);
        } catch (UncheckedIOException unavailable) {
            close(loops);
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

    /** Ends the threads, then frees what they used. */
    static void close(List<Loop> loops) {
        loops.forEach(Loop::close);
        loops.forEach(Loop::freeMemory);
    }
}
