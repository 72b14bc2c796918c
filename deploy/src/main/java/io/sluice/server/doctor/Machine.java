package io.sluice.server.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What can be read of a machine.
 *
 * @param files the text of a file by its path; empty if it is not there
 * @param memoryBytes of the whole machine
 * @param heapBytes that the JVM may take at most
 */
public record Machine(
        Function<String, Optional<String>> files, int cores, long memoryBytes, long heapBytes) {
    /** CAP_NET_ADMIN of capabilities(7). */
    private static final int NET_ADMIN_BIT = 12;

    private static final Pattern CAPABILITIES = Pattern.compile("CapEff:\\s*([0-9a-f]{1,16})\\b");

    /** This one. */
    public static Machine here() {
        long memoryBytes =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getTotalMemorySize();
        return new Machine(
                Machine::read,
                Runtime.getRuntime().availableProcessors(),
                memoryBytes,
                Runtime.getRuntime().maxMemory());
    }

    private static Optional<String> read(String path) {
        try {
            return Optional.of(Files.readString(Path.of(path)).strip());
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** Whether buffers may be larger than the kernel's limits. */
    boolean mayForceBuffers() {
        Matcher effective = CAPABILITIES.matcher(files.apply("/proc/self/status").orElse(""));
        return effective.find()
                && (Long.parseUnsignedLong(effective.group(1), 16) >> NET_ADMIN_BIT & 1) == 1;
    }

    /** A number that is all of a file. */
    Optional<Long> number(String path) {
        return files.apply(path).filter(text -> text.matches("\\d{1,18}")).map(Long::valueOf);
    }
}
