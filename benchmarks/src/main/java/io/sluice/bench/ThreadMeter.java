package io.sluice.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Adds up the CPU time and the allocation of one thread between {@link #begin} and {@link #end}.
 *
 * <p>Both are called by that thread; the sums are read when it is done.
 */
final class ThreadMeter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long beganNanos;
    private long beganBytes;
    private long packets;
    private long cpuNanos;
    private long allocatedBytes;

    void reset() {
        packets = 0;
        cpuNanos = 0;
        allocatedBytes = 0;
    }

    void begin() {
        beganBytes = THREADS.getCurrentThreadAllocatedBytes();
        beganNanos = THREADS.getCurrentThreadCpuTime();
    }

    void end(int worked) {
        cpuNanos += THREADS.getCurrentThreadCpuTime() - beganNanos;
        allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - beganBytes;
        packets += worked;
    }

    long packets() {
        return packets;
    }

    double nanosPerPacket() {
        return (double) cpuNanos / packets;
    }

    double bytesPerPacket() {
        return (double) allocatedBytes / packets;
    }
}
