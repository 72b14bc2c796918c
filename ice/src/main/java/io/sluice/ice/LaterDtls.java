package io.sluice.ice;

import io.netty.channel.EventLoop;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records of data that came from validated paths, taken after the media that came with them: a file fills a socket
 * with hundreds of records, each as dear as a packet of media, and what stands behind them need not wait.
 *
 * <p>A queue of slots of the slab. Owned by the server's loop.
 */
final class LaterDtls {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int ALERT = 21;

    /** The first byte of such a record (RFC 6347 4.1). */
    private static final int APPLICATION_DATA = 23;

    /** Of one loop: a window of data, 2 MB. */
    private static final int MOST = 1_024;

    /** A share of the slab, so that there is something to receive into. */
    private static final int SLAB_SHARE = 8;

    /** Records in a turn, an eighth of a millisecond: then media that came meanwhile goes first. */
    private static final int PER_TURN = 32;

    private final IceServer server;
    private final EventLoop loop;
    private final Slab slab;
    private final int[] slots;
    private final int[] lengths;
    private final @Nullable IcePath[] paths;
    private int first;
    private int count;
    private boolean scheduled;
    private long spentNanos;

    LaterDtls(IceServer server, EventLoop loop, Slab slab) {
        this.server = server;
        this.loop = loop;
        this.slab = slab;
        int most = Math.clamp(slab.slots() / SLAB_SHARE, 1, MOST);
        slots = new int[most];
        lengths = new int[most];
        paths = new @Nullable IcePath[most];
    }

    /**
     * Whether a record that begins with this byte is to be put off: data, and alerts behind it, for the end comes
     * after the last word. Handshakes are not: media may follow them at once.
     */
    boolean putsOff(int first) {
        return first == APPLICATION_DATA || (first == ALERT && count > 0);
    }

    /** Takes over a slot. */
    void add(IcePath from, int slot, int length, long nowNanos) {
        if (count == slots.length) {
            takeOldest(nowNanos);
        }
        int place = (first + count) % slots.length;
        slots[place] = slot;
        lengths[place] = length;
        paths[place] = from;
        count++;
        schedule();
    }

    /** Not as a task: sockets are looked at before what is due at a time, and after tasks. */
    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            Future<?> _ = loop.schedule(this::takeSome, 0, TimeUnit.NANOSECONDS);
        }
    }

    private void takeSome() {
        scheduled = false;
        if (count == 0) {
            return;
        }
        long beganNanos = THREADS.getCurrentThreadCpuTime();
        long nowNanos = server.beginBatch();
        try {
            for (int i = 0; i < PER_TURN && count > 0; i++) {
                takeOldest(nowNanos);
            }
            server.onBatchEnd(nowNanos);
        } finally {
            spentNanos += THREADS.getCurrentThreadCpuTime() - beganNanos;
            if (count > 0) {
                schedule();
            }
        }
    }

    /** CPU time of the loop's thread, all together. */
    long spentNanos() {
        return spentNanos;
    }

    private void takeOldest(long nowNanos) {
        IcePath path = Objects.requireNonNull(paths[first]);
        int length = lengths[first];
        int slot = remove();
        boolean kept = false;
        try {
            // What came over a path that is lost since then is as good as lost on the way.
            kept = isLive(path) && server.deliver(false, path, slot, length, nowNanos);
        } finally {
            if (!kept) {
                slab.release(slot);
            }
        }
    }

    private boolean isLive(IcePath path) {
        Path at = path.path();
        return server.pathAt(at.socket(), at.remoteHigh(), at.remoteLow(), at.remotePort()) == path;
    }

    private int remove() {
        int slot = slots[first];
        paths[first] = null;
        first = (first + 1) % slots.length;
        count--;
        return slot;
    }

    /** Frees all: the server is closed. */
    void release() {
        while (count > 0) {
            slab.release(remove());
        }
    }
}
