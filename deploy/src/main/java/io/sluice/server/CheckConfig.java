package io.sluice.server;

import io.sluice.server.config.ConfigException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Reads settings as a start would, and says what is wrong. */
@Command(
        name = "check-config",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "Reads sluice.yaml, the environment and these options as start would, and says what"
                        + " is wrong with them, where, and what would be right.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all is right",
            "64:an option is wrong",
            "78:sluice.yaml or the environment is wrong"
        })
public final class CheckConfig implements Callable<Integer> {
    private final Map<String, String> environment;

    @Mixin private StartOptions options = new StartOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    public CheckConfig(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        PrintWriter out = spec.commandLine().getOut();
        try {
            for (String unknown : options.unknownVariables(environment)) {
                err.println(unknown + " in the environment is no setting of Sluice");
            }
            StartPlan plan = options.plan(environment);
            boolean devMode = plan.config().api().access().devMode();
            out.println(
                    "The settings are right, for "
                            + (devMode ? "development." : "a server with keys."));
            return 0;
        } catch (ConfigException wrong) {
            wrong.findings().forEach(err::println);
            return Main.exitCode(wrong);
        } catch (IllegalArgumentException wrong) {
            err.println(wrong.getMessage());
            return StartException.USAGE;
        } finally {
            err.flush();
            out.flush();
        }
    }
}
