package io.sluice.ice;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Datagrams of one socket on their way into the kernel: {@code mmsghdr} structures for {@code sendmmsg}.
 *
 * <p>Datagrams of one length that go to one remote, one after the other, are one message, which the
 * kernel cuts apart again (UDP_SEGMENT, {@code man 7 udp}): it looks up the route and walks its layers
 * once for all of them. The last one may be shorter. Owned by the port's loop.
 */
final class SendBatch {
    /** The kernel gains nothing from more in one call (measured), and a turn stays short. */
    static final int MESSAGES = 64;

    /** Datagrams of all messages at most. */
    static final int DATAGRAMS = 256;

    /** Older kernels take no more, and newer ones gain nothing from more. */
    private static final int SEGMENTS_MAX = 64;

    /** One message is one IP packet until it is cut: what IPv4 allows, less its largest headers. */
    private static final int MESSAGE_BYTES_MAX = 65_000;

    /**
     * Of a run: 1,280 bytes, which every IPv6 path carries (RFC 8200 5), less headers. The kernel
     * refuses a run whose datagrams are larger than the path's limit, where it sends such a datagram
     * alone in fragments. Browsers' media is smaller.
     */
    static final int SEGMENT_BYTES_MAX = 1_232;

    private static final int HEADER_BYTES = 64;
    private static final int HEADER_NAME = 0;
    private static final int HEADER_NAME_BYTES = 8;
    private static final int HEADER_VECTOR = 16;
    private static final int HEADER_VECTOR_COUNT = 24;
    private static final int HEADER_CONTROL = 32;
    private static final int HEADER_CONTROL_BYTES = 40;

    private static final int VECTOR_BYTES = 16;
    private static final int ADDRESS_BYTES = 32;

    /** A {@code cmsghdr} with two bytes behind it, and what it is padded to. */
    private static final int CONTROL_LENGTH = 18;

    private static final int CONTROL_BYTES = 24;

    private final MemorySegment headers;
    private final MemorySegment vectors;
    private final MemorySegment addresses;
    private final MemorySegment controls;
    private final int[] firstDatagram = new int[MESSAGES];
    private final int[] messageBytes = new int[MESSAGES];
    private final long[] remoteHighs = new long[MESSAGES];
    private final long[] remoteLows = new long[MESSAGES];
    private final int[] remotePorts = new int[MESSAGES];
    private int messages;
    private int datagrams;
    private boolean segmentation;

    // Of the last message: whether something may be added to it, and the length of its first.
    private boolean open;
    private int segmentBytes;

    /**
     * @param segmentation whether runs are sent as one message
     */
    SendBatch(Arena arena, boolean segmentation) {
        this.segmentation = segmentation;
        headers = arena.allocate((long) MESSAGES * HEADER_BYTES, Long.BYTES);
        vectors = arena.allocate((long) DATAGRAMS * VECTOR_BYTES, Long.BYTES);
        addresses = arena.allocate((long) MESSAGES * ADDRESS_BYTES, Long.BYTES);
        controls = arena.allocate((long) MESSAGES * CONTROL_BYTES, Long.BYTES);
        for (int i = 0; i < MESSAGES; i++) {
            headers.set(JAVA_LONG, header(i) + HEADER_NAME, addresses.address() + address(i));
            long control = (long) i * CONTROL_BYTES;
            headers.set(JAVA_LONG, header(i) + HEADER_CONTROL, controls.address() + control);
            controls.set(JAVA_LONG, control, CONTROL_LENGTH);
            controls.set(JAVA_INT, control + Long.BYTES, LinuxSockets.SOL_UDP);
            controls.set(JAVA_INT, control + Long.BYTES + Integer.BYTES, LinuxSockets.UDP_SEGMENT);
        }
    }

    private static long header(int i) {
        return (long) i * HEADER_BYTES;
    }

    private static long address(int i) {
        return (long) i * ADDRESS_BYTES;
    }

    /** Whether the next datagram finds room, whatever its remote. */
    boolean isFull() {
        return messages == MESSAGES || datagrams == DATAGRAMS;
    }

    int messages() {
        return messages;
    }

    /** Datagrams of all messages. */
    int datagrams() {
        return datagrams;
    }

    /** From now on each datagram is a message of its own: the kernel or the device cannot do it. */
    void endSegmentation() {
        segmentation = false;
    }

