package io.sluice.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

final class RateLimitedAppenderTest {
    private static final int BURST = 5;

    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private final RateLimitedAppender appender = new RateLimitedAppender();
    private long nowMillis = 1_000_000;

    @BeforeEach
    void start() {
        written.start();
        appender.addAppender(written);
        appender.setBurst(BURST);
        appender.setPerSecond(1);
        appender.start();
    }

    private void say(String logger, String message, Object... arguments) {
        Logger from = context.getLogger(logger);
        LoggingEvent event = new LoggingEvent("", from, Level.WARN, message, null, arguments);
        event.setTimeStamp(nowMillis);
        appender.doAppend(event);
    }

    private List<String> texts() {
        return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void shouldWriteOfEachKindAsManyLinesAsAllowed() {
        long suppressed = LogLines.suppressed();
        for (int i = 0; i < 100; i++) {
            say("io.sluice.room.Room", "{} is late", i);
        }
        say("io.sluice.room.Room", "{} is early", 1);
        assertThat(texts())
                .containsExactly(
                        "0 is late",
                        "1 is late",
                        "2 is late",
                        "3 is late",
                        "4 is late",
                        "1 is early");
        assertThat(LogLines.suppressed() - suppressed).isEqualTo(95);
    }

    @Test
    void shouldSayInTheNextLineHowManyWereLeftOut() {
        for (int i = 0; i < 8; i++) {
            say("io.sluice.room.Room", "{} is late", i);
        }
        nowMillis += 1_000;
        say("io.sluice.room.Room", "{} is late", 8);
        say("io.sluice.room.Room", "{} is late", 9);
        assertThat(texts()).hasSize(BURST + 1).last().isEqualTo("8 is late");
        KeyValuePair field = written.list.getLast().getKeyValuePairs().getFirst();
        assertThat(field.key).isEqualTo("suppressed");
        assertThat(field.value).isEqualTo(3L);
    }

    @Test
    void shouldTakeAllThatALibrarySaysAtOneLevelForOneKind() {
        for (int i = 0; i < 100; i++) {
            say("org.ice4j.ice.Agent", "message " + i);
        }
        assertThat(texts()).hasSize(BURST);
    }

    @Test
    void shouldKeepWithinTheLimitsHoweverManyKindsThereAre() {
        for (int i = 0; i < 2_000; i++) {
            say("com.example.C" + i, "one line");
        }
        assertThat(texts()).hasSizeLessThan(1_000);
    }

    @Test
    void shouldNotStopWhenTheClockGoesBack() {
        say("io.sluice.room.Room", "late");
        nowMillis -= 1_000_000;
        for (int i = 0; i < BURST; i++) {
            say("io.sluice.room.Room", "late");
            nowMillis += 1_000;
        }
        assertThat(texts()).hasSize(BURST + 1);
    }
}
