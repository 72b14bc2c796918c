package io.sluice.ice;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Off-heap memory of zeros of which the system gives each page when it is first written. An arena writes all of it at
 * once: the packet memory of an idle server was a third of what it held.
 */
final class LazyMemory {
    private static final Linker LINKER = Linker.nativeLinker();

    /** The C library's; for large blocks it asks the system for pages, which are zero already. */
    private static final MethodHandle CALLOC =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("calloc"),
                    FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));

    private static final MethodHandle FREE =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ADDRESS));

    private LazyMemory() {}

    /**
     * Memory that is freed with its arena.
     *
     * @param alignmentBytes a power of two
     * @throws OutOfMemoryError the system has not so much
     */
    static MemorySegment allocate(Arena arena, long sizeBytes, long alignmentBytes) {
        long allBytes = sizeBytes + alignmentBytes;
        MemorySegment block;
        try {
            block = (MemorySegment) CALLOC.invokeExact(1L, allBytes);
        } catch (Throwable e) {
            throw new IllegalStateException("calloc cannot be called", e);
        }
        if (block.address() == 0) {
            throw new OutOfMemoryError(allBytes + " bytes of packet memory");
        }
        MemorySegment all = block.reinterpret(allBytes, arena, LazyMemory::free);
        long beyond = all.address() & (alignmentBytes - 1);
        return all.asSlice(beyond == 0 ? 0 : alignmentBytes - beyond, sizeBytes);
    }

    private static void free(MemorySegment block) {
        try {
            FREE.invokeExact(block);
        } catch (Throwable e) {
            throw new IllegalStateException("free cannot be called", e);
        }
    }
}
