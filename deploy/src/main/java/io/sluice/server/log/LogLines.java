package io.sluice.server.log;

import java.util.concurrent.atomic.LongAdder;
import org.slf4j.event.Level;

/** Counts the lines of the log. One for the process, as the log is; written and read by any thread. */
public final class LogLines {
    private static final LongAdder[] WRITTEN = new LongAdder[Level.values().length];
    private static final LongAdder SUPPRESSED = new LongAdder();

    static {
        for (int i = 0; i < WRITTEN.length; i++) {
            WRITTEN[i] = new LongAdder();
        }
    }

    private LogLines() {}

    static void countWritten(Level level) {
        WRITTEN[level.ordinal()].increment();
    }

    static void countSuppressed() {
        SUPPRESSED.increment();
    }

    /** Lines written at one level. */
    public static long written(Level level) {
        return WRITTEN[level.ordinal()].sum();
    }

    /** Lines left out because there were too many of their kind. */
    public static long suppressed() {
        return SUPPRESSED.sum();
    }
}
