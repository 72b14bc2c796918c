package io.sluice.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** How much the log says, as it is configured; changed while the server runs. Used by one thread at a time. */
public final class LogLevels {
    /** Of those that were changed, by name: what they had before. */
    private final Map<String, @Nullable Level> before = new HashMap<>();

    /** Sets levels by names of packages or classes; those that are named no more have their own again. */
    public void set(Map<String, String> levels) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        before.entrySet()
                .removeIf(entry -> {
                    boolean over = !levels.containsKey(entry.getKey());
                    if (over) {
                        context.getLogger(entry.getKey()).setLevel(entry.getValue());
                    }
                    return over;
                });
        levels.forEach((name, level) -> {
            Logger logger = context.getLogger(name);
            if (!before.containsKey(name)) {
                before.put(name, logger.getLevel());
            }
            logger.setLevel(Level.toLevel(level));
        });
    }
}
