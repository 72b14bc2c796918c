package io.sluice.server.debug;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Looks into a running server: what {@code ./sluice debug} runs. */
@Command(
        name = "./sluice debug",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Looks into a server that runs.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:what was asked for is written",
            "64:an argument is wrong",
            "69:there is no such server, room or participant"
        })
public final class DebugMain {
    /** As the launcher's, after sysexits.h. */
    private static final int USAGE = 64;

    private static final int UNAVAILABLE = 69;

    private DebugMain() {}

    /** Does what is asked for, and ends. */
    public static void main(String[] arguments) {
        System.exit(commandLine(System.getenv()).execute(arguments));
    }

    /**
     * The command, to be executed by whoever wants its output elsewhere.
     *
     * @param environment in which the server and its keys are looked for
     */
    public static CommandLine commandLine(Map<String, String> environment) {
        return new CommandLine(new DebugMain())
                .addSubcommand(new ParticipantCommand(environment))
                .addSubcommand(new RecordingCommand())
                .setParameterExceptionHandler((wrong, _) -> {
                    say(wrong.getCommandLine(), wrong.getMessage());
                    say(wrong.getCommandLine(), "see ./sluice debug --help");
                    return USAGE;
                })
                .setExecutionExceptionHandler((failure, command, _) -> {
                    switch (failure) {
                        case IOException unavailable -> {
                            say(command, unavailable.getMessage());
                            return UNAVAILABLE;
                        }
                        case IllegalArgumentException wrong -> {
                            say(command, wrong.getMessage());
                            return USAGE;
                        }
                        default -> throw failure;
                    }
                });
    }

    private static void say(CommandLine command, @Nullable String text) {
        PrintWriter err = command.getErr();
        err.println("sluice: " + text);
        err.flush();
    }
}
