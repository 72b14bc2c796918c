package io.sluice.server;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What a server is started with.
 *
 * @param settings as they were written
 * @param config what they mean
 * @param drainDeadline how long rooms may go on after SIGTERM
 */
record StartPlan(ServerSettings settings, SluiceConfig config, Duration drainDeadline) {
    /** By names of packages and classes. */
    Map<String, String> logLevels() {
        Map<String, String> levels = new HashMap<>();
        settings.logLevels().forEach((name, level) -> levels.put(name, level.name()));
        return levels;
    }
}
