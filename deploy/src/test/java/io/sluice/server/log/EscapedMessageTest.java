package io.sluice.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** What a client chose cannot look like anything but a value in a line. */
final class EscapedMessageTest {
    private final LoggingEvent event =
            new LoggingEvent(
                    "",
                    new LoggerContext().getLogger("io.sluice.Test"),
                    Level.INFO,
                    "Said {}",
                    null,
                    new Object[] {"a\nb"});

    private String line() {
        return new EscapedMessage().convert(event);
    }

    @Test
    void shouldWriteFieldsBehindTheMessage() {
        event.addKeyValuePair(new KeyValuePair("room", "maths"));
        event.addKeyValuePair(new KeyValuePair("participant", "Zoë 数"));
        assertThat(line()).isEqualTo("Said a\\u000ab room=\"maths\" participant=\"Zoë 数\"");
    }

    @Test
    void shouldKeepLinesQuotesEscapesAndDirectionsFromBeingForged() {
        event.addKeyValuePair(
                new KeyValuePair("room", "x\" reason=\"\\\r\n\t\u001b[2J\u0000\u2028\u202e\ud800"));
        assertThat(line())
                .endsWith(
                        "room=\"x\\\" reason=\\\"\\\\\\u000d\\u000a\\u0009\\u001b[2J\\u0000"
                                + "\\u2028\\u202e\\ud800\"");
    }

    @Test
    void shouldCutWhatIsLong() {
        event.addKeyValuePair(new KeyValuePair("room", "y".repeat(100_000)));
        assertThat(line()).hasSizeLessThan(200).endsWith("yyy...\"");
    }
}
