package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;

/** A benchmark, run as short as can be: its figures mean nothing, but there are some. */
final class QuickBench {
    private QuickBench() {}

    /**
     * Measures, and holds that it is written down.
     *
     * @param directory for the figures
     */
    static void check(String name, Path directory) throws IOException {
        assumeThat(name.equals("peers") && !Janus.isHere(BenchMain.root()))
                .as("no Janus here to compare with")
                .isFalse();
        assumeThat(name.equals("topology") && !CallPage.isHere())
                .as("no Chromium here to measure")
                .isFalse();
        Path file = directory.resolve(name + ".json");
        String[] arguments = {"bench", name, "--quick", "--json", file.toString()};

        int exitCode = BenchMain.commandLine().execute(arguments);

        assertThat(exitCode).isZero();
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.path("bench").asText()).isEqualTo(name);
        assertThat(json.path("lines")).isNotEmpty();
        for (JsonNode line : json.path("lines")) {
            assertThat(line).isNotEmpty();
            assertThat(line)
                    .allSatisfy(figure -> assertThat(figure.path("median").isNumber()).isTrue());
            assertThat(line)
                    .anySatisfy(
                            figure -> assertThat(figure.path("median").asDouble()).isPositive());
        }
    }
}
