package io.sluice.bench;

import io.sluice.bench.load.GeneratorConfig;
import io.sluice.bench.load.LoadException;
import io.sluice.bench.load.LoadShape;
import io.sluice.bench.load.PlainSignaling;
import io.sluice.bench.load.Signaling;
import io.sluice.plot.LinePlot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./sluice bench growth}: how a server's CPU time grows with viewers, with rooms, and with what
 * is received: a fit of CPU = a x received + b x sent + c x rooms over one server's loads. What the
 * server takes when nobody is there is measured and taken off.
 */
@Command(
        name = "growth",
        mixinStandardHelpOptions = true,
        description = "How a server's CPU time grows with viewers, rooms and what is received.")
final class GrowthCommand extends Bench {
    private static final Figure CPU = new Figure("cpuShare", "CPU share", "%.4f", true);
    private static final Figure RECEIVED =
            new Figure("receivedPerSecond", "received/s", "%,.0f", false);
    private static final Figure SENT = new Figure("sentPerSecond", "sent/s", "%,.0f", false);
    private static final Figure FITTED = new Figure("fittedCpuShare", "fitted", "%.4f", true);
    private static final Figure IDLE = new Figure("idleCpuShare", "nobody there", "%.4f", true);
    private static final Figure PER_RECEIVED =
            new Figure("microsPerReceived", "a: us/received", "%.2f", true);
    private static final Figure PER_SENT = new Figure("microsPerSent", "b: us/sent", "%.2f", true);
    private static final Figure PER_ROOM =
            new Figure("microsPerRoomAndSecond", "c: us/room/s", "%.1f", true);
    private static final Figure DEVIATION =
            new Figure("deviationOfB", "deviation of b", "%.2f", true);
    private static final Figure ROOMS_SHARE =
            new Figure("shareOfRooms", "share of c", "%.3f", true);

    private static final String FIT = "fit";
    private static final String FEW_VIEWERS = "b at 500 viewers beside 10";
    private static final String MANY_ROOMS = "c at 100 rooms";

    private static final double DEVIATION_BAR = 0.20;
    private static final double ROOMS_BAR = 0.05;
    private static final double MICROS = 1e6;
    private static final int SETTLE_SECONDS = 3;

    private static final List<Integer> VIEWERS = List.of(10, 50, 100, 200, 350, 500);
    private static final List<Integer> ROOMS = List.of(1, 10, 25, 50, 100);

    /** Who all see each other: more is received for what is sent, at the same length of runs. */
    private static final List<Integer> SPEAKERS = List.of(5, 10, 20);

    /** In a room of the series of rooms. */
    private static final int FEW = 4;

    @Option(names = "--warm-up", description = "Seconds, instead of the load's own.")
    private int warmUp = -1;

    @Option(
            names = "--rounds",
            description = "How often all loads are gone through; the median counts (default: 1).")
    private int rounds = 1;

    @Option(names = "--plot", description = "Writes a plot of the last turn to this SVG file.")
    private @Nullable Path plot;

    /**
     * A load of the grid.
     *
     * @param x what grows
     */
    private record Cell(Series series, double x, LoadShape shape) {
        String line() {
            return switch (series) {
                case VIEWERS -> "%d viewers".formatted(shape.subscribers());
                case SMALL_ROOMS -> "50 rooms of 10 viewers";
                case ROOMS -> "%d rooms".formatted(shape.rooms());
                case SPEAKERS -> "%d speakers".formatted(shape.publishers());
            };
        }
    }

    private enum Series {
        VIEWERS,
        SMALL_ROOMS,
        ROOMS,
        SPEAKERS
    }

    @Override
    void prepare(Contest contest, Path root) throws IOException {
        if (rounds < 1) {
            throw LoadException.usage("--rounds is 1 or more");
        }
        BenchOptions options = contest.options();
        BenchLoad load = BenchLoad.read(root, "growth");
        int warmUpSeconds = warmUp >= 0 ? warmUp : options.quick() ? 1 : load.warmUpSeconds();
        int seconds = (int) Math.ceil(options.seconds(load.seconds(), 1));
        List<Cell> cells = options.quick() ? quickCells(load) : cells(load);
        int settleSeconds = options.quick() || warmUpSeconds == 0 ? 0 : SETTLE_SECONDS;
        contest.step((_, turn) -> measure(cells, warmUpSeconds, settleSeconds, seconds, turn));
        if (!options.quick()) {
            contest.bar(Bar.atMost(FEW_VIEWERS, DEVIATION, DEVIATION_BAR));
            contest.bar(Bar.atMost(MANY_ROOMS, ROOMS_SHARE, ROOMS_BAR));
        }
    }

    private static List<Cell> cells(BenchLoad load) {
        int bits = load.shape().videoBitsPerSecond();
        int few = load.shape().subscribers();
        List<Cell> cells = new ArrayList<>();
        for (int viewers : VIEWERS) {
            cells.add(new Cell(Series.VIEWERS, viewers, new LoadShape(1, 1, viewers, bits)));
        }
        int rooms = VIEWERS.getLast() / few;
        cells.add(new Cell(Series.SMALL_ROOMS, few, new LoadShape(rooms, 1, few, bits)));
        for (int count : ROOMS) {
            cells.add(new Cell(Series.ROOMS, count, new LoadShape(count, 1, FEW, bits)));
        }
        for (int speakers : SPEAKERS) {
            cells.add(new Cell(Series.SPEAKERS, speakers, new LoadShape(1, speakers, 0, bits)));
        }
        return cells;
    }

