package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Rate;
import io.sluice.server.config.ConfigKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/configuration.md} is written from the records that are read, with the reasons that their javadoc
 * gives, and says what they are.
 */
final class ConfigurationManualTest {
    private static final Path MANUAL = Path.of("..", "docs", "configuration.md");
    private static final String WRITE = "sluice.docs.write";
    private static final String COMMAND =
            "./sluice test -pl deploy -am -Dtest=ConfigurationManualTest -D" + WRITE + "=true";

    private static final String HEAD =
            """
            # Configuration

            Written by a test from the code; to write it anew: `%s`.

            Settings come from three places, each over the one before:

            1. a file: `--config FILE`, else what `SLUICE_CONFIG` names, else `sluice.yaml` in the working directory if
               there is one;
            2. the environment: `http.port` is `SLUICE_HTTP_PORT`, `rooms.maxParticipants` is
               `SLUICE_ROOMS_MAX_PARTICIPANTS`; a list is written with commas;
            3. the command line: options of their own (`./sluice start --help`), and `--set http.port=8080` for any key.

            ```yaml
            mode: production
            keysFile: /etc/sluice/keys        # lines of "name: secret"
            http:
              host: 0.0.0.0
            media:
              advertisedAddresses: [203.0.113.7]
            access:
              allowedOrigins: [https://app.example]
            metrics:
              tokenFile: /etc/sluice/metrics-token
            ```

            `./sluice check-config` reads all three as `start` would, and says what is wrong: each thing with its file and
            line, and what would be right. It ends with 0 where all is right, else with 78 (64 if only options are
            wrong), as `start` does. An unknown key is an error; an unknown variable that begins with `SLUICE_` is a line
            in the log, since others put theirs into the environment too.

            Times are written with a unit (`250 ms`, `10 s`, `5 min`, `24 h`, `60 d`), sizes as bytes or as `64 KiB` and
            `1 MiB`. A key whose name ends with `Bytes` is a size. **Secrets** may stand in files of their own: where the
            table says so, the key with `File` behind it names one (`keysFile`, `metrics.tokenFile`,
            `SLUICE_METRICS_TOKEN_FILE`).

            `mode: production` refuses to start without keys, with the key `devkey`, and with `*` among the allowed
            origins; tokens for everybody (`POST /api/v1/dev/token`, and `POST /api/v1/tokens` without one) exist only
            without keys.

            SIGHUP reads `sluice.yaml` and the files that it names again; environment and options stay as at the start. To
            change keys without a restart, use `keysFile`. What is marked *at once* below is then in force for whoever comes next;
            the log names what was changed and needs a restart. A configuration with something wrong in it changes
            nothing, and the log says what is wrong.

            """;

    private static final String TABLE =
            """

            ## `%s`

            | Key | Value | Default | Changed | Meaning and reason |
            |---|---|---|---|---|
            """;

    private static String manual() {
        StringBuilder text = new StringBuilder(HEAD.formatted(COMMAND));
        Map<String, String> sources = sources();
        String section = "";
        text.append(
                "## At the top\n\n| Key | Value | Default | Changed | Meaning and reason |\n"
                        + "|---|---|---|---|---|\n");
        for (ConfigKey key : StartOptions.noLayers().keys()) {
            int dot = key.path().indexOf('.');
            String of = dot < 0 ? "" : key.path().substring(0, dot);
            if (!of.equals(section)) {
                section = of;
                text.append(TABLE.formatted(of));
            }
            text.append(
                    "| `%s` | %s | %s | %s | %s |\n"
                            .formatted(
                                    key.path(),
                                    key.words() + (key.secret() ? "; or a file" : ""),
                                    key.defaultText().isEmpty()
                                            ? ""
                                            : "`" + key.defaultText() + "`",
                                    Reload.isAtOnce(key.path()) ? "at once" : "restart",
                                    reason(sources, key).replace("|", "\\|")));
        }
        return text.toString();
    }

    /** Every main source file of the modules, by the name of its class. */
    private static Map<String, String> sources() {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            for (Path module : modules.toList()) {
                Path folder = module.resolve("src/main/java");
                if (!Files.isDirectory(folder)) {
                    continue;
                }
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file :
                            files.filter(path -> path.toString().endsWith(".java")).toList()) {
                        String name =
                                folder.relativize(file)
                                        .toString()
                                        .replace('/', '.')
                                        .replace(".java", "");
                        sources.put(name, Files.readString(file));
                    }
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return sources;
    }

    /** What the javadoc says; a rate's numbers are explained where the rate is. */
    private static String reason(Map<String, String> sources, ConfigKey key) {
        ConfigKey.Component section = key.section();
        if (section == null || !key.source().record().equals(Rate.class)) {
            return reason(sources, key.source());
        }
        String ofRate = reason(sources, section);
        if (ofRate.isEmpty()) {
            return "";
        }
        return key.source().name().equals("perSecond")
                ? "how many in a second, on average: " + ofRate
                : "how many at once, after a while without any";
    }

    /** What the javadoc of the record says of its component. */
    private static String reason(Map<String, String> sources, ConfigKey.Component component) {
        Class<?> top = component.record();
        while (top.getEnclosingClass() != null) {
            top = top.getEnclosingClass();
        }
        String source = sources.getOrDefault(top.getName(), "");
        int at = source.indexOf("record " + component.record().getSimpleName() + "(");
        int end = source.lastIndexOf("*/", Math.max(at, 0));
        int begin = source.lastIndexOf("/**", Math.max(end, 0));
        if (at < 0 || begin < 0) {
            return "";
        }
        String javadoc = source.substring(begin, end).replaceAll("\\n\\s*\\*", "\n");
        Matcher matcher =
                Pattern.compile(
                                "@param " + component.name() + "\\s+(.*?)(?=\\n\\s*@|\\z)",
                                Pattern.DOTALL)
                        .matcher(javadoc);
        return matcher.find()
                ? matcher.group(1)
                        .replaceAll("\\s+", " ")
                        .replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`")
                        .strip()
                : "";
    }

    @Test
    void shouldBeWhatIsInTheRepository() throws IOException {
        String manual = manual();
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(MANUAL, manual);
        }
        assertThat(Files.exists(MANUAL) ? Files.readString(MANUAL) : "")
                .as("docs/configuration.md; to write it anew: %s", COMMAND)
                .isEqualTo(manual);
    }

    @Test
    void shouldGiveAReasonForEachDefault() {
        Map<String, String> sources = sources();
        List<String> without = new ArrayList<>();
        for (ConfigKey key : StartOptions.noLayers().keys()) {
            if (reason(sources, key).isEmpty()) {
                without.add(key.path());
            }
        }
        assertThat(without).as("keys whose record's javadoc says nothing of them").isEmpty();
    }
}
