package io.sluice.ice;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one socket's datagrams into the kernel: in batches, in order, and never waiting.
 *
 * <p>What a full send buffer does not take waits for the next turn, and goes before what is newer. A
 * datagram that cannot leave is dropped and counted, alone. Owned by the port's loop.
 */
final class Outlet {
    private static final Logger LOG = LoggerFactory.getLogger(Outlet.class);

    /** Pointers are offsets in it. */
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final Arena arena;
    private final boolean ipv6;
    private final SendCall kernel;
    private final UdpCounters counters;
    private final SendBatch outgoing;

    /** Made when it is first needed: most sockets never have one. */
    private @Nullable SendBacklog backlog;

    private boolean sendsRuns;

    /**
     * @param sendsRuns whether datagrams of one length to one remote leave as one message, until the
     *     kernel refuses one
     */
    Outlet(Arena arena, boolean ipv6, boolean sendsRuns, SendCall kernel, UdpCounters counters) {
        this.arena = arena;
        this.ipv6 = ipv6;
        this.sendsRuns = sendsRuns;
        this.kernel = kernel;
        this.counters = counters;
        outgoing = new SendBatch(arena, sendsRuns);
    }

    boolean sendsRuns() {
        return sendsRuns;
    }

    /** Datagrams that wait for another turn. */
    int waiting() {
        return backlog == null ? 0 : backlog.size();
    }

    /** Adds a datagram that stands at {@code pointer} until the next {@link #flush}. */
    void queue(long pointer, long remoteHigh, long remoteLow, int remotePort, int length) {
        outgoing.add(ipv6, remoteHigh, remoteLow, remotePort, pointer, length);
        if (outgoing.isFull()) {
            flush();
        }
    }

    /** Sends what waits, then what is queued; what finds no room waits. */
    void flush() {
        boolean hasRoom = sendWaiting();
        if (outgoing.messages() == 0) {
            return;
        }
        int sent = hasRoom ? send(outgoing) : 0;
        if (sent < outgoing.datagrams()) {
            keep(sent);
        }
        outgoing.clear();
    }

    /** Gives up what waits; nothing is sent from now on. */
    void close() {
        counters.drop(DatagramDrop.SEND_BUFFER_FULL, waiting());
        backlog = null;
    }

    /** Whether all that waited has left. */
    private boolean sendWaiting() {
        SendBacklog waiting = backlog;
        if (waiting == null) {
            return true;
        }
        while (waiting.size() > 0) {
            SendBatch oldest = waiting.oldest(ipv6);
            int sent = send(oldest);
            waiting.remove(sent);
            if (sent < oldest.datagrams()) {
                return false;
            }
        }
        return true;
    }

    /** Keeps the queued datagrams from one on, as far as there is room. */
    private void keep(int firstDatagram) {
        SendBacklog waiting = backlog;
        if (waiting == null) {
            waiting = new SendBacklog(arena, sendsRuns);
            backlog = waiting;
        }
        int kept = 0;
        for (int message = 0; message < outgoing.messages(); message++) {
            int first = outgoing.firstDatagram(message);
            int end = first + outgoing.segments(message);
            for (int i = Math.max(first, firstDatagram); i < end; i++) {
                MemorySegment data = ALL.asSlice(outgoing.pointerOf(i), outgoing.lengthOf(i));
                kept +=
                        waiting.add(
                                        outgoing.remoteHigh(message),
                                        outgoing.remoteLow(message),
                                        outgoing.remotePort(message),
                                        data)
                                ? 1
                                : 0;
            }
        }
        counters.deferred(kept);
        int dropped = outgoing.datagrams() - firstDatagram - kept;
        if (dropped > 0) {
            counters.drop(DatagramDrop.SEND_BUFFER_FULL, dropped);
        }
    }

    /** How many datagrams are done with, left or dropped: all, or those before the buffer was full. */
    private int send(SendBatch batch) {
        int count = batch.messages();
        int next = 0;
        while (next < count) {
            int taken = kernel.send(batch.pointer(next), count - next);
            if (taken > 0) {
                countSent(batch, next, taken);
                next += taken;
            } else if (isFull(-taken)) {
                return batch.firstDatagram(next);
            } else if (taken != -LinuxSockets.EINTR) {
                int done = refused(batch, next, -taken);
                if (done < batch.segments(next)) {
                    return batch.firstDatagram(next) + done;
                }
                next++;
            }
        }
        return batch.datagrams();
    }

    private static boolean isFull(int errno) {
        return errno == LinuxSockets.EAGAIN || errno == LinuxSockets.ENOBUFS;
    }

    /**
     * Skips a message. A run may be refused because it is one: then its datagrams go alone, and so do
     * all others from now on.
     *
     * @return how many datagrams of the message are done with
     */
    private int refused(SendBatch batch, int message, int errno) {
        int segments = batch.segments(message);
        boolean unable =
                errno == LinuxSockets.EIO
                        || errno == LinuxSockets.EINVAL
                        || errno == LinuxSockets.EMSGSIZE;
        if (segments == 1 || !unable) {
            counters.drop(reason(errno), segments);
            return segments;
        }
        endRuns(batch, errno);
        int done = 0;
        while (done < segments) {
            int sizeBytes = batch.single(message, done);
            int taken = kernel.send(batch.pointer(message), 1);
            if (isFull(-taken)) {
                return done;
            }
            if (taken > 0) {
                counters.sent(1, 1, sizeBytes);
            } else if (taken != -LinuxSockets.EINTR) {
                counters.drop(reason(-taken));
            }
            done += taken == -LinuxSockets.EINTR ? 0 : 1;
        }
        return done;
    }

    /** From now on each datagram is a message of its own: the kernel or the device cannot cut one. */
    private void endRuns(SendBatch batch, int errno) {
        if (sendsRuns) {
            LOG.info("A socket cannot send runs (errno {}): its datagrams go one by one", errno);
        }
        sendsRuns = false;
        batch.endSegmentation();
        outgoing.endSegmentation();
        if (backlog != null) {
            backlog.endSegmentation();
        }
    }

    private void countSent(SendBatch batch, int first, int count) {
        long sizeBytes = 0;
        int datagrams = 0;
        for (int i = first; i < first + count; i++) {
            sizeBytes += batch.sizeBytes(i);
            datagrams += batch.segments(i);
        }
        counters.sent(count, datagrams, sizeBytes);
    }

    private static DatagramDrop reason(int errno) {
        return switch (errno) {
            case LinuxSockets.ENETUNREACH, LinuxSockets.EHOSTUNREACH, LinuxSockets.ECONNREFUSED ->
                    DatagramDrop.SEND_UNREACHABLE;
            case LinuxSockets.EPERM, LinuxSockets.EACCES -> DatagramDrop.SEND_FORBIDDEN;
            case LinuxSockets.EMSGSIZE -> DatagramDrop.SEND_TOO_LARGE;
            default -> DatagramDrop.SEND_FAILED;
        };
    }
}
