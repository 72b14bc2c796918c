package io.sluice.bench.load;

import io.sluice.bench.load.LoadCounters.Count;
import io.sluice.dtls.DtlsConfig;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;

/**
 * All clients of a load: connects them, lets them run, and says what they saw.
 *
 * <p>Driven by one thread, its maker's.
 */
public final class LoadGenerator implements AutoCloseable {
    /** So many joins at a time: a server is to be loaded with media, not knocked over at the door. */
    private static final int JOINS_AT_A_TIME = 16;

    private static final int JOIN_TIMEOUT_SECONDS = 60;
    private static final int CLIENTS_PER_OCTET = 250;

    private final LoadShape shape;
    private final Signaling signaling;
    private final List<LoadLoop> loops = new ArrayList<>();
    private final List<LoadClient> clients = new ArrayList<>();
    private final Set<Integer> ports = new HashSet<>();
    private final LoadClient.Shared shared;
    private final SplittableRandom random;
    private int nextClient;

    /**
     * @param threads event loops of the generator
     * @param seed of everything that is not a secret: phases, numbers, SSRCs
     */
    public LoadGenerator(LoadShape shape, Signaling signaling, int threads, long seed) {
        this.shape = shape;
        this.signaling = signaling;
        random = new SplittableRandom(seed);
        SecureRandom secure = new SecureRandom();
        shared =
                new LoadClient.Shared(
                        DtlsIdentity.generate(secure, Instant.now()),
                        new DtlsHandshakes(DtlsConfig.defaults()),
                        secure);
        int clientsPerLoop = (shape.clients() + threads - 1) / threads;
        for (int i = 0; i < threads; i++) {
            loops.add(new LoadLoop(i, addresses(i * clientsPerLoop, clientsPerLoop)));
            ports.add(loops.getLast().port().port());
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

    /** Takes all clients into their rooms: publishers first, so that most watch with their first offer. */
    public void connect() throws InterruptedException {
        for (int room = 0; room < shape.rooms(); room++) {
            List<LoadClient> publishing = new ArrayList<>();
            for (int i = 0; i < shape.publishers(); i++) {
                publishing.add(publisher());
            }
            join("load-" + room, "publisher-", publishing);
            List<LoadClient> watching = new ArrayList<>();
            for (int i = 0; i < shape.subscribers(); i++) {
                watching.add(client());
            }
            join("load-" + room, "viewer-", watching);
        }
    }

    private LoadClient client() {
        int index = nextClient++;
        LoadLoop loop = loops.get(index % loops.size());
        LoadClient client = new LoadClient(loop, index / loops.size(), shared);
        clients.add(client);
        loop.add(client);
        return client;
    }

    private LoadClient publisher() {
        LoadClient client = client();
        LoadCounters counters = client.loop().counters();
        client.publish(new PublishedStream(client, counters, 0, 0, phase(), random.split()));
        if (shape.videoBitsPerSecond() > 0) {
            client.publish(
                    new PublishedStream(
                            client,
                            counters,
                            1,
                            shape.videoBitsPerSecond(),
                            phase(),
                            random.split()));
        }
        return client;
    }

    /** Any time in a frame's length, so that publishers are not in step. */
    private long phase() {
        long frame = TimeUnit.SECONDS.toNanos(1) / LoadShape.FRAMES_PER_SECOND;
        return System.nanoTime() + random.nextLong(frame);
    }

    private void join(String room, String name, List<LoadClient> joining)
            throws InterruptedException {
        Semaphore permits = new Semaphore(JOINS_AT_A_TIME);
        List<CompletableFuture<Void>> joins = new ArrayList<>();
        for (int i = 0; i < joining.size(); i++) {
            permits.acquire();
            LoadClient client = joining.get(i);
            joins.add(
                    signaling
                            .join(room, name + i, client)
                            .thenCompose(_ -> client.connected())
                            .whenComplete((_, _) -> permits.release()));
        }
        try {
            CompletableFuture.allOf(joins.toArray(CompletableFuture[]::new))
                    .get(JOIN_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new LoadException("not everybody could join " + room + ": " + why(cause), cause);
        }
    }

    private static String why(Throwable cause) {
        if (cause instanceof ConnectException) {
            return "no server answers there; start one with ./sluice start, or see --url";
        }
        if (cause instanceof TimeoutException) {
            return "it took longer than " + JOIN_TIMEOUT_SECONDS + " s";
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** How many clients there are so far. */
    public int clients() {
        return clients.size();
    }

    /** All counters now. */
    public LoadSample sample() {
        Map<Count, Long> sums = new EnumMap<>(Count.class);
        for (Count count : Count.values()) {
            sums.put(count, loops.stream().mapToLong(loop -> loop.counters().of(count)).sum());
        }
        return new LoadSample(System.nanoTime(), sums, SocketDrops.of(ports));
    }

    /** Latencies since the last call, in microseconds. */
    public Histogram takeLatency() {
        Histogram sum = loops.getFirst().latency().getIntervalHistogram();
        loops.stream().skip(1).forEach(loop -> sum.add(loop.latency().getIntervalHistogram()));
        return sum;
    }

    @Override
    public void close() {
        signaling.close();
        loops.forEach(LoadLoop::close);
    }
}
