package io.sluice.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * An event as one JSON object in one line: {@code time} (RFC 3339), {@code level}, {@code logger}, {@code
 * message}, the event's own fields beside them (room, participant, track and others), and {@code stack} of what
 * was thrown.
 */
final class JsonLine {
    private static final EscapedStack STACK = new EscapedStack();

    private JsonLine() {}

    static String of(ILoggingEvent event) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        List<KeyValuePair> fields = event.getKeyValuePairs();
        if (fields != null) {
            fields.forEach(field -> put(line, field));
        }
        // After the fields: none of them can pass for one of these.
        line.put("time", event.getInstant().toString());
        line.put("level", event.getLevel().levelStr);
        line.put("logger", event.getLoggerName());
        String message = event.getFormattedMessage();
        line.put("message", LogText.message(message == null ? "" : message));
        if (event.getThrowableProxy() != null) {
            line.put("stack", STACK.convert(event));
        }
        return line + "\n";
    }

    private static void put(ObjectNode line, KeyValuePair field) {
        switch (field.value) {
            case Long number -> line.put(field.key, number);
            case Integer number -> line.put(field.key, number);
            case Boolean flag -> line.put(field.key, flag);
            case null, default ->
                    line.put(field.key, LogText.unquotedValue(String.valueOf(field.value)));
        }
    }
}
