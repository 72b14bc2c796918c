package io.sluice.server;

import io.sluice.calls.Calls;
import io.sluice.calls.CallsConfig;
import io.sluice.history.History;
import io.sluice.history.HistoryConfig;
import io.sluice.history.HistoryCounters;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens what outlives the server: the calls by code, and what happened in all of them. */
final class Stores {
    private static final Logger LOG = LoggerFactory.getLogger(Stores.class);

    private Stores() {}

    /** Null where none is kept; a directory that cannot be used costs the history, and no call. */
    static @Nullable History openHistory(
            SluiceConfig config, HistoryCounters counters, SecureRandom random) {
        HistoryConfig settings = config.history();
        if (settings == null) {
            return null;
        }
        try {
            return History.open(settings, Clock.systemUTC(), counters, random);
        } catch (IOException unusable) {
            LOG.warn(
                    "No history of calls is kept: {}. Choose another directory with"
                            + " --data-directory; each server needs its own.",
                    unusable.getMessage());
            return null;
        }
    }

    /** What nobody took goes into the history, if there is one. */
    static Calls openCalls(CallsConfig config, @Nullable History history, SecureRandom random) {
        return Calls.open(
                config,
                Clock.systemUTC(),
                random,
                missed -> {
                    if (history != null) {
                        history.tellMissed(
                                missed.from(),
                                missed.fromName(),
                                missed.to(),
                                missed.why().name().toLowerCase(Locale.ROOT));
                    }
                });
    }
}
