package io.sluice.loop;

import io.sluice.rtp.MediaCount;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets from one loop to one other, without copying: a bounded single-producer,
 * single-consumer ring of slots of the producer's slab.
 *
 * <p>The producing loop holds each offered slot until the consumer's cursor has passed it, and frees it
 * in {@link #reclaim}. A full ring refuses: the packet is dropped for that loop and the receiver
 * starts again at the next keyframe.
 */
public final class LoopHandoff {
    /** A turn's share: each entry is sent to every viewer of its track on the consuming loop. */
    private static final int ENTRIES_PER_TURN = 128;

    private static final VarHandle HEAD;
    private static final VarHandle TAIL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(LoopHandoff.class, "head", long.class);
            TAIL = lookup.findVarHandle(LoopHandoff.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Loop producer;
    private final Loop consumer;
    private final int mask;
    private final @Nullable HandoffReceiver[] receivers;
    private final int[] slots;
    private final long[] offsets;
    private final int[] lengths;
    private final long[] sequences;
    private final long[] arrivalNanos;
    private final boolean[] afterGaps;
    private final AtomicBoolean wakeScheduled = new AtomicBoolean();
    private final Runnable wake;

    /** Written by the producer. */
    @SuppressWarnings("UnusedVariable") // through TAIL
    private long tail;

    /** Written by the consumer. */
    @SuppressWarnings("UnusedVariable") // through HEAD
    private long head;

    /** Entries before this one are released; the producer's own. */
    private long reclaimed;

    private boolean offered;

    /** {@code capacity} must be a power of two. */
    LoopHandoff(Loop producer, Loop consumer, int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity must be a power of two, not " + capacity);
        }
        this.producer = producer;
        this.consumer = consumer;
        mask = capacity - 1;
        wake = consumer.guarding(this::drain);
        receivers = new HandoffReceiver[capacity];
        slots = new int[capacity];
        offsets = new long[capacity];
        lengths = new int[capacity];
        sequences = new long[capacity];
        arrivalNanos = new long[capacity];
        afterGaps = new boolean[capacity];
    }

    /**
     * Hands a packet over; on the producing loop, which goes on holding the slot for the consumer.
     *
     * @param offset of the packet in the producer's slab
     * @param sequence the packet's unwrapped sequence number
     * @param afterGap packets before this one were refused
     * @return false when the ring is full
     */
    public boolean offer(
            HandoffReceiver receiver,
            int slot,
            long offset,
            int length,
            long sequence,
            boolean afterGap,
            long nowNanos) {
        reclaim();
        long at = (long) TAIL.get(this);
        if (at - reclaimed > mask) {
            return false;
        }
        int index = (int) at & mask;
        producer.slab().retain(slot);
        receivers[index] = receiver;
        slots[index] = slot;
        offsets[index] = offset;
        lengths[index] = length;
        sequences[index] = sequence;
        arrivalNanos[index] = nowNanos;
        afterGaps[index] = afterGap;
        TAIL.setRelease(this, at + 1);
        offered = true;
        producer.counters().count(MediaCount.HANDED_OVER);
        return true;
    }

    boolean leadsTo(Loop other) {
        return consumer == other;
    }

    /** Wakes the consumer if anything was offered; at the end of the producer's turn. */
    void signal() {
        reclaim();
        if (offered) {
            offered = false;
            if (wakeScheduled.compareAndSet(false, true)) {
                consumer.executeGuarded(wake);
            }
        }
    }

    /** Releases the slots that the consumer has passed; on the producing loop. */
    void reclaim() {
        long passed = (long) HEAD.getAcquire(this);
        while (reclaimed < passed) {
            int index = (int) reclaimed & mask;
            receivers[index] = null;
            producer.slab().release(slots[index]);
            reclaimed++;
        }
    }

    /** Packets that wait for the consumer. */
    public int depth() {
        return (int) ((long) TAIL.getAcquire(this) - (long) HEAD.getAcquire(this));
    }

    private void drain() {
        // Cleared first, as a full barrier: what is offered from now on schedules another wake.
        wakeScheduled.getAndSet(false);
        long at = (long) HEAD.get(this);
        long end = Math.min((long) TAIL.getAcquire(this), at + ENTRIES_PER_TURN);
        while (at < end) {
            try {
                deliver((int) at & mask);
            } catch (RuntimeException | Error e) {
                // The entry is lost, not the way between two loops.
                consumer.countDefect(e);
            } finally {
                HEAD.setRelease(this, ++at);
            }
        }
        consumer.endTurn();
        if (at < (long) TAIL.getAcquire(this) && wakeScheduled.compareAndSet(false, true)) {
            consumer.executeGuarded(wake);
        }
    }

    private void deliver(int index) {
        HandoffReceiver receiver = receivers[index];
        if (receiver != null) {
            receiver.onHandoff(
                    producer.slab().memory(),
                    offsets[index],
                    lengths[index],
                    sequences[index],
                    arrivalNanos[index],
                    afterGaps[index]);
        }
    }
}
