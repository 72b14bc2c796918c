package io.sluice.ice;

import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import org.jitsi.utils.logging2.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of all ice4j agents. Each of an agent's parts would make a logger of its own, with a name and a
 * context: 5 kB a participant. Stateless; levels are those of the log that it writes to.
 */
final class AgentLogger implements Logger {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger("org.ice4j");

    @Override
    public Logger createChildLogger(String name, Map<String, String> context) {
        return this;
    }

    @Override
    public Logger createChildLogger(String name) {
        return this;
    }

    @Override
    public void setUseParentHandlers(boolean use) {}

    @Override
    public void addHandler(Handler handler) {}

    @Override
    public void removeHandler(Handler handler) {}

    @Override
    public boolean isTraceEnabled() {
        return LOG.isTraceEnabled();
    }

    @Override
    public void trace(Object message) {
        LOG.trace("{}", message);
    }

    @Override
    public void trace(Supplier<String> message) {
        LOG.atTrace().log(message);
    }

    @Override
    public boolean isDebugEnabled() {
        return LOG.isDebugEnabled();
    }

    @Override
    public void debug(Object message) {
        LOG.debug("{}", message);
    }

    @Override
    public void debug(Supplier<String> message) {
        LOG.atDebug().log(message);
    }

    @Override
    public boolean isInfoEnabled() {
        return LOG.isInfoEnabled();
    }

    @Override
    public void info(Object message) {
        LOG.info("{}", message);
    }

    @Override
    public void info(Supplier<String> message) {
        LOG.atInfo().log(message);
    }

    @Override
    public boolean isWarnEnabled() {
        return LOG.isWarnEnabled();
    }

    @Override
    public void warn(Object message) {
        LOG.warn("{}", message);
    }

    @Override
    public void warn(Supplier<String> message) {
        LOG.atWarn().log(message);
    }

    @Override
    public void warn(Object message, Throwable cause) {
        LOG.warn(String.valueOf(message), cause);
    }

    @Override
    public void error(Object message) {
        LOG.error("{}", message);
    }

    @Override
    public void error(Supplier<String> message) {
        LOG.atError().log(message);
    }

    @Override
    public void error(Object message, Throwable cause) {
        LOG.error(String.valueOf(message), cause);
    }

    @Override
    public void setLevelError() {}

    @Override
    public void setLevelWarn() {}

    @Override
    public void setLevelInfo() {}

    @Override
    public void setLevelDebug() {}

    @Override
    public void setLevelTrace() {}

    @Override
    public void setLevelAll() {}

    @Override
    public void setLevelOff() {}

    @Override
    public void setLevel(Level level) {}

    @Override
    public Level getLevel() {
        return Level.ALL;
    }

    @Override
    public void addContext(Map<String, String> context) {}

    @Override
    public void addContext(String key, String value) {}
}
