package io.sluice.dtls;

import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.atomic.LongAdder;

/**
 * The handshakes of one node: how many run at one time, and how they ended.
 *
 * <p>Shared by all loops and handshake threads; counters may be read from anywhere.
 */
public final class DtlsHandshakes {

    private final DtlsConfig config;

    /** Those at work, the oldest first; its own lock. */
    private final SequencedSet<DtlsHandshake> running = new LinkedHashSet<>();

    private final LongAdder[] failures = new LongAdder[DtlsFailure.values().length];
    private final LongAdder connected = new LongAdder();
    private final LongAdder datagramsMalformed = new LongAdder();
    private final LongAdder datagramsOverLimit = new LongAdder();
    private final LongAdder applicationData = new LongAdder();
    private final LongAdder abandoned = new LongAdder();

    public DtlsHandshakes(DtlsConfig config) {
        this.config = config;
        for (int i = 0; i < failures.length; i++) {
            failures[i] = new LongAdder();
        }
    }

    public DtlsConfig config() {
        return config;
    }

    /** Handshakes at work now. */
    public int running() {
        synchronized (running) {
            return running.size();
        }
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

    /** Records of application data that nobody takes. */
    public long applicationData() {
        return applicationData.sum();
    }

    /** Handshakes whose association was closed, or whose loop was gone, before they ended. */
    public long abandoned() {
        return abandoned.sum();
    }

    /**
     * Lets one more work. Where as many do as may, the oldest ends: whoever completes does so in some
     * round trips, so what is old is mostly what nobody means to complete, and it must not keep the
     * others out.
     */
    void enter(DtlsHandshake handshake) {
        DtlsHandshake displaced = null;
        synchronized (running) {
            if (running.size() >= config.maxRunningHandshakes()) {
                displaced = running.removeFirst();
            }
            running.add(handshake);
        }
        if (displaced != null) {
            displaced.displace();
        }
    }

    void leave(DtlsHandshake handshake) {
        synchronized (running) {
            running.remove(handshake);
        }
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
