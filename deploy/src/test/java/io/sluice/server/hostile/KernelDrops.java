package io.sluice.server.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * Datagrams that the kernel dropped because a socket's buffer was full: what a process never saw, it cannot have
 * lost. Only Linux tells; elsewhere there are none.
 */
public final class KernelDrops {
    private static final List<Path> TABLES =
            List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));
    private static final int LOCAL_ADDRESS = 1;
    private static final int HEX = 16;

    private KernelDrops() {}

    /** At all sockets on these ports, since they were opened. */
    public static long of(Collection<Integer> ports) {
        return TABLES.stream()
                .filter(Files::isReadable)
                .flatMap(table -> lines(table).stream().skip(1))
                .map(line -> line.trim().split("\\s+"))
                .filter(fields -> ports.contains(port(fields[LOCAL_ADDRESS])))
                .mapToLong(fields -> Long.parseLong(fields[fields.length - 1]))
                .sum();
    }

    private static List<String> lines(Path table) {
        try {
            return Files.readAllLines(table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1), HEX);
    }
}
