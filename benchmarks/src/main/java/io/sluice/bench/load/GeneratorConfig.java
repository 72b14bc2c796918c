package io.sluice.bench.load;

import org.jspecify.annotations.Nullable;

/**
 * How a generator does what its shape says.
 *
 * @param threads event loops
 * @param seed of everything that is not a secret: phases, numbers, SSRCs
 * @param receivesRuns whether what a server sends as one message is received as one (UDP_GRO). On a
 *     loopback interface the kernel cuts it otherwise, and queues its parts, in the CPU time of whoever
 *     sends: work that network cards and other machines do elsewhere
 * @param feedbackMillis how often each client says which packets came and when; 0 for never: then it is
 *     sent everything that it asks for
 * @param pictures that publishers show; null for packets that only look like video to a server
 */
public record GeneratorConfig(
        int threads,
        long seed,
        boolean receivesRuns,
        int feedbackMillis,
        @Nullable Pictures pictures) {
    private static final int SEED = 1;

    /** One thread and the seed of all benchmarks. */
    public static GeneratorConfig defaults() {
        return new GeneratorConfig(1, SEED, true, 0, null);
    }

    public GeneratorConfig withReceivesRuns(boolean changed) {
        return new GeneratorConfig(threads, seed, changed, feedbackMillis, pictures);
    }

    public GeneratorConfig withFeedbackMillis(int changed) {
        return new GeneratorConfig(threads, seed, receivesRuns, changed, pictures);
    }

    public GeneratorConfig withPictures(Pictures changed) {
        return new GeneratorConfig(threads, seed, receivesRuns, feedbackMillis, changed);
    }
}
