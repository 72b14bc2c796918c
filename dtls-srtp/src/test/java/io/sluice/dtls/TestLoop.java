package io.sluice.dtls;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/** One thread that owns the associations of a test. */
final class TestLoop implements Executor, AutoCloseable {
    static {
        // Awaitility's own 100 ms, before the first look and between two, would be most of the
        // time that the tests of this module take.
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
        // Its 10 s are little on a machine that does other things, too.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("test-loop").daemon().factory());

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    void executeLater(Runnable task, int delayMillis) {
        var unused = executor.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
    }

    /** Runs on the loop, and waits for it. */
    void run(Runnable task) {
        call(Executors.callable(task));
    }

    <T> T call(Callable<T> task) {
        try {
            return executor.submit(task).get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
