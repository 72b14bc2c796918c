package io.sluice.bench;

import io.sluice.bench.load.DataLoad;
import io.sluice.bench.load.GeneratorConfig;
import io.sluice.bench.load.LoadGenerator;
import io.sluice.bench.load.LoadRun;
import io.sluice.bench.load.LoadShape;
import io.sluice.bench.load.Out;
import io.sluice.bench.load.PlainSignaling;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/**
 * {@code ./sluice bench data}: what messages of data channels cost a server: large ones from one to one, and
 * small ones from one to many; and what media in the same room has to bear from a file.
 */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description =
                "Messages and megabytes of data channels per CPU-second of a server, and media beside them.")
final class DataCommand extends Bench {
    private static final Figure MEGABYTES_PER_CPU_SECOND =
            new Figure("megabytesPerCpuSecond", "MB/CPU-s", "%,.1f", false);
    private static final Figure MEGABYTES =
            new Figure("megabytesPerSecond", "MB/s", "%,.1f", false);
    private static final Figure MESSAGES_PER_CPU_SECOND =
            new Figure("messagesPerCpuSecond", "messages/CPU-s", "%,.0f", false);
    private static final Figure MESSAGES =
            new Figure("messagesPerSecond", "messages/s", "%,.0f", false);
    private static final String RELAY = "one to one, 64 KB";
    private static final String FAN_OUT = "one to many, 100 B";
    private static final String MEDIA = "media without a file";
    private static final String MEDIA_AND_OTHERS_FILE = "media, a file in another server";
    private static final String MEDIA_AND_FILE = "media beside a file";
    private static final Figure P99_RATIO =
            new Figure("latencyP99Ratio", "p99, x of without", "%.2f", false);
    private static final Figure P99_OF_CONTROL =
            new Figure("latencyP99OfControl", "p99, x of another server's", "%.2f", false);
    private static final double RELAY_BAR = 60;
    private static final double FAN_OUT_BAR = 100_000;

    private static final double P99_RATIO_BAR = 2;

    /** A small conference: so that what harms it is the file, not its own size. */
    private static final LoadShape CONFERENCE = new LoadShape(1, 2, 8, 1_000_000);

    private static final int MEDIA_SECONDS = 5;

    /**
     * A path of a gigabit a second. Without it clients and server would take all of a small machine, and
     * media's time would be the scheduler's.
     */
    private static final double FILE_BYTES_PER_SECOND = 118e6;

    private static final int LARGE_BYTES = 65_536;
    private static final int SMALL_BYTES = 100;
    private static final int MANY = 100;
    private static final int QUICK_MANY = 3;
    private static final double BYTES_PER_MEGABYTE = 1e6;

    private static final double WARM_UP_SECONDS = 8;

    private static final double SECONDS = 8;
    private static final double QUICK_SECONDS = 0.3;
    private static final double POLL_SECONDS = 0.01;
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(30);

    @Override
    void prepare(Contest contest, Path root) {
        boolean quick = contest.options().quick();
        double warmUp = quick ? QUICK_SECONDS : WARM_UP_SECONDS;
        double seconds = contest.options().seconds(SECONDS, 2);
        contest.step((_, turn) -> {
            Measured relay = measure(1, LARGE_BYTES, warmUp, seconds);
            double megabytes = relay.messages() * LARGE_BYTES / BYTES_PER_MEGABYTE;
            turn.put(RELAY, MEGABYTES_PER_CPU_SECOND, megabytes / relay.cpuSeconds());
            turn.put(RELAY, MEGABYTES, megabytes / relay.seconds());
        });
        contest.step((_, turn) -> {
            Measured fanOut = measure(quick ? QUICK_MANY : MANY, SMALL_BYTES, warmUp, seconds);
            turn.put(FAN_OUT, MESSAGES_PER_CPU_SECOND, fanOut.messages() / fanOut.cpuSeconds());
            turn.put(FAN_OUT, MESSAGES, fanOut.messages() / fanOut.seconds());
        });
        contest.step((_, turn) ->
                measureMedia(quick ? 0 : (int) WARM_UP_SECONDS, quick ? 1 : MEDIA_SECONDS, turn));
        contest.bar(Bar.atMost(MEDIA_AND_FILE, LoadTrial.LOST, 0));
        contest.bar(Bar.atMost(MEDIA_AND_FILE, P99_OF_CONTROL, P99_RATIO_BAR));
        contest.bar(Bar.atLeast(RELAY, MEGABYTES_PER_CPU_SECOND, RELAY_BAR));
        contest.bar(Bar.atLeast(FAN_OUT, MESSAGES_PER_CPU_SECOND, FAN_OUT_BAR));
    }

