package io.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigLayersTest {
    enum Colour {
        RED,
        DARK_BLUE
    }

    record Door(int port, String host, Duration patience, long delayNanos) {
        Door {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port is " + port + " but must be 0 to 65535.");
            }
        }
    }

    record Buffers(int keptBytes, int maxBytes) {
        Buffers {
            if (maxBytes < keptBytes) {
                throw new IllegalArgumentException("maxBytes must hold keptBytes.");
            }
        }
    }

    record House(
            Door door,
            Buffers buffers,
            Colour colour,
            boolean open,
            double share,
            List<URI> urls,
            Set<String> names,
            Map<String, String> keys,
            String token,
            Supplier<String> notForWriting) {}

    private static ConfigLayers<House> layers() {
        House defaults =
                new House(
                        new Door(7880, "localhost", Duration.ofSeconds(10), 1_000_000),
                        new Buffers(1024, 4096),
                        Colour.RED,
                        false,
                        0.5,
                        List.of(),
                        Set.of(),
                        Map.of(),
                        "",
                        () -> "default");
        return new ConfigLayers<>(defaults, Set.of("Door.host"));
    }

    private static House read(String yaml) {
        ConfigLayers<House> layers = layers();
        layers.text("sluice.yaml", yaml);
        return layers.read();
    }

    private static List<String> findings(String yaml) {
        ConfigException wrong = catchThrowableOfType(ConfigException.class, () -> read(yaml));
        return wrong.findings().stream().map(ConfigException.Finding::toString).toList();
    }

    @Test
    void shouldPutWhatIsWrittenOverTheDefaults() {
        House house =
                read(
                        """
                        # A comment.
                        door:
                          port: 80
                          patience: 5 min
                          delay: 20 ms
                        buffers: {maxBytes: 64 KiB}
                        colour: dark_blue
                        open: yes
                        share: 0.75
                        urls:
                          - https://a.example/hook
                          - https://b.example/hook
                        names: [ada, grace]
                        keys:
                          mykey: "s3cret: with colon"
                        """);

        assertThat(house.door())
                .isEqualTo(new Door(80, "localhost", Duration.ofMinutes(5), 20_000_000));
        assertThat(house.buffers()).isEqualTo(new Buffers(1024, 64 * 1024));
        assertThat(house.colour()).isEqualTo(Colour.DARK_BLUE);
        assertThat(house.open()).isTrue();
        assertThat(house.share()).isEqualTo(0.75);
        assertThat(house.urls())
                .containsExactly(
                        URI.create("https://a.example/hook"), URI.create("https://b.example/hook"));
        assertThat(house.names()).containsExactlyInAnyOrder("ada", "grace");
        assertThat(house.keys()).containsExactly(Map.entry("mykey", "s3cret: with colon"));
        assertThat(house.notForWriting().get()).isEqualTo("default");
    }

    @Test
    void shouldMeanTheDefaultsWithNothingWritten() {
        assertThat(read("").door().port()).isEqualTo(7880);
        assertThat(read("# only a comment\n").share()).isEqualTo(0.5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`door:\n  prot: 80`|sluice.yaml, line 2: door.prot: there is no such key; did you"
                        + " mean door.port?",
                "`max-bytes: 3`|sluice.yaml, line 1: max-bytes: there is no such key; there are door,",
                "`open: maybe`|sluice.yaml, line 1: open: \"maybe\" is not true or false",
                "`\n\ndoor:\n  port: many`|sluice.yaml, line 4: door.port: \"many\" is not a whole"
                        + " number",
                "`door:\n  patience: 3 s\n  port: 70000`|sluice.yaml, line 3: door.port: port is 70000 but"
                        + " must be 0 to 65535.",
                "`door:\n  patience: soon`|sluice.yaml, line 2: door.patience: \"soon\" is not a time, as",
                "`door: 80`|sluice.yaml, line 1: door: want a section of keys",
                "`door:\n  port: [80]`|sluice.yaml, line 2: door.port: want a whole number",
                "`door:\n  port:`|sluice.yaml, line 2: door.port: there is no value; want a whole",
                "`colour: green`|sluice.yaml, line 1: colour: \"green\" is not one of red, dark_blue",
                "`share: lots`|sluice.yaml, line 1: share: \"lots\" is not a number",
                "`buffers:\n  maxBytes: 3 KB`|sluice.yaml, line 2: buffers.maxBytes: \"3 KB\" is not a"
                        + " size in bytes, as",
                "`open: yes\nopen: no`|sluice.yaml, line 2: open is given already: see sluice.yaml,"
                        + " line 1",
                "`open: [`|sluice.yaml, line 1: this is not YAML",
                "`- open`|sluice.yaml, line 1: there must be keys here",
                "`door:\n  host: a`|sluice.yaml, line 2: door.host: there is no such key",
            })
    void shouldSayWhereWhatIsWrongStandsAndWhatWouldBeRight(String yaml, String finding) {
        assertThat(findings(yaml)).anyMatch(text -> text.startsWith(finding));
    }

    @Test
    void shouldFindAllThatIsWrongAtOnce() {
        assertThat(findings("open: maybe\nshare: x\ndoor:\n  port: -1\n  color: 2\n"))
                .extracting(text -> text.substring(0, text.indexOf(':')))
                .containsExactlyInAnyOrder(
                        "sluice.yaml, line 1",
                        "sluice.yaml, line 2",
                        "sluice.yaml, line 4",
                        "sluice.yaml, line 5");
    }

    @Test
    void shouldAllowTogetherWhatWouldBeWrongAlone() {
        assertThat(read("buffers:\n  keptBytes: 1 MiB\n  maxBytes: 2 MiB\n").buffers())
                .isEqualTo(new Buffers(1 << 20, 2 << 20));
        assertThat(findings("buffers:\n  keptBytes: 1 MiB\n"))
                .containsExactly(
                        "sluice.yaml, line 2: buffers.keptBytes: maxBytes must hold keptBytes.");
    }

    @Test
    void shouldLetTheEnvironmentWinOverTheFileAndOptionsOverBoth() {
        ConfigLayers<House> layers = layers();
        layers.text("sluice.yaml", "door: {port: 1, patience: 1 s}\nurls: [https://a.example/]\n");
        layers.environment(
                Map.of(
                        "SLUICE_DOOR_PORT",
                        "2",
                        "SLUICE_BUFFERS_MAX_BYTES",
                        "8 KiB",
                        "SLUICE_URLS",
                        "https://b.example/, https://c.example/",
                        "SLUICE_KEYS",
                        "not: taken"),
                Set.of("SLUICE_KEYS"));
        layers.put("door.port", "3", "--port");
        layers.putEntry("keys", "a.b", "secret", "--keys");

        House house = layers.read();

        assertThat(house.door().port()).isEqualTo(3);
        assertThat(house.door().patience()).isEqualTo(Duration.ofSeconds(1));
        assertThat(house.buffers().maxBytes()).isEqualTo(8192);
        assertThat(house.urls()).hasSize(2);
        assertThat(house.keys()).containsExactly(Map.entry("a.b", "secret"));
        assertThat(layers.origin("door.port")).isEqualTo("--port");
        assertThat(layers.origin("door.patience")).isEqualTo("sluice.yaml, line 1");
    }

    @Test
    void shouldNameTheVariableOrOptionThatIsWrong() {
        ConfigLayers<House> layers = layers();
        layers.environment(Map.of("SLUICE_OPEN", "perhaps"), Set.of());
        layers.put("door.port", "99999", "--port");

        assertThat(
                        catchThrowableOfType(ConfigException.class, layers::read)
                                .findings()
                                .stream()
                                .map(ConfigException.Finding::origin))
                .containsExactlyInAnyOrder("SLUICE_OPEN", "--port");
    }

    @Test
    void shouldTakeSecretsFromFilesOfTheirOwn(@TempDir Path folder) throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef\n");
        Path keys = Files.writeString(folder.resolve("keys"), "one: first\ntwo: second\n");

        House house = read("tokenFile: " + token + "\nkeysFile: " + keys + "\n");

        assertThat(house.token()).isEqualTo("0123456789abcdef");
        assertThat(house.keys()).containsEntry("one", "first").containsEntry("two", "second");
        assertThat(findings("tokenFile: " + folder.resolve("none") + "\n"))
                .singleElement()
                .asString()
                .startsWith("sluice.yaml, line 1: tokenFile: the file cannot be read");
    }

    @Test
    void shouldSayWhichFileIsNotThere(@TempDir Path folder) {
        ConfigLayers<House> layers = layers();
        Path absent = folder.resolve("sluice.yaml");

        assertThat(
                        catchThrowableOfType(ConfigException.class, () -> layers.file(absent))
                                .getMessage())
                .isEqualTo(absent + ": there is no such file");
    }

    @Test
    void shouldKnowEachKeyItsDefaultAndItsVariable() {
        assertThat(layers().keys())
                .extracting(ConfigKey::path, ConfigKey::defaultText, ConfigKey::variable)
                .contains(
                        tuple("door.patience", "10 s", "SLUICE_DOOR_PATIENCE"),
                        tuple("door.delay", "1 ms", "SLUICE_DOOR_DELAY"),
                        tuple("buffers.maxBytes", "4 KiB", "SLUICE_BUFFERS_MAX_BYTES"),
                        tuple("colour", "red", "SLUICE_COLOUR"));
        assertThat(layers().keys())
                .extracting(ConfigKey::path)
                .doesNotContain("notForWriting", "door.host");
    }
}
