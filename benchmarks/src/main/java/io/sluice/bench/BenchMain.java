package io.sluice.bench;

import io.sluice.bench.load.LoadCommand;
import io.sluice.bench.load.LoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./sluice load} and {@code ./sluice bench}. */
@Command(
        name = "./sluice",
        description = "Loads and benchmarks.",
        exitCodeListHeading = ExitCode.HEADING,
        exitCodeList = {ExitCode.USAGE_TEXT, ExitCode.UNAVAILABLE_TEXT, ExitCode.DEFECT_TEXT},
        subcommands = {LoadCommand.class, BenchMain.Benches.class})
public final class BenchMain {
    private BenchMain() {}

    /** {@code ./sluice bench NAME}: all names there are. */
    @Command(
            name = "bench",
            mixinStandardHelpOptions = true,
            description = "Measures in CPU time, in turns with what it is compared with.",
            exitCodeListHeading = ExitCode.HEADING,
            exitCodeList = {
                "0:measured, and not below a bar",
                "1:below a bar",
                ExitCode.USAGE_TEXT,
                ExitCode.UNAVAILABLE_TEXT,
                ExitCode.DEFECT_TEXT
            },
            subcommands = {
                CryptoCommand.class,
                SendCommand.class,
                RecvCommand.class,
                HotCommand.class,
                GsoShareCommand.class,
                WarmUpCommand.class,
                StagesCommand.class,
                E2eCommand.class,
                FeedbackCommand.class,
                GrowthCommand.class,
                SoakCommand.class,
                PeersCommand.class,
                JoinCommand.class,
                ChurnCommand.class,
                MemoryCommand.class,
                DataCommand.class,
                TopologyCommand.class
            })
    static final class Benches {}

    /** The checkout that the launcher stands in; a test runs in one of its directories. */
    static Path root() {
        String root = System.getenv("SLUICE_ROOT");
        if (root != null) {
            return Path.of(root);
        }
        Path path = Path.of("").toAbsolutePath();
        while (path != null && !Files.isDirectory(path.resolve("benchmarks/loads"))) {
            path = path.getParent();
        }
        if (path == null) {
            throw new IllegalStateException("start benchmarks with ./sluice bench");
        }
        return path;
    }

    public static void main(String[] arguments) {
        // The server's own settings have the usual name, and lie on the same class path.
        System.setProperty("logback.configurationFile", "bench-logback.xml");
        Logger.getLogger("").setLevel(Level.WARNING);
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new BenchMain())
                .setExecutionExceptionHandler(BenchMain::explain)
                .setParameterExceptionHandler((wrong, _) -> {
                    CommandLine command = wrong.getCommandLine();
                    say(command, wrong.getMessage());
                    say(command, "see " + command.getCommandSpec().qualifiedName() + " --help");
                    return ExitCode.USAGE;
                });
    }

    private static void say(CommandLine command, @Nullable String text) {
        command.getErr().println("sluice: " + text);
        command.getErr().flush();
    }

    private static int explain(
            Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        return switch (failure) {
            case LoadException refused -> {
                say(command, refused.getMessage());
                yield refused.isUsage() ? ExitCode.USAGE : ExitCode.UNAVAILABLE;
            }
            case IOException lacking -> {
                say(command, lacking.getMessage());
                yield ExitCode.UNAVAILABLE;
            }
            default -> {
                // Ours to mend: whoever reports it needs to say where it was.
                failure.printStackTrace(command.getErr());
                command.getErr().flush();
                yield ExitCode.DEFECT;
            }
        };
    }
}
