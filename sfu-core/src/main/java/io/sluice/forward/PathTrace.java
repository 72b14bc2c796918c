package io.sluice.forward;

import io.sluice.bandwidth.BandwidthTrace;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether what is found of the path to one viewer is written down, and what was.
 *
 * <p>Owned by the viewer's loop.
 */
public final class PathTrace {
    private @Nullable BandwidthTrace running;

    /** Begins, or goes on. */
    public void begin() {
        if (running == null) {
            running = new BandwidthTrace();
        }
    }

    /** Ends, and forgets what was written down. */
    public void end() {
        running = null;
    }

    /** What was written down, the oldest first; empty if nothing is. */
    public Optional<List<BandwidthTrace.Sample>> samples() {
        return Optional.ofNullable(running).map(BandwidthTrace::samples);
    }

    @Nullable BandwidthTrace running() {
        return running;
    }
}
