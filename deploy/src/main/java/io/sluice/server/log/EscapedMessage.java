package io.sluice.server.log;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * The conversion word {@code %line}: the message and its fields as {@code key="value"}, in one line whatever
 * a client put in there.
 */
public final class EscapedMessage extends ClassicConverter {

    @Override
    public String convert(ILoggingEvent event) {
        StringBuilder line = new StringBuilder();
        String message = event.getFormattedMessage();
        line.append(LogText.message(message == null ? "" : message));
        List<KeyValuePair> fields = event.getKeyValuePairs();
        if (fields != null) {
            for (KeyValuePair field : fields) {
                line.append(' ').append(field.key).append("=\"");
                line.append(LogText.value(String.valueOf(field.value))).append('"');
            }
        }
        return line.toString();
    }
}
