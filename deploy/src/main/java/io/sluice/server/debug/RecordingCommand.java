package io.sluice.server.debug;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Has the JVM of a server of this machine record itself for a while. */
@Command(
        name = "recording",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description =
                "Writes a flight recording of a server on this machine, of the same user: what its"
                        + " threads, memory and locks did.")
final class RecordingCommand implements Callable<Integer> {
    private static final String SERVER = " io.sluice.server.Main";
    private static final String NAME = "name=sluice-debug";

    @Option(names = "--pid", description = "The server's process, where there are several.")
    private long pid;

    @Option(names = "--seconds", description = "How long (${DEFAULT-VALUE}).")
    private int seconds = 30;

    @Option(names = "--to", paramLabel = "FILE", description = "Default: ${DEFAULT-VALUE}.")
    private Path file = Path.of("sluice.jfr");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        long server = pid > 0 ? pid : find();
        jcmd(Long.toString(server), "JFR.start", NAME, "settings=profile");
        boolean _ = new CountDownLatch(1).await(Math.max(0, seconds), TimeUnit.SECONDS);
        jcmd(Long.toString(server), "JFR.stop", NAME, "filename=" + file.toAbsolutePath());
        spec.commandLine().getOut().println(file);
        return 0;
    }

    private static long find() throws IOException, InterruptedException {
        List<Long> servers =
                jcmd("-l")
                        .lines()
                        .filter(line -> line.contains(SERVER))
                        .map(line -> Long.valueOf(line.substring(0, line.indexOf(' '))))
                        .toList();
        if (servers.size() != 1) {
            throw new IOException(
                    servers.isEmpty()
                            ? "no server of this user runs on this machine"
                            : "several servers run: name one of them with --pid: " + servers);
        }
        return servers.getFirst();
    }

    private static String jcmd(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(output.strip());
        }
        return output;
    }
}
