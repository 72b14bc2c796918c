package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code ./sluice bench warmup}: what the first packets cost that a server forwards. */
@Command(
        name = "warmup",
        mixinStandardHelpOptions = true,
        description = "The first packets of a fresh JVM, with and without the server's warm-up.")
final class WarmUpCommand extends Bench {
    @Override
    void prepare(Contest contest, Path root) {
        String packets = contest.options().quick() ? "1000" : "100000";
        contest.step((_, turn) -> probe("cold", List.of(packets), turn));
        contest.step((_, turn) -> probe("warmed up", List.of(packets, "warm"), turn));
    }

    private static void probe(String line, List<String> arguments, Turn turn)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(ChildJvm.command(List.of(), WarmUpProbe.class.getName()));
        command.addAll(arguments);
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> printed = process.inputReader().readAllLines();
        if (process.waitFor() != 0) {
            throw new IOException("a fresh JVM failed: " + printed);
        }
        for (String text : printed) {
            if (text.startsWith(WarmUpProbe.RESULT)) {
                String[] words = text.substring(WarmUpProbe.RESULT.length()).split(" ");
                turn.put(line, figure(Integer.parseInt(words[0])), Double.parseDouble(words[1]));
            }
        }
    }

    private static Figure figure(int packets) {
        return new Figure(
                "cpuNanosOfFirst" + packets, "ns/packet of %,d".formatted(packets), "%,.0f", false);
    }
}
