package io.sluice.ice;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The socket calls of Linux, by the Foreign Function and Memory API.
 *
 * <p>Pointers are longs, so that no call allocates. Failures come back as {@code -errno}. The calls
 * are not critical ones: a critical call of 100 microseconds would hold back safepoints. The numbers
 * are those of x86-64 and aarch64, which agree. Stateless but for one errno buffer per instance,
 * which belongs to the thread that calls.
 */
final class LinuxSockets {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOL_SOCKET = 1;
    static final int SO_REUSEADDR = 2;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_V6ONLY = 26;
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;

    static final int EPERM = 1;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EINVAL = 22;
    static final int EMSGSIZE = 90;
    static final int EADDRINUSE = 98;
    static final int ENETUNREACH = 101;
    static final int ENOBUFS = 105;
    static final int ECONNREFUSED = 111;
    static final int EHOSTUNREACH = 113;

    private static final int SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;

    private static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            ERRNO_LAYOUT.varHandle(StructLayout.PathElement.groupElement("errno"));

    private static final @Nullable Calls CALLS = Calls.link();

    private final MemorySegment errno = Arena.ofAuto().allocate(ERRNO_LAYOUT);

    LinuxSockets() {
        if (CALLS == null) {
            throw new IllegalStateException("not on Linux, or native access is not granted");
        }
    }

    static boolean available() {
        return CALLS != null;
    }

    int socket(int family) {
        try {
            return result(
                    (int)
                            Linked.CALLS.socket.invokeExact(
                                    errno, family, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0));
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    int bind(int fd, long address, int addressBytes) {
        try {
            return result((int) Linked.CALLS.bind.invokeExact(errno, fd, address, addressBytes));
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    int connect(int fd, long address, int addressBytes) {
        try {
            return result((int) Linked.CALLS.connect.invokeExact(errno, fd, address, addressBytes));
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    int localAddress(int fd, long address, long addressBytes) {
        try {
            return result(
                    (int) Linked.CALLS.getsockname.invokeExact(errno, fd, address, addressBytes));
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    int setOption(int fd, int level, int name, long value, int valueBytes) {
        try {
            return result(
                    (int)
                            Linked.CALLS.setsockopt.invokeExact(
                                    errno, fd, level, name, value, valueBytes));
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    int close(int fd) {
        try {
            return result((int) Linked.CALLS.close.invokeExact(errno, fd));
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    /** Messages received, or {@code -errno}. */
    int receive(int fd, long messages, int count) {
        try {
            return result(
                    (int)
                            Linked.CALLS.recvmmsg.invokeExact(
                                    errno, fd, messages, count, MSG_DONTWAIT, 0L));
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    /** Messages taken, or {@code -errno} of the first. */
    int send(int fd, long messages, int count) {
        try {
            return result(
                    (int)
                            Linked.CALLS.sendmmsg.invokeExact(
                                    errno, fd, messages, count, MSG_DONTWAIT));
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    private int result(int value) {
        return value >= 0 ? value : -(int) ERRNO.get(errno, 0L);
    }

    private static IllegalStateException linkage(Throwable e) {
        return new IllegalStateException("a socket call could not be made", e);
    }

    /** Static and final, in a record: only so the JIT compiles the calls in line. */
    private static final class Linked {
        static final Calls CALLS = Objects.requireNonNull(LinuxSockets.CALLS);

        private Linked() {}
    }

    private record Calls(
            MethodHandle socket,
            MethodHandle bind,
            MethodHandle connect,
            MethodHandle getsockname,
            MethodHandle setsockopt,
            MethodHandle close,
            MethodHandle recvmmsg,
            MethodHandle sendmmsg) {

        static @Nullable Calls link() {
            String architecture = System.getProperty("os.arch", "");
            boolean known = architecture.equals("amd64") || architecture.equals("aarch64");
            if (!System.getProperty("os.name", "").equals("Linux")
                    || !known
                    || !LinuxSockets.class.getModule().isNativeAccessEnabled()) {
                return null;
            }
            return new Calls(
                    handle("socket", JAVA_INT, JAVA_INT, JAVA_INT),
                    handle("bind", JAVA_INT, JAVA_LONG, JAVA_INT),
                    handle("connect", JAVA_INT, JAVA_LONG, JAVA_INT),
                    handle("getsockname", JAVA_INT, JAVA_LONG, JAVA_LONG),
                    handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT),
                    handle("close", JAVA_INT),
                    handle("recvmmsg", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG),
                    handle("sendmmsg", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
        }

        private static MethodHandle handle(
                String name, java.lang.foreign.MemoryLayout... arguments) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow(name),
                    FunctionDescriptor.of(JAVA_INT, arguments),
                    Linker.Option.captureCallState("errno"));
        }
    }
}
