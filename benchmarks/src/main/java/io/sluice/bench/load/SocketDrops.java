package io.sluice.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the kernel dropped at UDP sockets because nobody read them in time ({@code /proc/net/udp}, {@code udp6}). */
public final class SocketDrops {
    private static final List<Path> TABLES =
            List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
    private static final int LOCAL_ADDRESS = 1;
    private static final int INODE = 9;
    private static final int HEX = 16;

    private SocketDrops() {}

    /** All drops so far at sockets on these port numbers. */
    public static long of(Set<Integer> ports) {
        try {
            return drops(fields -> ports.contains(port(fields[LOCAL_ADDRESS])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All drops so far at the sockets that a process has open. */
    public static long ofProcess(long pid) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            Set<String> inodes =
                    descriptors
                            .map(SocketDrops::target)
                            .map(SOCKET::matcher)
                            .filter(Matcher::matches)
                            .map(matcher -> matcher.group(1))
                            .collect(Collectors.toSet());
            return drops(fields -> inodes.contains(fields[INODE]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static long drops(Predicate<String[]> wanted) throws IOException {
        long drops = 0;
        for (Path table : TABLES) {
            if (Files.exists(table)) {
                drops +=
                        Files.readAllLines(table).stream()
                                .skip(1)
                                .map(line -> line.trim().split("\\s+"))
                                .filter(wanted)
                                .mapToLong(fields -> Long.parseLong(fields[fields.length - 1]))
                                .sum();
            }
        }
        return drops;
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1), HEX);
    }
}
