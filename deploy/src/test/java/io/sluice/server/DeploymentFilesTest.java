package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import picocli.CommandLine;

/** The Helm chart and the compose file, as far as that can be told without Helm and Docker. */
final class DeploymentFilesTest {
    private static final Path CHART = Path.of("helm", "sluice");
    private static final Path COMPOSE = Path.of("compose");
    private static final Pattern VALUE = Pattern.compile("\\.Values\\.([\\w.]+)");

    /** Of Go's templates, on a line of its own. */
    private static final Pattern CONTROL = Pattern.compile("(?m)^\\s*\\{\\{.*\\}\\}\\s*$");

    private static final Pattern EXPRESSION = Pattern.compile("\\{\\{-? *(.*?) *-?\\}\\}");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::[?-][^}]*)?\\}");

    private static String read(Path file) throws IOException {
        return Files.readString(file);
    }

    private static List<Path> templates() throws IOException {
        try (Stream<Path> files = Files.list(CHART.resolve("templates"))) {
            return files.toList();
        }
    }

    private static Map<String, Object> yaml(String text) {
        return new Yaml().load(text);
    }

    private static Map<String, Object> values() throws IOException {
        return yaml(read(CHART.resolve("values.yaml")));
    }

    private static Object at(Object tree, Object... keys) {
        Object found = tree;
        for (Object key : keys) {
            Object below =
                    key instanceof Integer index
                            ? ((List<?>) found).get(index)
                            : ((Map<?, ?>) found).get(key);
            found = Objects.requireNonNull(below, () -> key + " of " + List.of(keys));
        }
        return found;
    }

    /** Paths of everything below, without what is left to whoever fills it in. */
    private static Set<String> leaves(Map<?, ?> tree, String prefix) {
        Set<String> paths = new TreeSet<>();
        tree.forEach((key, value) -> {
            String path = prefix + key;
            if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
                paths.addAll(leaves(inner, path + "."));
            } else {
                paths.add(path);
            }
        });
        return paths;
    }

    /** A template with the values as they are at first, as if all its conditions held. */
    private static Map<String, Object> rendered(String template) throws IOException {
        Map<String, Object> values = values();
        String lines = CONTROL.matcher(read(CHART.resolve("templates/" + template))).replaceAll("");
        return yaml(
                EXPRESSION
                        .matcher(lines)
                        .replaceAll(found -> Matcher.quoteReplacement(value(values, found))));
    }

    private static String value(Map<String, Object> values, MatchResult found) {
        Matcher named = Pattern.compile("\\.Values\\.([\\w.]+)(.*)").matcher(found.group(1));
        if (named.matches()) {
            return String.valueOf(at(values, (Object[]) named.group(1).split("\\.")));
        }
        return "something";
    }

    private static Object container() throws IOException {
        return at(
                rendered("deployment.yaml"), "spec", "template", "spec", "containers", (Integer) 0);
    }

    @Test
    void shouldUseEachValueOfTheChartAndNoOther() throws IOException {
        Set<String> used = new TreeSet<>();
        for (Path template : templates()) {
            VALUE.matcher(read(template)).results().forEach(found -> used.add(found.group(1)));
        }
        // Handed over as wholes.
        Set<String> known =
                leaves(values(), "").stream()
                        .map(path -> path.startsWith("resources.") ? "resources" : path)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(used).isEqualTo(known);
    }

    @Test
    void shouldMakeAPlanOfWhatTheChartSays() throws IOException {
        List<String> arguments = new ArrayList<>();
        ((List<?>) at(container(), "args")).forEach(one -> arguments.add(one.toString()));
        assertThat(arguments.removeFirst()).isEqualTo("start");
        // Of the node: known when the pod is.
        arguments.replaceAll(one ->
                one.startsWith("--advertised-address=") ? "--advertised-address=203.0.113.7" : one);
        Map<String, String> environment = new HashMap<>();
        for (Object one : (List<?>) at(container(), "env")) {
            environment.put(
                    at(one, "name").toString(),
                    "mykey: a secret that is longer than thirty-two bytes");
        }
        StartOptions options =
                CommandLine.populateCommand(new StartOptions(), arguments.toArray(String[]::new));

        assertThat(options.unknownVariables(environment)).isEmpty();
        StartPlan plan = options.plan(environment);
        assertThat(plan.config().api().access().devMode()).isFalse();
        assertThat(plan.config().api().http().port()).isEqualTo(at(values(), "http", "port"));
        assertThat(plan.config().media().loops()).isEqualTo(at(values(), "media", "loops"));
        assertThat(plan.config().media().udpPort(0)).isEqualTo(at(values(), "media", "udpPort"));
        assertThat(plan.drainDeadline()).hasSeconds((Integer) at(values(), "drainSeconds"));
    }

    /** That these are answered is seen by WatchingTest and HttpServerTest. */
    @Test
    void shouldAskWhereTheServerAnswers() throws IOException {
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            assertThat(at(container(), probe, "httpGet", "port")).isEqualTo("http");
            assertThat(at(container(), probe, "httpGet", "path"))
                    .isEqualTo(probe.equals("livenessProbe") ? "/healthz" : "/readyz");
        }
        assertThat(at(rendered("servicemonitor.yaml"), "spec", "endpoints", 0, "path"))
                .isEqualTo("/metrics");
        String scaledBy = at(values(), "autoscaling", "metric").toString();
        assertThat(MetricNames.isInManual(scaledBy)).as(scaledBy).isTrue();
        for (Path template : templates()) {
            String name = template.getFileName().toString();
            if (name.endsWith(".yaml")) {
                assertThat(rendered(name)).as(name).containsKeys("apiVersion", "kind", "spec");
            }
        }
    }

    @Test
    void shouldHaveAllThatComposeNames() throws IOException {
        String text = read(COMPOSE.resolve("compose.yaml"));
        Map<String, Object> compose = yaml(text);
        Set<String> asked = new TreeSet<>();
        VARIABLE.matcher(text).results().forEach(found -> asked.add(found.group(1)));
        Set<String> given =
                read(COMPOSE.resolve("env"))
                        .lines()
                        .filter(line -> line.matches("\\w+=.*"))
                        .map(line -> line.substring(0, line.indexOf('=')))
                        .collect(Collectors.toCollection(TreeSet::new));
        // The image has a name of its own.
        given.add("SLUICE_IMAGE");
        assertThat(asked).isEqualTo(given);

        Map<?, ?> volumes = (Map<?, ?>) at(compose, "volumes");
        for (Object service : ((Map<?, ?>) at(compose, "services")).values()) {
            Object mounted = ((Map<?, ?>) service).get("volumes");
            for (Object volume : mounted instanceof List<?> some ? some : List.of()) {
                String source = volume.toString().split(":")[0];
                assertThat(
                                source.startsWith(".")
                                        ? Files.exists(COMPOSE.resolve(source))
                                        : volumes.containsKey(source))
                        .as(source)
                        .isTrue();
            }
        }
    }

    /** A secret that stood in the repository would be everybody's. */
    @Test
    void shouldStartNothingBeforeEachVariableIsFilledIn() throws IOException {
        String compose = read(COMPOSE.resolve("compose.yaml"));
        for (String line : read(COMPOSE.resolve("env")).lines().toList()) {
            if (!line.startsWith("#")) {
                assertThat(line).matches("\\w+=");
                assertThat(compose).contains("${" + line.replace("=", ":?"));
            }
        }
    }

    @Test
    void shouldMakeAPlanOfWhatComposeSays() throws IOException {
        Map<String, Object> compose = yaml(read(COMPOSE.resolve("compose.yaml")));
        Map<String, String> environment = new HashMap<>();
        ((Map<?, ?>) at(compose, "services", "sluice", "environment"))
                .forEach((name, text) ->
                        environment.put(
                                name.toString(),
                                VARIABLE.matcher(text.toString())
                                        .replaceAll(found -> given(found.group(1)))));
        StartOptions options = CommandLine.populateCommand(new StartOptions());

        assertThat(options.unknownVariables(environment)).isEmpty();
        SluiceConfig config = options.plan(environment).config();
        assertThat(config.api().access().devMode()).isFalse();
        assertThat(config.api().http().port()).isEqualTo(7880);
        assertThat(read(COMPOSE.resolve("Caddyfile"))).contains("127.0.0.1:7880");
    }

    private static String given(String variable) {
        return switch (variable) {
            case "PUBLIC_ADDRESS" -> "203.0.113.7";
            case "DOMAIN" -> "meet.example.com";
            case "SLUICE_KEYS" -> "mykey: a secret that is longer than thirty-two bytes";
            default -> "a secret that is longer than thirty-two bytes";
        };
    }
}
