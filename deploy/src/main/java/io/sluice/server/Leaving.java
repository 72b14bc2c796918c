package io.sluice.server;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What SIGTERM does: the first lets the rooms end, the second ends them. Used from any thread. */
final class Leaving {
    /** As the JVM itself ends on SIGTERM: 128 and the signal's number. */
    static final int STOPPED = 143;

    /** EX_TEMPFAIL: some were still in rooms. */
    static final int CUT_OFF = 75;

    private static final Logger LOG = LoggerFactory.getLogger(Leaving.class);

    private final BiPredicate<Duration, CountDownLatch> drain;
    private final Duration deadline;
    private final IntConsumer exit;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch hurry = new CountDownLatch(1);

    /**
     * @param drain waits until everybody has left, and says whether they have: for no longer than a time, and no
     *     longer than until the latch opens
     * @param exit ends the process with a code, closing the server
     */
    Leaving(BiPredicate<Duration, CountDownLatch> drain, Duration deadline, IntConsumer exit) {
        this.drain = drain;
        this.deadline = deadline;
        this.exit = exit;
    }

    void onSignal() {
        if (begun.compareAndSet(false, true)) {
            Thread.ofPlatform().name("sluice-drain").start(this::leave);
        } else {
            hurry.countDown();
        }
    }

    private void leave() {
        boolean isEmpty = deadline.isZero() || drain.test(deadline, hurry);
        boolean late = !isEmpty && hurry.getCount() > 0;
        if (late) {
            LOG.warn("Some were still there after {}; they are sent away", deadline);
        }
        exit.accept(late ? CUT_OFF : STOPPED);
    }
}
