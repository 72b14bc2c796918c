package io.sluice.ice;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Datagrams of one socket that the kernel had no room for, in the order in which they were to leave.
 *
 * <p>Owned by the port's loop. Copies, since the port's own memory is needed for the next turn.
 */
final class SendBacklog {
    /**
     * 512 datagrams are 5 ms of a gigabit, behind the 30 ms that stand in a full send buffer: more
     * would be media that comes too late.
     */
    static final int DATAGRAMS = 512;

    private static final int MASK = DATAGRAMS - 1;

    private final MemorySegment memory;
    private final SendBatch batch;
    private final long[] remoteHighs = new long[DATAGRAMS];
    private final long[] remoteLows = new long[DATAGRAMS];
    private final int[] remotePorts = new int[DATAGRAMS];
    private final int[] lengths = new int[DATAGRAMS];
    private long first;
    private long end;

    /**
     * @param segmentation whether runs may be sent as one message
     */
    SendBacklog(Arena arena, boolean segmentation) {
        memory = arena.allocate((long) DATAGRAMS * Slab.SLOT_BYTES, Slab.SLOT_BYTES);
        batch = new SendBatch(arena, segmentation);
    }

    int size() {
        return (int) (end - first);
    }

    /** Copies the datagram at {@code data} and returns true, or returns false: there is no room. */
    boolean add(long remoteHigh, long remoteLow, int remotePort, MemorySegment data) {
        if (size() == DATAGRAMS) {
            return false;
        }
        int index = (int) end++ & MASK;
        memory.asSlice(offset(index), data.byteSize()).copyFrom(data);
        remoteHighs[index] = remoteHigh;
        remoteLows[index] = remoteLow;
        remotePorts[index] = remotePort;
        lengths[index] = (int) data.byteSize();
        return true;
    }

    private static long offset(int index) {
        return (long) index * Slab.SLOT_BYTES;
    }

    /** The oldest datagrams, as many as one batch holds; they stay until {@link #remove}. */
    SendBatch oldest(boolean ipv6) {
        batch.clear();
        for (long i = first; i < end && !batch.isFull(); i++) {
            int index = (int) i & MASK;
            batch.add(
                    ipv6,
                    remoteHighs[index],
                    remoteLows[index],
                    remotePorts[index],
                    memory.address() + offset(index),
                    lengths[index]);
        }
        return batch;
    }

    /** From now on each datagram is a message of its own. */
    void endSegmentation() {
        batch.endSegmentation();
    }

    /** Forgets the oldest datagrams. */
    void remove(int datagrams) {
        first += datagrams;
    }
}
