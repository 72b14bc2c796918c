package io.sluice.server.control;

import io.sluice.server.CheckConfig;
import io.sluice.server.control.RestClient.Refused;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** What an operator types beside {@code start}: {@code ./sluice check-config}, {@code ./sluice rooms}, ... */
public final class ControlMain {
    /** EX_USAGE of sysexits.h. */
    static final int USAGE = 64;

    private ControlMain() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(commandLine(System.getenv()).execute(arguments));
    }

    static CommandLine commandLine(Map<String, String> environment) {
        CommandLine commands =
                new CommandLine(new RoomCommands(environment))
                        .addSubcommand(new CheckConfig(environment))
                        .addSubcommand(new TokenCommand(environment));
        commands.setParameterExceptionHandler((wrong, _) -> {
            say(wrong.getCommandLine(), wrong.getMessage());
            return USAGE;
        });
        commands.setExecutionExceptionHandler((failure, command, _) -> {
            switch (failure) {
                case Refused refused -> {
                    say(command, refused.getMessage());
                    return refused.exitCode();
                }
                case IllegalArgumentException wrong -> {
                    say(command, wrong.getMessage());
                    return USAGE;
                }
                default -> throw failure;
            }
        });
        return commands;
    }

    private static void say(CommandLine command, @Nullable String text) {
        PrintWriter err = command.getErr();
        err.println("sluice: " + text);
        err.flush();
    }
}
