package io.sluice.loop;

import io.sluice.ice.IceConfig;
import io.sluice.ice.IceWarmUp;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Real loops on loopback, with ports that the system chooses. */
public final class TestLoops implements AutoCloseable {
    static {
        // Awaitility's own 100 ms, before the first look and between two, would be most of the
        // time that the tests of this module take.
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
        // Its 10 s are little on a machine that does other things, too.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
        IceWarmUp.warmUp();
    }

    private final List<Loop> loops;

    public TestLoops(int count, LoopConfig config) {
        loops =
                IntStream.range(0, count)
                        .mapToObj(i ->
                                new Loop(
                                        i,
                                        config,
                                        IceConfig.defaults().withLoopback(true),
                                        List.of(InetAddress.getLoopbackAddress()),
                                        0,
                                        new SecureRandom()))
                        .toList();
    }

    public List<Loop> all() {
        return loops;
    }

    /** Runs on a loop and waits for what comes of it. */
    public static <T> T on(Loop loop, Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, loop).orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** Hears of what breaks where nothing may: the test ends by it. */
    public static void fail(Throwable defect) {
        throw new AssertionError("nothing may break here", defect);
    }

    @Override
    public void close() {
        loops.forEach(Loop::close);
        loops.forEach(Loop::freeMemory);
    }
}
