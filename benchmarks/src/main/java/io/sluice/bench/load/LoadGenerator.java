package io.sluice.bench.load;

import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * All clients of a load: connects them, lets them run, and says what they saw.
 *
 * <p>Driven by one thread, its maker's.
 */
public final class LoadGenerator implements AutoCloseable {
    /** So many joins at a time: a server is to be loaded with media, not knocked over at the door. */
    private static final int JOINS_AT_A_TIME = 16;

    private static final int JOIN_TIMEOUT_SECONDS = 60;

    /** So long nobody publishes anything in a silent load. */
    private static final long SILENCE_NANOS = TimeUnit.DAYS.toNanos(1);

    private final LoadShape shape;
    private final Signaling signaling;
    private final ClientPool pool;
    private final @Nullable Pictures pictures;
    private final SplittableRandom random;
    private final List<Membership> members = new ArrayList<>();
    private @Nullable ScheduledExecutorService wishing;
    private int rooms;
    private int clients;
    private int passed;

    public LoadGenerator(LoadShape shape, Signaling signaling, GeneratorConfig config) {
        this(shape, signaling, 0, config);
    }

    private LoadGenerator(
            LoadShape shape, Signaling signaling, int passing, GeneratorConfig config) {
        this.shape = shape;
        this.signaling = signaling;
        random = new SplittableRandom(config.seed());
        pictures = config.pictures();
        int clients =
                shape.rooms()
                        * (shape.publishers() * signaling.transports(true)
                                + shape.subscribers() * signaling.transports(false));
        pool = new ClientPool(clients + passing * signaling.transports(false), config);
    }

    /**
     * A generator that lets viewers come and go beside those who stay.
     *
     * @param passing how many there may be at one time
     */
    public static LoadGenerator withPassing(
            int passing, LoadShape shape, Signaling signaling, GeneratorConfig config) {
        return new LoadGenerator(shape, signaling, passing, config);
    }

    /** Takes all clients into their rooms: publishers first, so that most watch with their first offer. */
    public void connect() throws InterruptedException {
        connect(shape.rooms() - rooms);
        if (shape.encodings() > 1) {
            wish();
        }
    }

    /** Takes those of some rooms more into them. */
    public void connect(int more) throws InterruptedException {
        for (int i = 0; i < more; i++) {
            int room = rooms++;
            List<List<LoadClient>> publishing = new ArrayList<>();
            for (int k = 0; k < shape.publishers(); k++) {
                publishing.add(pool.next(signaling.transports(true)));
                publish(publishing.getLast().getFirst());
            }
            join(room, "publisher-", publishing);
            List<List<LoadClient>> watching = new ArrayList<>();
            for (int k = 0; k < shape.subscribers(); k++) {
                watching.add(pool.next(signaling.transports(false)));
            }
            join(room, "viewer-", watching);
        }
    }

    private void publish(LoadClient client) {
        LoadCounters counters = client.loop().counters();
        client.publish(new PublishedStream(client, counters, 0, 0, 0, phase(), random.split()));
        if (shape.videoBitsPerSecond() > 0) {
            long phase = phase();
            for (int i = 0; i < shape.encodings(); i++) {
                PublishedStream stream =
                        new PublishedStream(
                                client,
                                counters,
                                1,
                                shape.bitsPerSecond(i),
                                shape.shrinkShift(i),
                                phase,
                                random.split());
                if (pictures != null) {
                    stream.show(pictures);
                }
                client.publish(stream);
            }
        }
    }

    /** Any time in a frame's length, so that publishers are not in step. */
    private long phase() {
        long frame = TimeUnit.SECONDS.toNanos(1) / LoadShape.FRAMES_PER_SECOND;
        return System.nanoTime() + random.nextLong(frame) + (shape.silent() ? SILENCE_NANOS : 0);
    }

    private void join(int room, String name, List<List<LoadClient>> joining)
            throws InterruptedException {
        Semaphore permits = new Semaphore(JOINS_AT_A_TIME);
        List<CompletableFuture<Void>> joins = new ArrayList<>();
        for (int i = 0; i < joining.size(); i++) {
            permits.acquire();
            List<LoadClient> transports = joining.get(i);
            Membership membership = signaling.join(roomName(room), name + i, transports);
            members.add(membership);
            joins.add(
                    membership
                            .started()
                            .thenCompose(_ -> transports.getFirst().connected())
                            .whenComplete((_, _) -> permits.release()));
        }
        await(joins, roomName(room));
        clients += joining.size();
    }

    /** Each viewer chooses a size of the pictures, and then now and then another. */
    private void wish() {
        members.forEach(this::wish);
        if (shape.wishesPerSecond() > 0) {
            long pauseNanos = TimeUnit.SECONDS.toNanos(1) / shape.wishesPerSecond();
            ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
            Future<?> _ =
                    timer.scheduleAtFixedRate(
                            () -> wish(members.get(random.nextInt(members.size()))),
                            pauseNanos,
                            pauseNanos,
                            TimeUnit.NANOSECONDS);
            wishing = timer;
        }
    }

    private void wish(Membership member) {
        member.wish(LoadShape.HEIGHT >> random.nextInt(shape.encodings()));
    }

    /**
     * Lets viewers join the rooms in turn, each until it has seen media, and waits for the last.
     *
     * @param atATime how many of them are there at one time, of those that this generator was made for
     */
    public void pass(int viewers, int atATime) throws InterruptedException {
        Semaphore permits = new Semaphore(atATime);
        List<CompletableFuture<Void>> joins = new ArrayList<>();
        for (int i = 0; i < viewers; i++) {
            permits.acquire();
            List<LoadClient> transports = pool.next(signaling.transports(false));
            Membership membership =
                    signaling.join(
                            roomName(passed % shape.rooms()), "passing-" + passed, transports);
            passed++;
            LoadClient viewer = transports.getFirst();
            joins.add(
                    membership
                            .started()
                            .thenCompose(_ -> viewer.connected())
                            .thenCompose(_ -> viewer.firstMedia())
                            .whenComplete((_, _) -> membership.leave())
                            .thenCompose(_ -> pool.end(transports))
                            .whenComplete((_, _) -> permits.release()));
        }
        await(joins, "its room");
    }

    /** Of the room with this index. */
    public static String roomName(int room) {
        return "load-" + room;
    }

    private static void await(List<CompletableFuture<Void>> joins, String room)
            throws InterruptedException {
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

    /** How many participants stay, so far. */
    public int clients() {
        return clients;
    }

    /** All counters now. */
    public LoadSample sample() {
        return pool.sample();
    }

    /** Latencies since the last call, in microseconds. */
    public Histogram takeLatency() {
        return pool.takeLatency();
    }

    @Override
    public void close() {
        if (wishing != null) {
            wishing.shutdownNow();
        }
        signaling.close();
        pool.close();
    }
}
