package io.sluice.ice;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.NullMarked;

/**
 * UDP sockets on all local IPv4 addresses that throw away what comes, by the very calls of {@code
 * limit.c}: what wakes a receiver costs the sender, and more if it waits in epoll or reads packet by
 * packet. In this package for its calls.
 *
 * <p>Opened and closed by one thread; another of its own drains them.
 */
@NullMarked
public final class WildcardSockets implements AutoCloseable {
    private static final int BUFFER_BYTES = 4 << 20;

    /** A {@code pollfd}: descriptor, events wanted, events seen. */
    private static final int POLL_BYTES = 8;

    private static final short POLLIN = 1;

    /** How often the drain looks whether it is over. */
    private static final int POLL_MILLIS = 50;

    private final LinuxSockets sockets = new LinuxSockets();
    private final Arena arena = Arena.ofShared();
    private final int[] fds;
    private final int[] ports;
    private final Thread drain;
    private volatile boolean closed;

    /**
     * Opens some.
     *
     * @param drained whether they are emptied; packets to a full socket cost the sender less
     */
    public WildcardSockets(int count, boolean drained) throws IOException {
        fds = new int[count];
        ports = new int[count];
        MemorySegment address = MessageBatch.allocateAddress(arena);
        MemorySegment number = arena.allocate(JAVA_INT);
        for (int i = 0; i < count; i++) {
            fds[i] = sockets.socket(LinuxSockets.AF_INET);
            number.set(JAVA_INT, 0, BUFFER_BYTES);
            sockets.setOption(
                    fds[i],
                    LinuxSockets.SOL_SOCKET,
                    LinuxSockets.SO_RCVBUF,
                    number.address(),
                    Integer.BYTES);
            int sizeBytes = MessageBatch.writeAddress(address, 0, false, 0, 0, 0);
            number.set(JAVA_INT, 0, (int) address.byteSize());
            if (sockets.bind(fds[i], address.address(), sizeBytes) < 0
                    || sockets.localAddress(fds[i], address.address(), number.address()) < 0) {
                throw new IOException("a socket for the benchmark cannot be bound");
            }
            ports[i] = MessageBatch.port(address, 0);
        }
        drain = Thread.ofPlatform().name("bench-drain").daemon().unstarted(this::drain);
        if (drained) {
            drain.start();
        }
    }

    /** The port number of one. */
    public int port(int i) {
        return ports[i];
    }

    private void drain() {
        LinuxSockets calls = new LinuxSockets();
        MethodHandle poll = poll();
        try (Arena mine = Arena.ofConfined()) {
            MessageBatch batch = new MessageBatch(mine);
            MemorySegment slots =
                    mine.allocate((long) MessageBatch.MESSAGES * Slab.SLOT_BYTES, Long.BYTES);
            for (int i = 0; i < MessageBatch.MESSAGES; i++) {
                batch.data(i, slots.address() + Slab.offset(i), Slab.SLOT_BYTES);
            }
            MemorySegment wanted = mine.allocate((long) fds.length * POLL_BYTES, Integer.BYTES);
            for (int i = 0; i < fds.length; i++) {
                wanted.set(JAVA_INT, (long) i * POLL_BYTES, fds[i]);
                wanted.set(JAVA_SHORT, (long) i * POLL_BYTES + Integer.BYTES, POLLIN);
            }
            while (!closed) {
                int ready =
                        (int) poll.invokeExact(wanted.address(), (long) fds.length, POLL_MILLIS);
                for (int i = 0; i < fds.length && ready != 0; i++) {
                    for (int k = 0; k < MessageBatch.MESSAGES; k++) {
                        batch.expect(k);
                    }
                    calls.receive(fds[i], batch.pointer(0), MessageBatch.MESSAGES);
                }
            }
        } catch (Throwable e) {
            throw new IllegalStateException("the receivers are not drained any more", e);
        }
    }

    private static MethodHandle poll() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("poll"),
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    }

    @Override
    public void close() {
        closed = true;
        try {
            drain.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (int fd : fds) {
            sockets.close(fd);
        }
        arena.close();
    }
}
