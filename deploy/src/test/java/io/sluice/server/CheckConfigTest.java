package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import picocli.CommandLine;

/** Settings from all three places together, as the start and the check read them. */
final class CheckConfigTest {
    /** As systemd takes it. */
    private static final Pattern VARIABLE = Pattern.compile("\\b(SLUICE_[A-Z_]+)=(\\S+)");

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int check(String yaml, Map<String, String> environment, String... more)
            throws IOException {
        Path file = Files.writeString(folder.resolve("sluice.yaml"), yaml);
        CommandLine command =
                new CommandLine(new CheckConfig(environment))
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err));
        String[] arguments = new String[more.length + 1];
        arguments[0] = "--config=" + file;
        System.arraycopy(more, 0, arguments, 1, more.length);
        return command.execute(arguments);
    }

    @Test
    void shouldFindNothingWrongWithAServerForProduction() throws IOException {
        Path keys = Files.writeString(folder.resolve("keys"), "mykey: " + SECRET + "\n");
        String yaml =
                """
                mode: production
                keysFile: %s
                http: {host: 0.0.0.0, port: 8080}
                media: {localAddresses: [127.0.0.1], advertisedAddresses: [203.0.113.7]}
                access: {allowedOrigins: ["https://app.example"]}
                """
                        .formatted(keys);

        assertThat(check(yaml, Map.of())).as("%s", err).isZero();
        assertThat(out.toString()).contains("right, for a server with keys");
    }

    /** Of systemd, and of compose where a domain, an address and secrets are filled in. */
    @Test
    void shouldFindNothingWrongWithWhatIsShipped() throws IOException {
        Path systemd = Path.of("package", "systemd");
        Map<String, String> service = new HashMap<>();
        VARIABLE.matcher(Files.readString(systemd.resolve("sluice.service")))
                .results()
                .forEach(found -> service.put(found.group(1), found.group(2)));
        assertThat(service).containsKeys("SLUICE_CONFIG", "SLUICE_DATA_DIRECTORY");
        service.put("SLUICE_KEYS", "mykey: " + SECRET);
        String yaml = Files.readString(systemd.resolve("sluice.yaml"));
        assertThat(check(yaml, service)).as("%s", err).isZero();

        JsonNode compose =
                new ObjectMapper()
                        .valueToTree(
                                new Yaml(new SafeConstructor(new LoaderOptions()))
                                        .load(
                                                Files.readString(
                                                        Path.of("compose", "compose.yaml"))));
        Map<String, String> environment = new HashMap<>();
        compose.at("/services/sluice/environment")
                .forEachEntry((name, value) ->
                        environment.put(
                                name,
                                value.asText()
                                        .replaceAll("\\$\\{PUBLIC_ADDRESS[^}]*}", "203.0.113.7")
                                        .replaceAll("\\$\\{DOMAIN[^}]*}", "meet.example.com")
                                        .replaceAll("\\$\\{SLUICE_KEYS[^}]*}", "my: " + SECRET)
                                        .replaceAll("\\$\\{[^}]*}", SECRET)));
        assertThat(environment).hasSizeGreaterThan(5);
        assertThat(check("", environment)).as("%s", err).isZero();
        assertThat(out + "" + err).doesNotContain("SLUICE_");
    }

    @Test
    void shouldRefuseForProductionWhatOnlyDevelopmentMayHave() throws IOException {
        String yaml = "mode: production\naccess:\n  allowedOrigins: ['*']\n";

        assertThat(check(yaml, Map.of())).isEqualTo(78);
        assertThat(err.toString())
                .contains("sluice.yaml, line 1: mode: Production needs keys")
                .contains("sluice.yaml, line 3: access.allowedOrigins: Production refuses *");
        assertThat(check("mode: production\nkeys: {devkey: " + SECRET + "}\n", Map.of()))
                .isEqualTo(78);
        assertThat(err.toString()).contains("line 2: keys: Production refuses the name devkey");
    }

    @Test
    void shouldSayWhichPlaceIsWrong() throws IOException {
        assertThat(
                        check(
                                "http:\n  prot: 1\n",
                                Map.of("SLUICE_ROOMS_MAX_ROOMS", "0", "SLUICE_SERVICE_HOST", "x"),
                                "--set",
                                "calls.enabled=perhaps"))
                .isEqualTo(78);
        assertThat(err.toString())
                .contains("sluice.yaml, line 2: http.prot: there is no such key; did you mean")
                .contains("SLUICE_ROOMS_MAX_ROOMS: rooms.maxRooms: maxRooms is 0")
                .contains("--set calls.enabled: calls.enabled: \"perhaps\" is not true or false")
                .contains("SLUICE_SERVICE_HOST in the environment is no setting");
    }

    @Test
    void shouldNameTheKeyWhoseSecretIsShortAndNotTheSecret() throws IOException {
        assertThat(check("\nkeys:\n  mine: tooshort\n", Map.of())).isEqualTo(78);
        assertThat(err.toString())
                .contains("sluice.yaml, line 2: keys: The secret of the API key mine")
                .doesNotContain("tooshort");
    }

    @Test
    void shouldTellOptionsFromFiles() throws IOException {
        assertThat(check("", Map.of(), "--set", "http.port=99999")).isEqualTo(64);
        assertThat(check("", Map.of(), "--set", "http.port=80")).as("%s", err).isZero();
    }
}
