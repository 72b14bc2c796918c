package io.sluice.ice;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * Off-heap arrays for {@code recvmmsg}: a mmsghdr, one iovec and a socket address for each of a fixed
 * number of messages. Owned by one loop.
 */
final class MessageBatch {
    /** The kernel gains nothing from more (measured), and a turn stays short. */
    static final int MESSAGES = 64;

    private static final int HEADER_BYTES = 64;
    private static final int HEADER_NAME = 0;
    private static final int HEADER_NAME_BYTES = 8;
    private static final int HEADER_VECTOR = 16;
    private static final int HEADER_VECTOR_COUNT = 24;
    private static final int HEADER_CONTROL = 32;
    private static final int HEADER_CONTROL_BYTES = 40;
    private static final int HEADER_FLAGS = 48;
    private static final int HEADER_LENGTH = 56;

    private static final int VECTOR_BYTES = 16;
    private static final int VECTOR_BASE = 0;
    private static final int VECTOR_LENGTH = 8;

    /** Room for sockaddr_in (16 bytes) and sockaddr_in6 (28), rounded up. */
    private static final int ADDRESS_BYTES = 32;

    /** A {@code cmsghdr} with an int behind it, and what it is padded to. */
    private static final int CONTROL_LENGTH = 20;

    private static final int CONTROL_BYTES = 24;

    private static final int SOCKADDR_IN_BYTES = 16;
    private static final int SOCKADDR_IN6_BYTES = 28;
    private static final int ADDRESS_PORT = 2;
    private static final int ADDRESS_IPV4 = 4;
    private static final int ADDRESS_FLOW = 4;
    private static final int ADDRESS_IPV6 = 8;
    private static final int ADDRESS_SCOPE = 24;

    private static final java.lang.foreign.ValueLayout.OfShort NET_SHORT =
            JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final java.lang.foreign.ValueLayout.OfInt NET_INT =
            JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final java.lang.foreign.ValueLayout.OfLong NET_LONG =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment headers;
    private final MemorySegment vectors;
    private final MemorySegment addresses;
    private final MemorySegment controls;

    MessageBatch(Arena arena) {
        headers = arena.allocate((long) MESSAGES * HEADER_BYTES, Long.BYTES);
        vectors = arena.allocate((long) MESSAGES * VECTOR_BYTES, Long.BYTES);
        addresses = arena.allocate((long) MESSAGES * ADDRESS_BYTES, Long.BYTES);
        controls = arena.allocate((long) MESSAGES * CONTROL_BYTES, Long.BYTES);
        for (int i = 0; i < MESSAGES; i++) {
            long header = header(i);
            headers.set(JAVA_LONG, header + HEADER_NAME, addresses.address() + address(i));
            headers.set(JAVA_LONG, header + HEADER_VECTOR, vectors.address() + vector(i));
            headers.set(JAVA_LONG, header + HEADER_VECTOR_COUNT, 1);
            headers.set(JAVA_LONG, header + HEADER_CONTROL, controls.address() + control(i));
        }
    }

    private static long header(int i) {
        return (long) i * HEADER_BYTES;
    }

    private static long vector(int i) {
        return (long) i * VECTOR_BYTES;
    }

    private static long address(int i) {
        return (long) i * ADDRESS_BYTES;
    }

    private static long control(int i) {
        return (long) i * CONTROL_BYTES;
    }

    /** The pointer to message {@code i} and those after it. */
    long pointer(int i) {
        return headers.address() + header(i);
    }

    void data(int i, long pointer, int sizeBytes) {
        vectors.set(JAVA_LONG, vector(i) + VECTOR_BASE, pointer);
        vectors.set(JAVA_LONG, vector(i) + VECTOR_LENGTH, sizeBytes);
    }

    /** The kernel overwrites how much room there is with what it used: set before each receive. */
    void expect(int i) {
        headers.set(JAVA_INT, header(i) + HEADER_NAME_BYTES, ADDRESS_BYTES);
        headers.set(JAVA_LONG, header(i) + HEADER_CONTROL_BYTES, CONTROL_BYTES);
    }

    /**
     * The length of each datagram of which message {@code i} consists, but for the last, which may be
     * shorter (UDP_GRO, {@code man 7 udp}).
     */
    int segmentBytes(int i) {
        if (headers.get(JAVA_LONG, header(i) + HEADER_CONTROL_BYTES) < CONTROL_LENGTH) {
            return receivedBytes(i);
        }
        long control = control(i);
        boolean isRun =
                controls.get(JAVA_INT, control + Long.BYTES) == LinuxSockets.SOL_UDP
                        && controls.get(JAVA_INT, control + Long.BYTES + Integer.BYTES)
                                == LinuxSockets.UDP_GRO;
        return isRun ? controls.get(JAVA_INT, control + 2L * Long.BYTES) : receivedBytes(i);
    }

    int receivedBytes(int i) {
        return headers.get(JAVA_INT, header(i) + HEADER_LENGTH);
    }

    boolean truncated(int i) {
        return (headers.get(JAVA_INT, header(i) + HEADER_FLAGS) & LinuxSockets.MSG_TRUNC) != 0;
    }

    long remoteHigh(int i, boolean ipv6) {
        return ipv6 ? addresses.get(NET_LONG, address(i) + ADDRESS_IPV6) : 0;
    }

    long remoteLow(int i, boolean ipv6) {
        return ipv6
                ? addresses.get(NET_LONG, address(i) + ADDRESS_IPV6 + Long.BYTES)
                : RemoteAddress.mapped(addresses.get(NET_INT, address(i) + ADDRESS_IPV4));
    }

    int remotePort(int i) {
        return port(addresses, address(i));
    }

    static MemorySegment allocateAddress(Arena arena) {
        return arena.allocate(ADDRESS_BYTES, Long.BYTES);
    }

    static int port(MemorySegment memory, long offset) {
        return Short.toUnsignedInt(memory.get(NET_SHORT, offset + ADDRESS_PORT));
    }

    /** Writes a sockaddr_in or sockaddr_in6 and returns its length in bytes. */
    static int writeAddress(
            MemorySegment memory, long offset, boolean ipv6, long high, long low, int port) {
        memory.set(NET_SHORT, offset + ADDRESS_PORT, (short) port);
        if (!ipv6) {
            memory.set(JAVA_SHORT, offset, (short) LinuxSockets.AF_INET);
            memory.set(NET_INT, offset + ADDRESS_IPV4, (int) low);
            memory.set(JAVA_LONG, offset + Long.BYTES, 0);
            return SOCKADDR_IN_BYTES;
        }
        memory.set(JAVA_SHORT, offset, (short) LinuxSockets.AF_INET6);
        memory.set(JAVA_INT, offset + ADDRESS_FLOW, 0);
        memory.set(NET_LONG, offset + ADDRESS_IPV6, high);
        memory.set(NET_LONG, offset + ADDRESS_IPV6 + Long.BYTES, low);
        memory.set(JAVA_INT, offset + ADDRESS_SCOPE, 0);
        return SOCKADDR_IN6_BYTES;
    }
}
