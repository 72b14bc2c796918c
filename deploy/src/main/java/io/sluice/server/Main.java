package io.sluice.server;

import io.sluice.api.ApiConfig;
import io.sluice.ice.UdpPort;
import io.sluice.ice.UdpPorts;
import io.sluice.server.config.ConfigException;
import io.sluice.server.log.LogLevels;
import io.sluice.srtp.SrtpContexts;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Starts the server: what {@code ./sluice start} runs. */
@Command(
        name = "./sluice start",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        version = "Sluice " + Sluice.VERSION,
        description =
                "Starts a WebRTC media server and prints the address to open. It stops cleanly on"
                        + " SIGTERM, when its rooms have ended, and on SIGINT; SIGHUP reads the"
                        + " settings again.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "130, 143:stopped by SIGINT, by SIGTERM",
            "75:stopped by SIGTERM, with people still in rooms at the deadline",
            "64:an option is wrong",
            "78:sluice.yaml or the environment is wrong",
            "69:a port or address cannot be used",
            "70:a defect of the server"
        })
public final class Main implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final double MILLIS_PER_SECOND = 1_000;

    private final Map<String, String> environment;

    @Mixin private StartOptions options = new StartOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    private Main(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Starts; the server's threads go on when this returns. */
    public static void main(String[] arguments) {
        // What libraries say by java.util.logging comes into the same log.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        int exitCode = commandLine(System.getenv()).execute(arguments);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    static CommandLine commandLine(Map<String, String> environment) {
        return new CommandLine(new Main(environment))
                .setExecutionExceptionHandler(Main::explain)
                .setParameterExceptionHandler((wrong, _) -> {
                    PrintWriter err = wrong.getCommandLine().getErr();
                    err.println("sluice: " + wrong.getMessage());
                    err.println("See ./sluice start --help.");
                    err.flush();
                    return StartException.USAGE;
                });
    }

    @Override
    public Integer call() throws StartException {
        // Beside the reading of the settings; where those are wrong nothing is left running.
        try (NodeWarmUp warmUp = NodeWarmUp.begin()) {
            start(plan(options, environment), warmUp);
        }
        return 0;
    }

    private void start(StartPlan plan, NodeWarmUp warmUp) throws StartException {
        SluiceConfig config = plan.config();
        PrintWriter out = spec.commandLine().getOut();
        if (config.api().access().devMode()) {
            out.println(
                    "WARNING: development mode. Anybody who reaches this server can join every"
                            + " room: the API key is \"devkey\", its secret \"secret\".");
            out.flush();
        }
        LogLevels levels = new LogLevels();
        levels.set(plan.logLevels());
        Sluice sluice = Sluice.start(config, warmUp);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("sluice-stop").unstarted(sluice::close));
        listen(sluice, plan, levels);
        LOG.info(means(config, sluice));
        long sinceMillis =
                System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
        out.println(ready(config, sluice, sinceMillis));
        out.flush();
        // What the start has left behind is two thirds of the heap, and nothing else may collect it
        // for hours. ZGC does it beside the first who join, and gives it back (ZUncommitDelay).
        System.gc();
    }

    /** SIGINT ends at once, as the JVM does by itself. */
    private void listen(Sluice sluice, StartPlan plan, LogLevels levels) {
        Leaving leaving = new Leaving(sluice::drain, plan.drainDeadline(), System::exit);
        Signals.on("TERM", leaving::onSignal);
        Reload reload = new Reload(options, environment, sluice, levels, plan);
        // One reload at a time, and a file that is slow to read must not hold back the next signal.
        ExecutorService reloads =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("sluice-reload").daemon().factory());
        Signals.on("HUP", () -> reloads.execute(reload::run));
    }

    /** What is wrong stands in the exception, a line for each thing. */
    static StartPlan plan(StartOptions options, Map<String, String> environment)
            throws StartException {
        try {
            for (String unknown : options.unknownVariables(environment)) {
                LOG.warn("{} in the environment is no setting of Sluice", unknown);
            }
            return options.plan(environment);
        } catch (ConfigException wrong) {
            throw new StartException(exitCode(wrong), String.valueOf(wrong.getMessage()), wrong);
        } catch (IllegalArgumentException wrong) {
            String text = wrong.getMessage() == null ? "An option is wrong." : wrong.getMessage();
            throw new StartException(StartException.USAGE, text, wrong);
        }
    }

    /** Options alone are a matter of usage, whatever else is one of configuration. */
    static int exitCode(ConfigException wrong) {
        boolean byOptions =
                wrong.findings().stream().allMatch(finding -> finding.origin().startsWith("--"));
        return byOptions ? StartException.USAGE : StartException.CONFIG;
    }

    /** What to open in a browser, and in a firewall. */
    static String ready(SluiceConfig config, Sluice sluice, long sinceMillis) {
        int[] ports = sluice.loops().stream().mapToInt(loop -> loop.port().port()).toArray();
        return String.format(
                Locale.ROOT,
                "Sluice is ready in %.1f s: %s://%s:%d (media by UDP, %s)",
                sinceMillis / MILLIS_PER_SECOND,
                config.tls().isOn() ? "https" : "http",
                hostToOpen(config.api()),
                sluice.httpPort(),
                portsInWords(ports));
    }

    /** One for each loop: in a row, unless the system chose them. */
    static String portsInWords(int... ports) {
        int first = ports[0];
        int last = ports[ports.length - 1];
        if (ports.length == 1) {
            return "port " + first;
        }
        boolean inARow =
                IntStream.range(0, ports.length).allMatch(index -> ports[index] == first + index);
        return inARow
                ? "ports " + first + " to " + last
                : "ports "
                        + Arrays.stream(ports)
                                .mapToObj(Integer::toString)
                                .collect(Collectors.joining(", "));
    }

    /** By what means media is carried, which may be others than what is configured. */
    static String means(SluiceConfig config, Sluice sluice) {
        UdpPort port = sluice.loops().getFirst().port();
        boolean pads = config.transport().padding() && port.sendsRuns();
        return "Media leaves by %s, %s padding; SRTP by %s."
                .formatted(
                        UdpPorts.implementation(port),
                        pads ? "with" : "without",
                        SrtpContexts.implementation());
    }

    private static String hostToOpen(ApiConfig api) {
        String host = api.http().host();
        // Browsers give camera and microphone to pages of localhost without TLS.
        if (api.http().isLoopback() || host.equals("0.0.0.0") || host.equals("::")) {
            return "localhost";
        }
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    private static int explain(
            Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (failure instanceof StartException expected) {
            err.println("sluice: " + expected.text());
            err.flush();
            if (expected.exitCode() != StartException.INTERNAL) {
                return expected.exitCode();
            }
        }
        LOG.error("The server failed to start", failure);
        return StartException.INTERNAL;
    }
}
