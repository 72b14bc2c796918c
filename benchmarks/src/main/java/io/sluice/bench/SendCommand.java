package io.sluice.bench;

import io.sluice.ice.Path;
import io.sluice.ice.UdpPort;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sluice bench send}: datagrams from the port's memory to many remotes, against C. */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        description = "Sends datagrams to many remotes, by our sockets and by Netty's.")
final class SendCommand extends Bench {
    private static final int C_VARIANTS = 8;

    /** SRTP's tag and the header that C counts on top of its payload. */
    private static final int C_OVERHEAD_BYTES = 36;

    /**
     * A way of sending.
     *
     * @param packets to one remote, one after the other
     * @param batch remotes until a flush
     */
    private record Mode(String line, String c, boolean ownSockets, int packets, int batch) {}

    private static final List<Mode> MODES =
            List.of(
                    new Mode("single", "sendto", true, 1, 1),
                    new Mode("batch 8", "sendmmsg(8)", true, 1, 8),
                    new Mode("batch 64", "sendmmsg(64)", true, 1, 64),
                    new Mode("batch 64, GSO 2", "sendmmsg(64) x UDP_SEGMENT 2", true, 2, 64),
                    new Mode("batch 64, GSO 4", "sendmmsg(64) x UDP_SEGMENT 4", true, 4, 64),
                    new Mode("Netty, batch 64", "sendmmsg(64)", false, 1, 64));

    @Option(names = "--dst", description = "Remotes (default: 500).")
    private int remotes = 500;

    @Option(names = "--size", description = "Of a datagram in bytes (default: 1136).")
    private int sizeBytes = 1136;

    @Override
    void prepare(Contest contest, java.nio.file.Path root)
            throws IOException, InterruptedException {
        Map<String, String> c = new LinkedHashMap<>();
        MODES.forEach(mode -> c.put(mode.c(), "C " + mode.c()));
        contest.step(
                Limit.compile(root)
                        .step(
                                c,
                                C_VARIANTS,
                                "send",
                                "-n",
                                Integer.toString(remotes),
                                "-s",
                                Integer.toString(sizeBytes - C_OVERHEAD_BYTES)));
        Receivers receivers = contest.closing(new Receivers(false));
        for (Mode mode : MODES) {
            BenchPort port = contest.closing(new BenchPort(mode.ownSockets()));
            Sending work = new Sending(port.port(), mode, receivers);
            contest.step(ThreadCost.of(work, port.thread()).step(mode.line()));
            contest.step((_, turn) -> turn.compare(mode.line(), "C " + mode.c()));
        }
    }

    /** Owned by the port's loop. */
    private final class Sending implements PacketWork {
        private static final int MESSAGES = 512;

        private final UdpPort port;
        private final Mode mode;
        private final Path[] paths = new Path[remotes];
        private int next;

        Sending(UdpPort port, Mode mode, Receivers receivers) {
            this.port = port;
            this.mode = mode;
            for (int i = 0; i < remotes; i++) {
                paths[i] = receivers.path(i);
            }
        }

        @Override
        public int run() {
            for (int i = 0; i < MESSAGES; i++) {
                Path to = paths[next];
                next = next + 1 == remotes ? 0 : next + 1;
                for (int k = 0; k < mode.packets(); k++) {
                    if (port.reserve() == UdpPort.NO_ROOM) {
                        throw new IllegalStateException("the port has no room");
                    }
                    port.send(0, to.remoteHigh(), to.remoteLow(), to.remotePort(), sizeBytes);
                }
                if (i % mode.batch() == mode.batch() - 1) {
                    port.flush();
                }
            }
            return MESSAGES * mode.packets();
        }
    }
}
