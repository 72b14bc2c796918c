package io.sluice.server.log;

import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import org.jspecify.annotations.Nullable;

/**
 * The conversion word {@code %stack}: what was thrown, where, and why. The message of an exception may quote
 * what a client sent: each stands in one line, whatever is in it.
 */
public final class EscapedStack extends ThrowableHandlingConverter {
    /** Of one exception; what is deeper is a recursion, and says the same again and again. */
    private static final int MAX_FRAMES = 100;

    /** Of one exception: causes of causes, and what was suppressed. */
    private static final int MAX_RELATED = 8;

    @Override
    public String convert(ILoggingEvent event) {
        StringBuilder lines = new StringBuilder();
        IThrowableProxy thrown = event.getThrowableProxy();
        String relation = "";
        for (int i = 0; i <= MAX_RELATED && thrown != null; i++) {
            append(lines, relation, thrown);
            relation = "Caused by: ";
            thrown = thrown.getCause();
        }
        return lines.toString();
    }

    private static void append(StringBuilder lines, String relation, IThrowableProxy thrown) {
        appendHead(lines, relation, thrown);
        StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
        int own = frames.length - thrown.getCommonFrames();
        for (int i = 0; i < Math.min(own, MAX_FRAMES); i++) {
            lines.append('\t').append(frames[i].getSTEAsString()).append(System.lineSeparator());
        }
        int left = frames.length - Math.min(own, MAX_FRAMES);
        if (left > 0) {
            lines.append("\t... ").append(left).append(" more").append(System.lineSeparator());
        }
        IThrowableProxy @Nullable [] suppressed = thrown.getSuppressed();
        for (int i = 0; suppressed != null && i < Math.min(suppressed.length, MAX_RELATED); i++) {
            appendHead(lines, "\tSuppressed: ", suppressed[i]);
        }
    }

    private static void appendHead(StringBuilder lines, String relation, IThrowableProxy thrown) {
        lines.append(relation).append(thrown.getClassName());
        String message = thrown.getMessage();
        if (message != null) {
            lines.append(": ").append(LogText.message(message));
        }
        lines.append(System.lineSeparator());
    }
}
