package io.sluice.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** What the kernel dropped at UDP sockets because nobody read them in time ({@code /proc/net/udp}). */
public final class SocketDrops {
    private static final Path TABLE = Path.of("/proc/net/udp");
    private static final int LOCAL_ADDRESS = 1;
    private static final int HEX = 16;

    private SocketDrops() {}

    /** All drops so far at IPv4 sockets on these port numbers. */
    public static long of(Set<Integer> ports) {
        try {
            return Files.readAllLines(TABLE).stream()
                    .skip(1)
                    .map(line -> line.trim().split("\\s+"))
                    .filter(fields -> ports.contains(port(fields[LOCAL_ADDRESS])))
                    .mapToLong(fields -> Long.parseLong(fields[fields.length - 1]))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1), HEX);
    }
}
