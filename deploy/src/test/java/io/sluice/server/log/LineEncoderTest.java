package io.sluice.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

final class LineEncoderTest {
    private final LoggerContext context = new LoggerContext();

    private LineEncoder encoder(String format) {
        LineEncoder encoder = new LineEncoder();
        encoder.setContext(context);
        encoder.setFormat(format);
        encoder.setPattern("%-5level %logger{0}: %msg%n");
        encoder.start();
        return encoder;
    }

    private LoggingEvent event(String message, Object... arguments) {
        LoggingEvent event =
                new LoggingEvent(
                        "here",
                        context.getLogger("io.sluice.Room"),
                        Level.INFO,
                        message,
                        null,
                        arguments);
        event.setInstant(Instant.parse("2026-01-02T03:04:05.006Z"));
        return event;
    }

    private static JsonNode read(byte[] line) throws IOException {
        String text = new String(line, StandardCharsets.UTF_8);
        assertThat(text.lines()).hasSize(1);
        assertThat(text).endsWith("\n");
        return new ObjectMapper().readTree(text);
    }

    @Test
    void shouldWriteLinesForPeople() {
        byte[] line = encoder("text").encode(event("Room {} started", 7));

        assertThat(new String(line, StandardCharsets.UTF_8))
                .isEqualToNormalizingNewlines("INFO  Room: Room 7 started\n");
    }

    @Test
    void shouldWriteOneObjectALine() throws IOException {
        LoggingEvent event = event("Participant joined");
        event.addKeyValuePair(new KeyValuePair("room", "tea \"time\"\n"));
        event.addKeyValuePair(new KeyValuePair("participants", 3));

        JsonNode line = read(encoder("json").encode(event));

        assertThat(line.path("time").asText()).isEqualTo("2026-01-02T03:04:05.006Z");
        assertThat(line.path("level").asText()).isEqualTo("INFO");
        assertThat(line.path("logger").asText()).isEqualTo("io.sluice.Room");
        assertThat(line.path("message").asText()).isEqualTo("Participant joined");
        assertThat(line.path("room").asText()).isEqualTo("tea \"time\"\\u000a");
        assertThat(line.path("participants").isInt()).isTrue();
        assertThat(line.has("stack")).isFalse();
    }

    @Test
    void shouldNotLetAFieldPassForTheServersOwnWords() throws IOException {
        LoggingEvent event = event("Participant left");
        event.addKeyValuePair(new KeyValuePair("message", "All is well"));

        assertThat(read(encoder("json").encode(event)).path("message").asText())
                .isEqualTo("Participant left");
    }

    @Test
    void shouldSayWhatWasThrown() throws IOException {
        LoggingEvent event =
                new LoggingEvent(
                        "here",
                        context.getLogger("io.sluice.Room"),
                        Level.ERROR,
                        "It failed",
                        new IllegalStateException("a\nb"),
                        null);

        assertThat(read(encoder("json").encode(event)).path("stack").asText())
                .startsWith("java.lang.IllegalStateException: a\\u000ab")
                .contains("LineEncoderTest");
    }

    @Test
    void shouldWriteTextAndSaySoForAFormatThatIsNone() {
        byte[] line = encoder("xml").encode(event("All is well"));

        assertThat(new String(line, StandardCharsets.UTF_8)).startsWith("INFO  Room: All is well");
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .anyMatch(status -> status.getMessage().contains("SLUICE_LOG_FORMAT"));
    }
}
