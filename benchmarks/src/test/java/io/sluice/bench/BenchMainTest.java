package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What {@code ./sluice load} and {@code ./sluice bench} say and exit with when they cannot run. */
final class BenchMainTest {
    private final StringWriter said = new StringWriter();
    private final CommandLine command =
            BenchMain.commandLine().setErr(new PrintWriter(said)).setOut(new PrintWriter(said));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "load --nonsense",
                "load --rooms many",
                "load --rooms 0",
                "load --seconds 0",
                "load --threads 0",
                "bench",
                "bench nonsense",
                "bench hot --nonsense",
                "bench hot --profile nonsense",
                "bench crypto --impl nonsense",
                "bench crypto --profile nonsense",
                "nonsense"
            })
    void shouldExitWithTheLaunchersCodeOnAWrongArgument(String arguments) {
        assertThat(command.execute(arguments.split(" "))).isEqualTo(64);
        assertThat(said.toString()).startsWith("sluice: ");
    }

    @Test
    void shouldSayThatNoServerIsThere() {
        assertThat(command.execute("load", "--url", "http://127.0.0.1:1")).isEqualTo(69);
        assertThat(said.toString()).contains("no server answers there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"load --help", "bench --help", "bench hot --help"})
    void shouldSayWhatEachCodeMeans(String arguments) {
        assertThat(command.execute(arguments.split(" "))).isZero();
        assertThat(said.toString().split("Exit codes:", 2)[1])
                .containsPattern("(?s)\\b0 .*\\b1 .*\\b64 .*\\b69 .*\\b70 ");
    }

    @Test
    void shouldSayWhatTheSeedIsFor() {
        command.execute("load", "--help");
        assertThat(said.toString()).contains("--seed", "drawn by lot");
    }
}
