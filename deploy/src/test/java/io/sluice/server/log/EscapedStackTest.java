package io.sluice.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What an exception says stands in lines of its own, by the server's own configuration of its log. */
final class EscapedStackTest {
    private static final String HOSTILE =
            "\u001b[2Jx\r\n12:00:00.000 INFO Main: all is well\u202e\0";

    private static String written(@Nullable Throwable thrown) {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        RateLimitedAppender limited = (RateLimitedAppender) root.getAppender("LIMITED");
        OutputStreamAppender<ILoggingEvent> console =
                (OutputStreamAppender<ILoggingEvent>) limited.getAppender("ERR");
        Logger from = (Logger) LoggerFactory.getLogger("io.sluice.server.Main");
        LoggingEvent event =
                new LoggingEvent("", from, Level.ERROR, "A request failed", thrown, null);
        return new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
    }

    private static List<String> lines(Throwable thrown) {
        String text = written(thrown);
        assertThat(text).endsWith(System.lineSeparator());
        return List.of(text.split(System.lineSeparator(), -1));
    }

    @Test
    void shouldKeepWhatAnExceptionQuotesInOneLine() {
        IllegalStateException thrown =
                new IllegalStateException(HOSTILE, new IOException("why: " + HOSTILE));
        thrown.addSuppressed(new IOException("close: " + HOSTILE));

        List<String> lines = lines(thrown);

        String escaped =
                "\\u001b[2Jx\\u000d\\u000a12:00:00.000 INFO Main: all is well\\u202e\\u0000";
        assertThat(lines.get(1)).isEqualTo("java.lang.IllegalStateException: " + escaped);
        assertThat(lines).contains("Caused by: java.io.IOException: why: " + escaped);
        assertThat(lines).contains("\tSuppressed: java.io.IOException: close: " + escaped);
        assertThat(lines.subList(1, lines.size() - 1))
                .allMatch(line ->
                        line.startsWith("\tat ")
                                || line.startsWith("\t... ")
                                || line.endsWith(escaped));
        assertThat(String.join("", lines)).doesNotContainPattern("[\\p{Cntrl}&&[^\\t]]");
    }

    @Test
    void shouldSayWhereWithoutEnd() {
        List<String> lines = lines(deep(500));

        assertThat(lines).anyMatch(line -> line.startsWith("\tat io.sluice.server.log.Escaped"));
        assertThat(lines).hasSizeLessThan(110);
    }

    private static RuntimeException deep(int depth) {
        return depth == 0 ? new IllegalStateException() : deep(depth - 1);
    }

    @Test
    void shouldCutALongMessageAndALongChain() {
        RuntimeException thrown = new IllegalStateException("x".repeat(1_000_000));
        for (int i = 0; i < 1_000; i++) {
            thrown = new IllegalStateException("y".repeat(10_000), thrown);
        }

        assertThat(written(thrown)).hasSizeLessThan(50_000);
    }

    @Test
    void shouldWriteNothingMoreWhereNothingWasThrown() {
        assertThat(written(null)).endsWith("Main: A request failed" + System.lineSeparator());
    }
}
