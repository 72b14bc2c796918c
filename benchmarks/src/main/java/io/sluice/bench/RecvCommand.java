package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code ./sluice bench recv}: datagrams that wait in a socket, read by a loop, against C. */
@Command(
        name = "recv",
        mixinStandardHelpOptions = true,
        description = "Reads datagrams, by our sockets and by Netty's.")
final class RecvCommand extends Bench {
    private static final String C = "recvmmsg(64)";
    private static final int C_VARIANTS = 5;

    @Override
    void prepare(Contest contest, Path root) throws IOException, InterruptedException {
        contest.step(Limit.compile(root).step(Map.of(C, "C " + C), C_VARIANTS, "recv"));
        for (boolean ownSockets : List.of(true, false)) {
            String line = ownSockets ? "recvmmsg on the loop" : "Netty";
            BenchPort port = contest.closing(new BenchPort(ownSockets));
            ReceiveRound round = contest.closing(new ReceiveRound(port));
            contest.step(round.cost().step(line));
            contest.step((_, turn) -> turn.compare(line, "C " + C));
        }
    }
}
