package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM holds.
 *
 * @param heapBytes of objects that are alive
 * @param offHeapBytes resident in memory, all but the heap: the JVM's own, and what libraries allocate
 */
record ProcessMemory(long heapBytes, long offHeapBytes, int threads, int descriptors) {
    private static final Pattern LIVE = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern MAPPING = Pattern.compile("^[0-9a-f]+-[0-9a-f]+ .*");
    private static final Pattern RESIDENT = Pattern.compile("^Rss:\\s+(\\d+) kB");
    private static final long KIBIBYTE = 1024;

    /** ZGC's name for its memory. */
    private static final String HEAP = "java_heap";

    /** Between a class and a method that a compiler has at hand, in {@code Compiler.queue}. */
    private static final String METHOD = "::";

    /** They are done with what thousands of joins have run long before; if not, it is counted. */
    private static final int COMPILE_SECONDS = 30;

    private static final long COMPILE_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Collections whose last finds what those before have let go: references, cleaners. */
    private static final int COLLECTIONS = 3;

    /**
     * Of a server that nobody asks for anything now.
     *
     * @param seconds that it is given to come to rest, and its compilers after them; 0 counts at once
     */
    static ProcessMemory settled(long pid, int seconds) throws IOException, InterruptedException {
        long untilNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (long left = untilNanos - System.nanoTime();
                left > 0;
                left = untilNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        if (seconds > 0) {
            awaitCompilers(pid);
        }
        for (int i = 0; i < COLLECTIONS; i++) {
            jcmd(pid, "GC.run");
        }
        // Counts what is alive only.
        Matcher live = LIVE.matcher(jcmd(pid, "GC.class_histogram"));
        if (!live.find()) {
            throw new IOException("the JVM does not count its objects");
        }
        // As for the heap: what is free, and only not given back, is held by nobody.
        jcmd(pid, "System.trim_native_heap");
        Path process = Path.of("/proc", Long.toString(pid));
        return new ProcessMemory(
                Long.parseLong(live.group(1)),
                offHeap(process.resolve("smaps")),
                count(process.resolve("task")),
                count(process.resolve("fd")));
    }

    /**
     * Waits until a server's compilers rest, for half a minute at most: while one is at work it takes a part of a
     * core and holds ten megabytes, which nobody's being connected costs.
     */
    static void awaitCompilers(long pid) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(COMPILE_SECONDS);
        while (jcmd(pid, "Compiler.queue").contains(METHOD) && System.nanoTime() < deadlineNanos) {
            LockSupport.parkNanos(COMPILE_POLL_NANOS);
        }
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        return CommandOutput.of(List.of(jcmd.toString(), Long.toString(pid), command), "");
    }

    private static long offHeap(Path smaps) throws IOException {
        long kibibytes = 0;
        boolean heap = false;
        for (String line : Files.readAllLines(smaps)) {
            if (MAPPING.matcher(line).matches()) {
                heap = line.contains(HEAP);
            }
            Matcher resident = RESIDENT.matcher(line);
            if (!heap && resident.find()) {
                kibibytes += Long.parseLong(resident.group(1));
            }
        }
        return kibibytes * KIBIBYTE;
    }

    private static int count(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return (int) entries.count();
        }
    }

    @Override
    public String toString() {
        return "%,d B of heap, %,d B off heap, %d threads, %d descriptors"
                .formatted(heapBytes, offHeapBytes, threads, descriptors);
    }
}
