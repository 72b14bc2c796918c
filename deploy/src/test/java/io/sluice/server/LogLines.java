package io.sluice.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.slf4j.LoggerFactory;

/** Counts the lines that anybody in this JVM logs, by SLF4J or java.util.logging. Thread-safe. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final int KEPT = 30;

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final java.util.logging.Logger julRoot = java.util.logging.Logger.getLogger("");
    private final Deque<String> last = new ArrayDeque<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    keep(line.getLoggerName() + ": " + line.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };
    private long count;

    LogLines() {
        root.addAppender(this);
        julRoot.addHandler(handler);
        start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
            keep(event.getLoggerName() + ": " + event.getFormattedMessage());
        }
    }

    private void keep(String line) {
        synchronized (last) {
            count++;
            last.add(line);
            if (last.size() > KEPT) {
                last.removeFirst();
            }
        }
    }

    long count() {
        synchronized (last) {
            return count;
        }
    }

    List<String> last() {
        synchronized (last) {
            return List.copyOf(last);
        }
    }

    @Override
    public void close() {
        root.detachAppender(this);
        julRoot.removeHandler(handler);
        stop();
    }
}
