package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;

/** What the documents name is there: files, commands, options, metrics, keys. */
final class DocumentsTest {
    private static final Path ROOT = Path.of("..");

    /** To a file of ours, perhaps with a place in it. */
    private static final Pattern LINK =
            Pattern.compile("]\\((?!https?:|#)([^)#\\s]+)(?:#[^)]*)?\\)");

    /** Within a sentence or a block; not where the word is left open, as COMMAND. */
    private static final Pattern COMMAND = Pattern.compile("\\./sluice ([a-z][a-z-]+)");

    private static final Pattern START = Pattern.compile("\\./sluice (?:start|doctor)\\b[^`\n#]*");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]+");

    /** Lines of the launcher's {@code case}. */
    private static final Pattern CASE = Pattern.compile("(?m)^ {4}([a-z][a-z |-]+)\\)$");

    /** Not where the end is left open, as {@code sluice_ice_tcp_*}. */
    private static final Pattern METRIC = Pattern.compile("\\bsluice_[a-z_]*[a-z]\\b");

    /** In the first column of a manual's table. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Za-z_.]+)`");

    /** A section of the settings and what stands in it; not the name of a file. */
    private static final Pattern KEY =
            Pattern.compile(
                    "`([a-z]+\\.[A-Za-z]+(?:\\.[A-Za-z]+)*)(?<!\\.(?:yaml|db|json|env|pem|m?js))[`:]");

    private static final String OUR_PACKAGES = "io.sluice.";

    /** What looks like a key and is none of ours; whole names, for a section of them may be ours misspelt. */
    private static final Set<String> FOREIGN =
            Set.of(
                    "context.user",
                    "jazzer.hooks",
                    "logging.level",
                    "net.core.somaxconn",
                    "participant.disconnectReason",
                    "rtc.interfaces",
                    "rtc.ips",
                    "sluice.role",
                    "video.maxBitrate",
                    "video.room",
                    "webhook.urls");

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        for (Path folder : List.of(ROOT, ROOT.resolve("docs"), ROOT.resolve("docs/decisions"))) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
            }
        }
        return documents;
    }

    private static Set<String> commands() throws IOException {
        Set<String> commands = new TreeSet<>();
        Matcher cases = CASE.matcher(Files.readString(ROOT.resolve("sluice")));
        while (cases.find()) {
            commands.addAll(List.of(cases.group(1).split(" \\| ")));
            commands.removeIf(name -> name.startsWith("-"));
        }
        return commands;
    }

    @Test
    void shouldLinkToWhatIsThere() throws IOException {
        for (Path document : documents()) {
            Matcher links = LINK.matcher(Files.readString(document));
            while (links.find()) {
                Path target = document.resolveSibling(links.group(1));
                assertThat(target).as("linked from %s", document).exists();
            }
        }
    }

    @Test
    void shouldNameCommandsOfTheLauncher() throws IOException {
        Set<String> commands = commands();
        assertThat(commands).contains("start", "test", "doctor", "package");
        for (Path document : documents()) {
            assertThat(found(COMMAND, Files.readString(document)))
                    .as("commands in %s", document)
                    .isSubsetOf(commands);
        }
    }

    @Test
    void shouldNameOptionsOfTheServer() throws IOException {
        CommandSpec spec = Main.commandLine(Map.of()).getCommandSpec();
        Set<String> options = new TreeSet<>(spec.optionsMap().keySet());
        for (Path document : documents()) {
            Matcher lines = START.matcher(Files.readString(document));
            while (lines.find()) {
                assertThat(OPTION.matcher(lines.group()).results().map(MatchResult::group))
                        .as("%s in %s", lines.group(), document)
                        .isSubsetOf(options);
            }
        }
    }

    @Test
    void shouldNameMetricsOfTheServer() throws IOException {
        Set<String> metrics = found(ROW, Files.readString(ROOT.resolve("docs/metrics.md")));
        for (Path document : documents()) {
            Matcher named = METRIC.matcher(Files.readString(document));
            assertThat(named.results().map(MatchResult::group))
                    .as("metrics in %s", document)
                    .isSubsetOf(metrics);
        }
    }

    @Test
    void shouldNameKeysOfTheSettings() throws IOException {
        Set<String> keys = found(ROW, Files.readString(ROOT.resolve("docs/configuration.md")));
        for (Path document : documents()) {
            assertThat(found(KEY, Files.readString(document)))
                    .as("keys in %s", document)
                    .filteredOn(named -> !named.startsWith(OUR_PACKAGES))
                    .filteredOn(named -> !FOREIGN.contains(named))
                    .allMatch(named -> isThere(named, keys));
        }
    }

    /** As a key, a part of keys, or a key whose secret stands in a file of its own. */
    private static boolean isThere(String named, Set<String> keys) {
        return keys.stream()
                .anyMatch(key ->
                        key.equals(named)
                                || key.startsWith(named + ".")
                                || named.equals(key + "File"));
    }

    @Test
    void shouldSayInTheLaunchersHelpWhatThereIs() throws IOException {
        String launcher = Files.readString(ROOT.resolve("sluice"));
        Set<String> inHelp =
                Pattern.compile("(?m)^  ([a-z-]+) .* {2,}\\S|^  ([a-z-]+) {2,}")
                        .matcher(launcher.substring(0, launcher.indexOf("\nEND")))
                        .results()
                        .map(line -> line.group(1) == null ? line.group(2) : line.group(1))
                        .collect(Collectors.toSet());
        assertThat(inHelp).containsAll(commands());
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toSet());
    }
}
