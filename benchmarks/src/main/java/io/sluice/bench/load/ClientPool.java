package io.sluice.bench.load;

import io.sluice.bench.load.LoadCounters.Count;
import io.sluice.dtls.DtlsConfig;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * The loops of a generator and a socket for each client that will ever be.
 *
 * <p>Driven by one thread, its maker's.
 */
final class ClientPool implements AutoCloseable {
    private static final int CLIENTS_PER_OCTET = 250;

    private final List<LoadLoop> loops = new ArrayList<>();
    private final Set<Integer> ports = new HashSet<>();
    private final LoadClient.Shared shared;

    /** Sockets without a client; the one that has been free for longest comes first. */
    private final Queue<Place> free = new ConcurrentLinkedQueue<>();

    private record Place(LoadLoop loop, int socket) {}

    ClientPool(int clients, GeneratorConfig config) {
        int threads = config.threads();
        SecureRandom secure = new SecureRandom();
        shared =
                new LoadClient.Shared(
                        DtlsIdentity.generate(secure, Instant.now()),
                        new DtlsHandshakes(DtlsConfig.defaults()),
                        secure);
        int clientsPerLoop = (clients + threads - 1) / threads;
        for (int i = 0; i < threads; i++) {
            loops.add(new LoadLoop(i, addresses(i * clientsPerLoop, clientsPerLoop), config));
            ports.add(loops.getLast().port().port());
        }
        for (int i = 0; i < clientsPerLoop * threads; i++) {
            free.add(new Place(loops.get(i % threads), i / threads));
        }
    }

    /** 127.1.1.1 and on; all of 127.0.0.0/8 is this machine. */
    private static List<InetAddress> addresses(int first, int count) {
        List<InetAddress> addresses = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            int third = i / CLIENTS_PER_OCTET;
            byte[] octets = {
                127,
                (byte) (1 + third / CLIENTS_PER_OCTET),
                (byte) (1 + third % CLIENTS_PER_OCTET),
                (byte) (1 + i % CLIENTS_PER_OCTET)
            };
            try {
                addresses.add(InetAddress.getByAddress(octets));
            } catch (UnknownHostException e) {
                throw new IllegalStateException("four octets are an address", e);
            }
        }
        return addresses;
    }

    /** New clients, on all loops in turn; their sockets must be there. */
    List<LoadClient> next(int count) {
        return Stream.generate(this::next).limit(count).toList();
    }

    private LoadClient next() {
        Place place = free.remove();
        LoadClient client = new LoadClient(place.loop(), place.socket(), shared);
        place.loop().add(client);
        return client;
    }

    /** Ends clients; done when their sockets are free again. From any thread. */
    CompletableFuture<Void> end(List<LoadClient> clients) {
        return CompletableFuture.allOf(
                clients.stream().map(this::end).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> end(LoadClient client) {
        LoadLoop loop = client.loop();
        return CompletableFuture.runAsync(
                () -> {
                    client.close();
                    loop.remove(client);
                    free.add(new Place(loop, client.socket()));
                },
                loop);
    }

    LoadSample sample() {
        Map<Count, Long> sums = new EnumMap<>(Count.class);
        for (Count count : Count.values()) {
            sums.put(count, loops.stream().mapToLong(loop -> loop.counters().of(count)).sum());
        }
        return new LoadSample(System.nanoTime(), sums, SocketDrops.of(ports));
    }

    /** Latencies since the last call, in microseconds. */
    Histogram takeLatency() {
        Histogram sum = loops.getFirst().latency().getIntervalHistogram();
        loops.stream().skip(1).forEach(loop -> sum.add(loop.latency().getIntervalHistogram()));
        return sum;
    }

    @Override
    public void close() {
        loops.forEach(LoadLoop::close);
    }
}