    /**
     * @param cpuSeconds of the server, not less than the hundredth that the kernel counts in
     */
    private record Measured(double messages, double cpuSeconds, double seconds) {}

    private static Measured measure(
            int receivers, int messageBytes, double warmUpSeconds, double seconds)
            throws IOException, InterruptedException {
        try (ServerProcess server = ServerKind.SLUICE.start();
                DataLoad load =
                        new DataLoad(
                                new PlainSignaling(server.address()),
                                receivers,
                                GeneratorConfig.defaults())) {
            load.send(messageBytes);
            // A server that has just started may take a while over the first.
            await(load, 0);
            pause(warmUpSeconds);
            if (warmUpSeconds >= WARM_UP_SECONDS) {
                ProcessMemory.awaitCompilers(server.pid());
            }
            Duration cpuBefore = server.cpu();
            long messagesBefore = load.delivered();
            long beganNanos = System.nanoTime();
            pause(seconds);
            await(load, messagesBefore);
            double elapsed = (System.nanoTime() - beganNanos) / Figure.NANOS_PER_SECOND;
            double cpu = server.cpu().minus(cpuBefore).toNanos() / Figure.NANOS_PER_SECOND;
            return new Measured(load.delivered() - messagesBefore, Math.max(cpu, 0.01), elapsed);
        }
    }

    /**
     * Media alone, beside a file that another server carries, and beside one in its own room. The second
     * is the control: clients and servers share the machine's cores with the file, whoever carries it.
     */
    private static void measureMedia(int warmUpSeconds, int seconds, Turn turn)
            throws IOException, InterruptedException {
        GeneratorConfig config = GeneratorConfig.defaults();
        try (ServerProcess server = ServerKind.SLUICE.start();
                ServerProcess other = ServerKind.SLUICE.start();
                LoadGenerator media =
                        new LoadGenerator(
                                CONFERENCE, new PlainSignaling(server.address()), config)) {
            media.connect();
            try (DataLoad others = pair(other, config);
                    DataLoad file = pair(server, config)) {
                begin(others);
                begin(file);
                LoadRun.measure(CONFERENCE, media, warmUpSeconds, 0, Out.NOWHERE, () -> {});
                others.pause(true);
                file.pause(true);
                double alone = p99Of(media, seconds, MEDIA, turn);
                double control = p99Beside(others, media, seconds, MEDIA_AND_OTHERS_FILE, turn);
                double beside = p99Beside(file, media, seconds, MEDIA_AND_FILE, turn);
                turn.put(MEDIA_AND_OTHERS_FILE, P99_RATIO, control / alone);
                turn.put(MEDIA_AND_FILE, P99_RATIO, beside / alone);
                turn.put(MEDIA_AND_FILE, P99_OF_CONTROL, beside / control);
            }
        }
    }

    /** Two in the room in which media is, or in one of the same name in another server. */
    private static DataLoad pair(ServerProcess server, GeneratorConfig config)
            throws InterruptedException {
        return new DataLoad(
                new PlainSignaling(server.address()), LoadGenerator.roomName(0), 1, config);
    }

    private static void begin(DataLoad file) throws IOException, InterruptedException {
        file.send(LARGE_BYTES, FILE_BYTES_PER_SECOND);
        await(file, 0);
    }

    private static double p99Beside(
            DataLoad file, LoadGenerator media, int seconds, String row, Turn turn)
            throws IOException, InterruptedException {
        file.pause(false);
        long messagesBefore = file.delivered();
        long beganNanos = System.nanoTime();
        double p99 = p99Of(media, seconds, row, turn);
        double elapsed = (System.nanoTime() - beganNanos) / Figure.NANOS_PER_SECOND;
        double bytes = (double) (file.delivered() - messagesBefore) * LARGE_BYTES;
        turn.put(row, MEGABYTES, bytes / BYTES_PER_MEGABYTE / elapsed);
        file.pause(true);
        return p99;
    }

    private static double p99Of(LoadGenerator media, int seconds, String row, Turn turn)
            throws IOException, InterruptedException {
        LoadRun run = LoadRun.measure(CONFERENCE, media, 1, seconds, Out.NOWHERE, () -> {});
        turn.put(row, LoadTrial.LOST, Math.max(0, run.total().lost()));
        turn.put(row, LoadTrial.P99, p99(run));
        return p99(run);
    }

    private static double p99(LoadRun run) {
        return run.latency().getValueAtPercentile(99);
    }

    private static void await(DataLoad load, long messages)
            throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + MOST_NANOS;
        while (load.delivered() == messages) {
            if (System.nanoTime() > deadlineNanos) {
                throw new IOException("no message gets through");
            }
            pause(POLL_SECONDS);
        }
    }

    private static void pause(double seconds) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep((long) (seconds * Figure.NANOS_PER_SECOND));
    }
}
