package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import io.sluice.ice.Slab;
import io.sluice.loop.Loop;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * The memory of a server in this JVM, against what it was when this was made: its heap, its packet memory and
 * Netty's buffers. The clients of the test are in the same heap, so the truth is below what is measured.
 *
 * <p>Owned by the test's thread; a thread of its own watches the packet memory.
 */
final class ServerMemory implements AutoCloseable {
    /**
     * Over all attacks of a class, who attacks included. The first attacks load and warm some 14 MB of what is used
     * for the first time; later ones are within 4 MB. A flood of 100,000 may leave 200 bytes each at most.
     */
    private static final long MAX_HEAP_GROWTH_BYTES = 20 << 20;

    /** A second of what a few attackers send is kept for resending: some 1 MB. */
    private static final long MAX_PACKET_GROWTH_BYTES = 4 << 20;

    /** Netty takes them in chunks; what clients that do not read may keep waiting are a few. */
    private static final long MAX_BUFFER_GROWTH_BYTES = 16 << 20;

    /** What is garbage now may have been in use when a collection began. */
    private static final int COLLECTIONS = 4;

    private static final long WATCH_NANOS = 10_000_000;

    private final List<Loop> loops;
    private final long heapBytes;
    private final long packetBytes;
    private final long bufferBytes;
    private volatile long peakPacketBytes;
    private volatile boolean closed;

    ServerMemory(List<Loop> loops) {
        this.loops = loops;
        // The first one finds things that others have just let go of.
        heapBytes = Math.min(heapInUse(), heapInUse());
        packetBytes = packetsInUse();
        bufferBytes = PlatformDependent.usedDirectMemory();
        Thread _ = Thread.ofPlatform().name("memory-watch").daemon().start(this::watch);
    }

    private void watch() {
        while (!closed) {
            peakPacketBytes = Math.max(peakPacketBytes, packetsAtLastTick());
            LockSupport.parkNanos(WATCH_NANOS);
        }
    }

    private static long heapInUse() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private long packetsAtLastTick() {
        return (long) loops.stream().mapToInt(Loop::slotsInUse).sum() * Slab.SLOT_BYTES;
    }

    private long packetsInUse() {
        int slots =
                loops.stream()
                        .map(loop ->
                                CompletableFuture.supplyAsync(() -> loop.slab().slotsInUse(), loop))
                        .mapToInt(CompletableFuture::join)
                        .sum();
        return (long) slots * Slab.SLOT_BYTES;
    }

    /**
     * Holds that everything is within its bound, and that packet memory always was.
     *
     * @param heapBytesMore for those who have to be there while they attack
     */
    void hold(long heapBytesMore) {
        long maxHeapGrowth = MAX_HEAP_GROWTH_BYTES + heapBytesMore;
        long heapGrowth = heapInUse() - heapBytes;
        for (int i = 1; i < COLLECTIONS && heapGrowth > maxHeapGrowth; i++) {
            heapGrowth = heapInUse() - heapBytes;
        }
        assertThat(heapGrowth)
                .as("bytes of heap after a collection, beyond %d", heapBytes)
                .isLessThanOrEqualTo(maxHeapGrowth);
        assertThat(Math.max(peakPacketBytes, packetsInUse()) - packetBytes)
                .as("bytes of packet memory, beyond %d", packetBytes)
                .isLessThanOrEqualTo(MAX_PACKET_GROWTH_BYTES);
        assertThat(PlatformDependent.usedDirectMemory() - bufferBytes)
                .as("bytes of buffers, beyond %d", bufferBytes)
                .isLessThanOrEqualTo(MAX_BUFFER_GROWTH_BYTES);
    }

    @Override
    public void close() {
        closed = true;
    }
}
