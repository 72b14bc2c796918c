package io.sluice.bench;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * What work on packets costs the thread that does it: CPU time and allocated bytes.
 *
 * <p>Used by the thread that runs the contest; the work runs on its own.
 */
final class ThreadCost {
    /** As many as C takes: one that the machine disturbs does not count. */
    private static final int SAMPLES = 3;

    /** Code is compiled for good after some 100,000 packets, which take a second at most. */
    private static final double WARM_UP_FACTOR = 2;

    private static final double NANOS_PER_SECOND = 1e9;

    private final ThreadMeter meter;
    private final Runnable round;
    private boolean warm;

    /**
     * @param round does some work, measured by {@code meter}, and returns when it is done
     */
    ThreadCost(ThreadMeter meter, Runnable round) {
        this.meter = meter;
        this.round = round;
    }

    /** Of work on a thread of its own. */
    static ThreadCost of(PacketWork work, Executor thread) {
        ThreadMeter meter = new ThreadMeter();
        Runnable measured =
                () -> {
                    work.prepare();
                    meter.begin();
                    meter.end(work.run());
                };
        // Each time anew, so that a loop does its other work in between, off the clock.
        return new ThreadCost(meter, () -> CompletableFuture.runAsync(measured, thread).join());
    }

    /** Of work on the thread that runs the contest. */
    static ThreadCost of(PacketWork work) {
        return of(work, Runnable::run);
    }

    /** A step that measures this. */
    Contest.Step step(String line) {
        return (seconds, turn) -> measure(seconds, line, turn);
    }

    private void measure(double seconds, String line, Turn turn) {
        if (!warm) {
            sample(seconds * WARM_UP_FACTOR);
            warm = true;
        }
        double[] nanos = new double[SAMPLES];
        double[] bytes = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            sample(seconds / SAMPLES);
            nanos[i] = meter.nanosPerPacket();
            bytes[i] = meter.bytesPerPacket();
        }
        Arrays.sort(nanos);
        Arrays.sort(bytes);
        turn.putCpu(line, nanos[SAMPLES / 2]);
        turn.put(line, Figure.ALLOCATED_BYTES, bytes[SAMPLES / 2]);
    }

    private void sample(double seconds) {
        meter.reset();
        long end = System.nanoTime() + (long) (seconds * NANOS_PER_SECOND);
        do {
            round.run();
        } while (System.nanoTime() < end);
    }
}
