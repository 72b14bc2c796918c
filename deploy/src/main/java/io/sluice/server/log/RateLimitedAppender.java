package io.sluice.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.spi.AppenderAttachable;
import ch.qos.logback.core.spi.AppenderAttachableImpl;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/**
 * Passes on so many lines of each kind and leaves out the rest: whoever can cause one line can cause a
 * million. The next line of the kind says in its field {@code suppressed} how many were left out.
 *
 * <p>Of the server's own lines a kind is a logger and a message without its arguments; of a library, whose
 * messages are put together before, a logger and a level. Any thread may append; its base class lets one in
 * at a time.
 */
public final class RateLimitedAppender extends AppenderBase<ILoggingEvent>
        implements AppenderAttachable<ILoggingEvent> {
    /** The server has some fifty kinds, the libraries some hundred loggers; the rest shares one. */
    private static final int MAX_KINDS = 512;

    private static final String OTHERS = "";
    private static final long MILLIS_PER_SECOND = 1_000;

    private final AppenderAttachableImpl<ILoggingEvent> target = new AppenderAttachableImpl<>();
    private final Map<String, Kind> kinds = new HashMap<>();

    /** A room of 200 that all join at once is a good reason for so many lines. */
    private int burst = 200;

    /** A human reads fewer; a disk takes 100 kinds of it. */
    private int perSecond = 10;

    /** Lines that may still be written, and what was left out since the last one. */
    private static final class Kind {
        private long millisOfLines;
        private long filledMillis;
        private long suppressed;
    }

    /** Set by the configuration file. */
    public void setBurst(int lines) {
        burst = lines;
    }

    /** Set by the configuration file. */
    public void setPerSecond(int lines) {
        perSecond = lines;
    }

    @Override
    protected void append(ILoggingEvent event) {
        Kind kind = kind(event);
        fill(kind, event.getTimeStamp());
        if (kind.millisOfLines < MILLIS_PER_SECOND) {
            kind.suppressed++;
            LogLines.countSuppressed();
            return;
        }
        kind.millisOfLines -= MILLIS_PER_SECOND;
        if (kind.suppressed > 0 && event instanceof LoggingEvent line) {
            line.addKeyValuePair(new KeyValuePair("suppressed", kind.suppressed));
            kind.suppressed = 0;
        }
        LogLines.countWritten(level(event.getLevel()));
        target.appendLoopOnAppenders(event);
    }

    private Kind kind(ILoggingEvent event) {
        String logger = event.getLoggerName();
        String what =
                logger.startsWith("io.sluice.") ? event.getMessage() : event.getLevel().levelStr;
        String name = logger + ' ' + what;
        Kind kind = kinds.get(name);
        if (kind != null) {
            return kind;
        }
        return kinds.computeIfAbsent(
                kinds.size() < MAX_KINDS ? name : OTHERS, _ -> full(event.getTimeStamp()));
    }

    private Kind full(long nowMillis) {
        Kind kind = new Kind();
        kind.millisOfLines = burst * MILLIS_PER_SECOND;
        kind.filledMillis = nowMillis;
        return kind;
    }

    private void fill(Kind kind, long nowMillis) {
        // The wall clock may go back.
        long elapsedMillis = Math.max(0, nowMillis - kind.filledMillis);
        kind.filledMillis = nowMillis;
        kind.millisOfLines =
                Math.min(
                        burst * MILLIS_PER_SECOND,
                        kind.millisOfLines
                                + Math.min(elapsedMillis, Integer.MAX_VALUE) * perSecond);
    }

    private static org.slf4j.event.Level level(Level level) {
        return org.slf4j.event.Level.intToLevel(Level.toLocationAwareLoggerInteger(level));
    }

    @Override
    public void addAppender(Appender<ILoggingEvent> appender) {
        target.addAppender(appender);
    }

    @Override
    public Iterator<Appender<ILoggingEvent>> iteratorForAppenders() {
        return target.iteratorForAppenders();
    }

    @Override
    public Appender<ILoggingEvent> getAppender(String name) {
        return target.getAppender(name);
    }

    @Override
    public boolean isAttached(Appender<ILoggingEvent> appender) {
        return target.isAttached(appender);
    }

    @Override
    public void detachAndStopAllAppenders() {
        target.detachAndStopAllAppenders();
    }

    @Override
    public boolean detachAppender(Appender<ILoggingEvent> appender) {
        return target.detachAppender(appender);
    }

    @Override
    public boolean detachAppender(String name) {
        return target.detachAppender(name);
    }

    @Override
    public void stop() {
        super.stop();
        target.detachAndStopAllAppenders();
    }
}
