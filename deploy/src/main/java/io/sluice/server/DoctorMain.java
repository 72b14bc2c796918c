package io.sluice.server;

import io.sluice.server.doctor.Examination;
import io.sluice.server.doctor.Finding;
import io.sluice.server.doctor.Finding.Verdict;
import io.sluice.server.doctor.Machine;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what is wrong with a machine and how to mend it: what {@code ./sluice doctor} runs. */
@Command(
        name = "./sluice doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "Looks at what a server with these options would need of this machine, and says of"
                        + " each thing that is missing how to mend it.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:a server would run, perhaps less well than it could",
            "1:a server would not run, or not be reached",
            "64:an option is wrong"
        })
public final class DoctorMain implements Callable<Integer> {
    private static final int FOUND_A_PROBLEM = 1;

    private final Map<String, String> environment;

    @Mixin private StartOptions options = new StartOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    private DoctorMain(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Looks, tells, and ends. */
    public static void main(String[] arguments) {
        System.exit(commandLine(System.getenv()).execute(arguments));
    }

    static CommandLine commandLine(Map<String, String> environment) {
        return new CommandLine(new DoctorMain(environment))
                .setParameterExceptionHandler((wrong, _) -> {
                    PrintWriter err = wrong.getCommandLine().getErr();
                    err.println("sluice: " + wrong.getMessage());
                    err.println("See ./sluice doctor --help.");
                    err.flush();
                    return StartException.USAGE;
                });
    }

    @Override
    public Integer call() {
        SluiceConfig config;
        try {
            config = options.config(environment);
        } catch (IllegalArgumentException wrong) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
        List<Finding> findings = examination(config).findings(Machine.here(), new SecureRandom());
        PrintWriter out = spec.commandLine().getOut();
        findings.forEach(finding -> tell(finding, out));
        out.println(summary(findings));
        out.flush();
        return count(findings, Verdict.PROBLEM) > 0 ? FOUND_A_PROBLEM : 0;
    }

    private static Examination examination(SluiceConfig config) {
        MediaConfig media = config.media();
        StunServer stun = media.stunServer();
        return new Examination(
                config.api().http().host(),
                config.api().http().port(),
                media.localAddresses(),
                media.udpPort(),
                media.loops(),
                config.ice().tcp().enabled() ? media.tcpPort() : 0,
                !config.ice().addresses().advertised().isEmpty()
                        || !config.ice().addresses().publicOnes().isEmpty(),
                stun == null ? null : InetSocketAddress.createUnresolved(stun.host(), stun.port()),
                config.whip().iceServers(),
                config.tls(),
                config.api().access().devMode());
    }

    private static void tell(Finding finding, PrintWriter out) {
        String mark =
                switch (finding.verdict()) {
                    case GOOD -> "ok      ";
                    case ADVICE -> "advice  ";
                    case PROBLEM -> "PROBLEM ";
                };
        out.println(mark + finding.subject() + ": " + finding.text());
        if (!finding.cure().isEmpty()) {
            out.println("        -> " + finding.cure());
        }
    }

    private static String summary(List<Finding> findings) {
        long problems = count(findings, Verdict.PROBLEM);
        long pieces = count(findings, Verdict.ADVICE);
        if (problems + pieces == 0) {
            return "All is well.";
        }
        return "Problems: " + problems + ", pieces of advice: " + pieces + ".";
    }

    private static long count(List<Finding> findings, Verdict verdict) {
        return findings.stream().filter(finding -> finding.verdict() == verdict).count();
    }
}
