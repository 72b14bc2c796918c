package io.sluice.server;

import io.sluice.server.log.LogLevels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the settings again while the server runs. Used by one thread at a time. */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    /** These, and what is below them, are in force for whoever comes next. */
    private static final Set<String> AT_ONCE =
            Set.of(
                    "keys",
                    "logLevels",
                    "rooms",
                    "load",
                    "iceServers",
                    "turn",
                    "signaling.socketLimits.joins",
                    "signaling.limits.rest.requests",
                    "signaling.limits.rest.requestsPerKey",
                    "whip.requests",
                    "webhooks.urls",
                    "webhooks.key");

    private final StartOptions options;
    private final Map<String, String> environment;
    private final Sluice sluice;
    private final LogLevels levels;
    private StartPlan current;

    Reload(
            StartOptions options,
            Map<String, String> environment,
            Sluice sluice,
            LogLevels levels,
            StartPlan current) {
        this.options = options;
        this.environment = environment;
        this.sluice = sluice;
        this.levels = levels;
        this.current = current;
    }

    /** Whether a key's value is in force without a restart. */
    static boolean isAtOnce(String path) {
        return AT_ONCE.stream().anyMatch(key -> path.equals(key) || path.startsWith(key + "."));
    }

    /** Takes what has changed; what is wrong changes nothing. */
    void run() {
        StartPlan next;
        try {
            next = options.plan(environment);
        } catch (IllegalArgumentException wrong) {
            LOG.error("The settings are not taken, for something is wrong: {}", wrong.getMessage());
            return;
        }
        List<String> atOnce = new ArrayList<>();
        List<String> atRestart = new ArrayList<>();
        for (String path : StartOptions.noLayers().changes(current.settings(), next.settings())) {
            boolean applies = isAtOnce(path) && !needsRestart(path, next);
            (applies ? atOnce : atRestart).add(path);
        }
        levels.set(next.logLevels());
        sluice.reconfigure(next.config());
        current = next;
        LOG.info(
                "Settings are read again. In force now: {}. At the next start: {}.",
                inWords(atOnce),
                inWords(atRestart));
    }

    /** Without keys a server is another one, and so is one that has nobody to tell. */
    private boolean needsRestart(String path, StartPlan next) {
        boolean devModeChanged =
                current.config().api().access().devMode() != next.config().api().access().devMode();
        boolean webhooksBegin =
                (current.config().webhooks() == null) != (next.config().webhooks() == null);
        return (path.equals("keys") && devModeChanged)
                || (path.startsWith("webhooks.") && webhooksBegin);
    }

    private static String inWords(List<String> paths) {
        return paths.isEmpty() ? "nothing" : String.join(", ", paths);
    }
}