    /** Adds a datagram that stands at {@code pointer} until it is sent. */
    void add(boolean ipv6, long high, long low, int port, long pointer, int sizeBytes) {
        if (open && continues(high, low, port, sizeBytes)) {
            open = sizeBytes == segmentBytes;
            messageBytes[messages - 1] += sizeBytes;
        } else {
            begin(ipv6, high, low, port, sizeBytes);
        }
        long vector = (long) datagrams * VECTOR_BYTES;
        vectors.set(JAVA_LONG, vector, pointer);
        vectors.set(JAVA_LONG, vector + Long.BYTES, sizeBytes);
        datagrams++;
        int message = messages - 1;
        int segments = datagrams - firstDatagram[message];
        headers.set(JAVA_LONG, header(message) + HEADER_VECTOR_COUNT, segments);
        if (segments == 2) {
            beginRun(message);
        }
    }

    /** Says how a message is to be cut. */
    private void beginRun(int message) {
        controls.set(
                JAVA_SHORT, (long) message * CONTROL_BYTES + 2L * Long.BYTES, (short) segmentBytes);
        headers.set(JAVA_LONG, header(message) + HEADER_CONTROL_BYTES, CONTROL_BYTES);
    }

    private boolean continues(long high, long low, int port, int sizeBytes) {
        int last = messages - 1;
        return sizeBytes <= segmentBytes
                && remoteLows[last] == low
                && remotePorts[last] == port
                && remoteHighs[last] == high
                && segments(last) < SEGMENTS_MAX
                && messageBytes[last] + sizeBytes <= MESSAGE_BYTES_MAX;
    }

    private void begin(boolean ipv6, long high, long low, int port, int sizeBytes) {
        int i = messages++;
        firstDatagram[i] = datagrams;
        messageBytes[i] = sizeBytes;
        long header = header(i);
        headers.set(
                JAVA_INT,
                header + HEADER_NAME_BYTES,
                MessageBatch.writeAddress(addresses, address(i), ipv6, high, low, port));
        headers.set(
                JAVA_LONG,
                header + HEADER_VECTOR,
                vectors.address() + (long) datagrams * VECTOR_BYTES);
        headers.set(JAVA_LONG, header + HEADER_CONTROL_BYTES, 0);
        // Of datagrams of nothing the kernel would make one.
        open = segmentation && sizeBytes > 0 && sizeBytes <= SEGMENT_BYTES_MAX;
        remoteHighs[i] = high;
        remoteLows[i] = low;
        remotePorts[i] = port;
        segmentBytes = sizeBytes;
    }

    /** Datagrams of a message. */
    int segments(int message) {
        int end = message == messages - 1 ? datagrams : firstDatagram[message + 1];
        return end - firstDatagram[message];
    }

    /** The first datagram of a message, counted through all messages. */
    int firstDatagram(int message) {
        return firstDatagram[message];
    }

    long remoteHigh(int message) {
        return remoteHighs[message];
    }

    long remoteLow(int message) {
        return remoteLows[message];
    }

    int remotePort(int message) {
        return remotePorts[message];
    }

    /** Where a datagram stands. */
    long pointerOf(int datagram) {
        return vectors.get(JAVA_LONG, (long) datagram * VECTOR_BYTES);
    }

    int lengthOf(int datagram) {
        return (int) vectors.get(JAVA_LONG, (long) datagram * VECTOR_BYTES + Long.BYTES);
    }

    /** Bytes of all datagrams of a message. */
    int sizeBytes(int message) {
        return messageBytes[message];
    }

    /** The pointer to a message and those after it. */
    long pointer(int message) {
        return headers.address() + header(message);
    }

    /**
     * Makes a message that is a run into one that is its datagram {@code segment} alone; returns the
     * datagram's length.
     */
    int single(int message, int segment) {
        int datagram = firstDatagram[message] + segment;
        long vector = (long) datagram * VECTOR_BYTES;
        long header = header(message);
        headers.set(JAVA_LONG, header + HEADER_VECTOR, vectors.address() + vector);
        headers.set(JAVA_LONG, header + HEADER_VECTOR_COUNT, 1);
        headers.set(JAVA_LONG, header + HEADER_CONTROL_BYTES, 0);
        return lengthOf(datagram);
    }

    /** Forgets all. */
    void clear() {
        messages = 0;
        datagrams = 0;
        open = false;
    }
}
