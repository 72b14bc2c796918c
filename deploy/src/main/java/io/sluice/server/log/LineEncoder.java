package io.sluice.server.log;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes events as lines for people, or as JSON for what gathers logs: as the environment says before anything
 * else is known. Called by one thread at a time.
 */
public final class LineEncoder extends EncoderBase<ILoggingEvent> {
    static final String TEXT = "text";
    static final String JSON = "json";

    private String format = TEXT;
    private String pattern = "";

    /** Null for JSON. */
    private @Nullable PatternLayout layout;

    /** Set by the configuration file, before the start. */
    public void setFormat(String wanted) {
        format = wanted;
    }

    /** Of lines for people; set by the configuration file, before the start. */
    public void setPattern(String wanted) {
        pattern = wanted;
    }

    @Override
    public void start() {
        if (!format.equals(JSON)) {
            if (!format.equals(TEXT)) {
                addError("SLUICE_LOG_FORMAT is text or json: the log is written as text.");
            }
            PatternLayout lines = new PatternLayout();
            lines.setContext(getContext());
            lines.setPattern(pattern);
            lines.start();
            layout = lines;
        }
        super.start();
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String line = layout == null ? JsonLine.of(event) : layout.doLayout(event);
        return line.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