    /** Enough viewers to stand out from what a server takes that has only just started. */
    private static List<Cell> quickCells(BenchLoad load) {
        int bits = load.shape().videoBitsPerSecond();
        int viewers = VIEWERS.get(1);
        return List.of(
                new Cell(Series.VIEWERS, viewers, new LoadShape(1, 1, viewers, bits)),
                new Cell(Series.ROOMS, 2, new LoadShape(2, 1, viewers / 2, bits)));
    }

    private void measure(
            List<Cell> cells, int warmUpSeconds, int settleSeconds, int seconds, Turn turn)
            throws IOException, InterruptedException {
        List<CostFit.Point> points = new ArrayList<>();
        try (ServerProcess server = ServerKind.SLUICE.start()) {
            if (warmUpSeconds > 0) {
                LoadShape largest = cells.getFirst().shape();
                for (Cell cell : cells) {
                    largest = cell.series() == Series.VIEWERS ? cell.shape() : largest;
                }
                run(server, largest, warmUpSeconds, 1);
            }
            if (settleSeconds > 0) {
                ProcessMemory.awaitCompilers(server.pid());
            }
            double idle = idleShare(server, seconds);
            turn.put(FIT, IDLE, idle);
            List<List<CostFit.Point>> measured = new ArrayList<>();
            cells.forEach(_ -> measured.add(new ArrayList<>()));
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < cells.size(); i++) {
                    measured.get(i).add(point(server, cells.get(i), settleSeconds, seconds, idle));
                }
            }
            measured.forEach(ofCell -> points.add(CostFit.Point.median(ofCell)));
        }
        for (int i = 0; i < cells.size(); i++) {
            turn.put(cells.get(i).line(), RECEIVED, points.get(i).receivedRate());
            turn.put(cells.get(i).line(), SENT, points.get(i).sentRate());
            turn.put(cells.get(i).line(), CPU, points.get(i).cpu());
        }
        report(cells, points, turn);
        if (plot != null) {
            Files.writeString(plot, plot(cells, points));
        }
    }

    private static CostFit.Point point(
            ServerProcess server, Cell cell, int settleSeconds, int seconds, double idle)
            throws IOException, InterruptedException {
        LoadTrial trial = run(server, cell.shape(), settleSeconds, seconds);
        double elapsed = trial.run().seconds();
        return new CostFit.Point(
                trial.run().total().sent() / elapsed,
                trial.run().packetsPerSecond(),
                cell.shape().rooms(),
                Math.max(0, trial.cpuSeconds() / elapsed - idle));
    }

    private static LoadTrial run(
            ServerProcess server, LoadShape shape, int warmUpSeconds, int seconds)
            throws IOException, InterruptedException {
        Signaling signaling = new PlainSignaling(server.address());
        return LoadTrial.run(
                server,
                signaling,
                shape,
                GeneratorConfig.defaults(),
                warmUpSeconds,
                seconds,
                LoadTrial.Watch.NOTHING);
    }

    private static double idleShare(ServerProcess server, int seconds) {
        Duration before = server.cpu();
        long beganNanos = System.nanoTime();
        long endNanos = beganNanos + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < endNanos) {
            LockSupport.parkNanos(endNanos - System.nanoTime());
        }
        return (double) server.cpu().minus(before).toNanos() / (System.nanoTime() - beganNanos);
    }

    private static void report(List<Cell> cells, List<CostFit.Point> points, Turn turn) {
        CostFit fit = CostFit.of(points);
        turn.put(FIT, PER_RECEIVED, fit.received() * MICROS);
        turn.put(FIT, PER_SENT, fit.sent() * MICROS);
        turn.put(FIT, PER_ROOM, fit.room() * MICROS);
        double atFew = 0;
        double atMany = 0;
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            CostFit.Point point = points.get(i);
            turn.put(cell.line(), FITTED, fit.cpu(point));
            // Ten viewers alone are too little to measure: many rooms of ten are not.
            if (cell.series() == Series.SMALL_ROOMS) {
                atFew = fit.sentAt(point);
            }
            if (cell.series() == Series.VIEWERS && cell.x() == VIEWERS.getLast()) {
                atMany = fit.sentAt(point);
            }
            if (cell.series() == Series.ROOMS && cell.x() == ROOMS.getLast()) {
                turn.put(MANY_ROOMS, ROOMS_SHARE, fit.room() * point.rooms() / point.cpu());
            }
        }
        if (atFew > 0) {
            turn.put(FEW_VIEWERS, DEVIATION, Math.abs(atMany / atFew - 1));
        }
    }

    private static String plot(List<Cell> cells, List<CostFit.Point> points) {
        return LinePlot.stack(
                "CPU time of a server",
                List.of(
                        plot(Series.VIEWERS, "one room", "viewers", cells, points),
                        plot(Series.ROOMS, "rooms of four viewers", "rooms", cells, points)));
    }

    private static LinePlot plot(
            Series series,
            String title,
            String axis,
            List<Cell> cells,
            List<CostFit.Point> points) {
        CostFit fit = CostFit.of(points);
        List<LinePlot.Point> measured = new ArrayList<>();
        List<LinePlot.Point> fitted = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            if (cells.get(i).series() == series) {
                measured.add(new LinePlot.Point(cells.get(i).x(), points.get(i).cpu()));
                fitted.add(new LinePlot.Point(cells.get(i).x(), fit.cpu(points.get(i))));
            }
        }
        return new LinePlot(title, axis, "cores").line("measured", measured).line("fit", fitted);
    }
}
