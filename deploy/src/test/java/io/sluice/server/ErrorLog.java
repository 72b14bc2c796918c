package io.sluice.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Keeps what anybody in this JVM logs as an error: the server does so for its own defects only. Thread-safe. */
final class ErrorLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final List<String> lines = new ArrayList<>();

    ErrorLog() {
        root.addAppender(this);
        start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
            synchronized (lines) {
                lines.add(event.getLoggerName() + ": " + event.getFormattedMessage());
            }
        }
    }

    /** Returns and forgets what came so far. */
    List<String> drain() {
        synchronized (lines) {
            List<String> drained = List.copyOf(lines);
            lines.clear();
            return drained;
        }
    }

    @Override
    public void close() {
        root.detachAppender(this);
        stop();
    }
}
