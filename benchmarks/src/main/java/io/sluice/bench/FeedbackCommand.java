package io.sluice.bench;

import io.sluice.bench.load.GeneratorConfig;
import io.sluice.bench.load.Out;
import io.sluice.bench.load.PlainSignaling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;

/**
 * {@code ./sluice bench feedback}: what it costs a server to estimate and to pace, with viewers who say
 * every 50 ms which packets came: against one that reads what they say and throws it away.
 */
@Command(
        name = "feedback",
        mixinStandardHelpOptions = true,
        description = "Packets per CPU-second with viewers' feedback used and thrown away.")
final class FeedbackCommand extends Bench {
    private static final Figure PACKETS_PER_SEND =
            new Figure("packetsPerSend", "packets/send", "%.2f", false);
    private static final Figure PACED = new Figure("pacedPackets", "paced", "%,.0f", true);
    private static final Figure RATIO =
            new Figure("ratioToThrownAway", "x thrown away", "%.2f", false);
    private static final Figure SENDS_RATIO =
            new Figure("packetsPerSendRatio", "x its packets/send", "%.2f", false);
    private static final double RATIO_BAR = 0.85;
    private static final double SENDS_RATIO_BAR = 0.8;

    private static final int FEEDBACK_MILLIS = 50;
    private static final String USED = "feedback used";
    private static final String THROWN_AWAY = "thrown away";

    @Override
    void prepare(Contest contest, Path root) throws IOException {
        BenchLoad read = BenchLoad.read(root, "feedback-500");
        BenchLoad load = contest.options().quick() ? read.quick() : read;
        Out.OUT.printf("%s: %s%n", load.name(), load.shape());
        contest.step((_, turn) ->
                measure(
                        THROWN_AWAY,
                        List.of("--no-congestion-control"),
                        load,
                        contest.options(),
                        turn));
        contest.step((_, turn) -> {
            measure(USED, List.of(), load, contest.options(), turn);
            turn.put(USED, RATIO, ratio(turn, LoadTrial.PACKETS_PER_CPU_SECOND));
            turn.put(USED, SENDS_RATIO, ratio(turn, PACKETS_PER_SEND));
        });
        contest.bar(Bar.atLeast(USED, RATIO, RATIO_BAR));
        contest.bar(Bar.atLeast(USED, SENDS_RATIO, SENDS_RATIO_BAR));
        contest.bar(Bar.atMost(USED, LoadTrial.LOST, 0));
    }

    private static double ratio(Turn turn, Figure figure) {
        return turn.get(USED, figure) / turn.get(THROWN_AWAY, figure);
    }

    private static void measure(
            String line, List<String> arguments, BenchLoad load, BenchOptions options, Turn turn)
            throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.start(List.of(), arguments)) {
            Sends sends = new Sends(server);
            LoadTrial trial =
                    LoadTrial.run(
                            server,
                            new PlainSignaling(server.address()),
                            load.shape(),
                            GeneratorConfig.defaults().withFeedbackMillis(FEEDBACK_MILLIS),
                            load.warmUpSeconds(),
                            (int) Math.ceil(options.seconds(load.seconds(), 1)),
                            sends);
            trial.report(line, turn);
            turn.put(line, PACKETS_PER_SEND, sends.packetsPerSend());
            turn.put(line, PACED, sends.paced);
        }
    }

    /** What the server sends while it is watched. */
    private static final class Sends implements LoadTrial.Watch {
        private final ServerProcess server;
        private double packets;
        private double messages;
        private double paced;

        Sends(ServerProcess server) {
            this.server = server;
        }

        @Override
        public void windowOpens() throws IOException, InterruptedException {
            read(-1);
        }

        @Override
        public void windowCloses() throws IOException, InterruptedException {
            read(1);
        }

        private void read(int sign) throws IOException, InterruptedException {
            ServerMetrics metrics = ServerMetrics.read(server.address());
            packets += sign * metrics.sum("sluice_udp_datagrams_sent_total");
            messages += sign * metrics.sum("sluice_udp_messages_sent_total");
            paced += sign * metrics.sum("sluice_rtp_packets_paced_total");
        }

        double packetsPerSend() {
            return packets / messages;
        }
    }
}
