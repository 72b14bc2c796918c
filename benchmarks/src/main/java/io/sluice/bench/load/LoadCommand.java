package io.sluice.bench.load;

import io.sluice.bench.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sluice load}: puts a load on a server that runs on this machine. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Joins rooms with many participants, sends and receives media, and reports loss and latency.",
            "The server must run on this machine, in development mode: ./sluice start",
            "With a URL of the scheme ws it is Janus's VideoRoom (string_ids = true)."
        },
        exitCodeListHeading = ExitCode.HEADING,
        exitCodeList = {
            "0:all joined, and what came is what was sent, but for losses",
            "1:packets came that nobody sent",
            ExitCode.USAGE_TEXT,
            ExitCode.UNAVAILABLE_TEXT,
            ExitCode.DEFECT_TEXT
        })
public final class LoadCommand implements Callable<Integer> {
    /** What {@code --single} does, here and in benchmarks. */
    public static final String SINGLE =
            "Receives each datagram alone, as browsers do: the kernel's work for it is then done in the"
                    + " server's CPU time. Otherwise runs are received as one (UDP_GRO).";

    @Option(names = "--url", paramLabel = "URL", description = "The server (${DEFAULT-VALUE}).")
    private URI url = URI.create("http://127.0.0.1:7880");

    @Option(
            names = "--rooms",
            paramLabel = "COUNT",
            description = "Rooms, all alike (${DEFAULT-VALUE}).")
    private int rooms = 1;

    @Option(
            names = "--publishers",
            paramLabel = "COUNT",
            description = "Who send and watch, a room (${DEFAULT-VALUE}).")
    private int publishers = 1;

    @Option(
            names = "--subscribers",
            paramLabel = "COUNT",
            description = "Who only watch, a room (${DEFAULT-VALUE}).")
    private int subscribers = 10;

    @Option(
            names = "--bitrate",
            paramLabel = "BITS",
            description = "Video of each publisher, bit/s; 0 for audio alone (${DEFAULT-VALUE}).")
    private int bitrate = 1_000_000;

    @Option(
            names = "--encodings",
            paramLabel = "COUNT",
            description = "Of each video, 1 to 3 (${DEFAULT-VALUE}).")
    private int encodings = 1;

    @Option(
            names = "--wishes",
            paramLabel = "TIMES",
            description =
                    "How often a second some viewer chooses another size of the picture"
                            + " (${DEFAULT-VALUE}).")
    private int wishes;

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            description = "What is measured (${DEFAULT-VALUE}).")
    private int seconds = 10;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Seconds before that (${DEFAULT-VALUE}).")
    private int warmUp = 2;

    @Option(
            names = "--threads",
            paramLabel = "COUNT",
            description = "Event loops of the generator (${DEFAULT-VALUE}).")
    private int threads = 1;

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            description =
                    "What is drawn by lot: when each publisher's frames begin, SSRCs and first"
                            + " numbers. The same seed, the same load (${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--single", description = SINGLE)
    private boolean single;

    @Option(
            names = "--feedback",
            paramLabel = "MILLIS",
            description =
                    "How often each client says which packets came; 0 for never"
                            + " (${DEFAULT-VALUE}).")
    private int feedbackMillis;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description = "Writes a plot of the run to this SVG file.")
    private @Nullable Path plot;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (seconds < 1 || warmUp < 0 || threads < 1 || feedbackMillis < 0) {
            throw LoadException.usage(
                    "a run lasts a second at least, and needs a thread; no warm-up is 0, and no"
                            + " feedback");
        }
        LoadShape shape =
                new LoadShape(rooms, publishers, subscribers, bitrate).with(encodings, wishes);
        GeneratorConfig config = new GeneratorConfig(threads, seed, !single, feedbackMillis, null);
        try (LoadGenerator generator = new LoadGenerator(shape, signaling(), config)) {
            Out.OUT.printf("%s: %,d clients join%n", shape, shape.clients());
            generator.connect();
            LoadRun run = LoadRun.measure(shape, generator, warmUp, seconds, Out.OUT, () -> {});
            Out.OUT.println();
            Out.OUT.print(run.table());
            if (plot != null) {
                Files.writeString(plot, LoadPlot.svg(run));
                Out.OUT.println("plot                  " + plot);
            }
            return run.total().corrupt() == 0 ? 0 : ExitCode.FAILED;
        }
    }

    private Signaling signaling() {
        String scheme = String.valueOf(url.getScheme());
        return switch (scheme) {
            case "http" -> new PlainSignaling(url);
            case "ws" -> new JanusSignaling(url);
            default ->
                    throw LoadException.usage(
                            "the URL " + url + " does not begin with http:// or ws://");
        };
    }
}
