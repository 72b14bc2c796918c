package io.sluice.dtls;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The handshakes of one node: how many run at one time, and how they ended.
 *
 * <p>Shared by all loops and handshake threads; counters may be read from anywhere.
 */
public final class DtlsHandshakes {

    private final DtlsConfig config;
    private final Semaphore running;
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder[] failures = new LongAdder[DtlsFailure.values().length];
    private final LongAdder connected = new LongAdder();
    private final LongAdder datagramsMalformed = new LongAdder();
    private final LongAdder datagramsOverLimit = new LongAdder();
    private final LongAdder applicationData = new LongAdder();
    private final LongAdder abandoned = new LongAdder();

    public DtlsHandshakes(DtlsConfig config) {
        this.config = config;
        running = new Semaphore(config.maxRunningHandshakes());
        for (int i = 0; i < failures.length; i++) {
            failures[i] = new LongAdder();
        }
    }

    public DtlsConfig config() {
        return config;
    }

    /** Handshakes at work now. */
    public int running() {
        return config.maxRunningHandshakes() - running.availablePermits();
    }

    public long connected() {
        return connected.sum();
    }

    public long failures(DtlsFailure reason) {
        return failures[reason.ordinal()].sum();
    }

    /** Datagrams dropped because no DTLS record, or none that we take, is in them. */
    public long datagramsMalformed() {
        return datagramsMalformed.sum();
    }

    /** Datagrams dropped because a queue was full or a handshake had taken too many. */
    public long datagramsOverLimit() {
        return datagramsOverLimit.sum();
    }

    /** Records of application data, which nobody reads yet. */
    public long applicationData() {
        return applicationData.sum();
    }

    /** Handshakes whose association was closed, or whose loop was gone, before they ended. */
    public long abandoned() {
        return abandoned.sum();
    }

    /** Waits for a turn, on the handshake's own thread. False: refused. */
    boolean enter() throws InterruptedException {
        if (running.tryAcquire()) {
            return true;
        }
        try {
            return waiting.incrementAndGet() <= config.maxWaitingHandshakes()
                    && running.tryAcquire(config.admissionTimeoutMillis(), TimeUnit.MILLISECONDS);
        } finally {
            waiting.decrementAndGet();
        }
    }

    void leave() {
        running.release();
    }

    void countConnected() {
        connected.increment();
    }

    void countFailure(DtlsFailure reason) {
        failures[reason.ordinal()].increment();
    }

    void countMalformed() {
        datagramsMalformed.increment();
    }

    void countOverLimit() {
        datagramsOverLimit.increment();
    }

    void countApplicationData() {
        applicationData.increment();
    }

    void countAbandoned() {
        abandoned.increment();
    }
}
