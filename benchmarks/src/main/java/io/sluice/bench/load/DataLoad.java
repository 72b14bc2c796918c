package io.sluice.bench.load;

import io.sluice.sctp.DataMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Clients of a room of whom one sends messages to all others by data channels, as fast as the slowest of
 * them takes them. They watch nothing.
 *
 * <p>Driven by one thread, its maker's.
 */
public final class DataLoad implements AutoCloseable {
    private static final int CONNECT_SECONDS = 60;

    /** On their way to the slowest receiver: a quarter of what the server lets wait for one. */
    private static final int WINDOW_BYTES = 512 << 10;

    private static final int MAX_WINDOW_MESSAGES = 2_000;

    private final ClientPool pool;
    private final Signaling signaling;
    private final DataEnd sender;
    private final LoadLoop senderLoop;
    private final List<DataEnd> receivers = new ArrayList<>();
    private final List<Membership> members = new ArrayList<>();
    private final String room;

    /** Whether nothing is sent for the time being. */
    private volatile boolean paused;

    /** Takes everybody into a room of their own; returns when all are connected. */
    public DataLoad(Signaling signaling, int receiverCount, GeneratorConfig config)
            throws InterruptedException {
        this(signaling, "data", receiverCount, config);
    }

    /** As before, in a room where there may be others. */
    public DataLoad(Signaling signaling, String room, int receiverCount, GeneratorConfig config)
            throws InterruptedException {
        this.signaling = signaling;
        this.room = room;
        pool = new ClientPool(1 + receiverCount, config);
        SplittableRandom random = new SplittableRandom(config.seed());
        LoadClient sending = pool.next(1).getFirst();
        senderLoop = sending.loop();
        sender = new DataEnd(random.split());
        sending.carry(sender);
        try {
            join("sender", sending, sender);
            for (int i = 0; i < receiverCount; i++) {
                LoadClient receiving = pool.next(1).getFirst();
                DataEnd end = new DataEnd(random.split());
                receiving.carry(end);
                receivers.add(end);
                join("receiver-" + i, receiving, end);
            }
        } catch (ExecutionException | TimeoutException failed) {
            close();
            throw new LoadException("the data channels were not connected", failed);
        }
    }

    private void join(String identity, LoadClient client, DataEnd end)
            throws InterruptedException, ExecutionException, TimeoutException {
        members.add(signaling.join(room, identity, List.of(client)));
        end.connected().get(CONNECT_SECONDS, TimeUnit.SECONDS);
    }

    /** Begins to send messages of one size, without end. */
    public void send(int messageBytes) {
        send(messageBytes, Double.POSITIVE_INFINITY);
    }

    /** As before, but no faster than so. */
    public void send(int messageBytes, double bytesPerSecond) {
        Source source = new Source(messageBytes, bytesPerSecond);
        senderLoop.execute(() -> sender.send(source));
    }

    /** Owned by the sender's loop. */
    private final class Source implements DataEnd.DataSource {
        private final DataMessage message;
        private final int window;
        private final double bytesPerNano;
        private double allowedBytes;
        private long sinceNanos = System.nanoTime();

        private Source(int messageBytes, double bytesPerSecond) {
            message = new DataMessage(DataMessage.Kind.BINARY, new byte[messageBytes]);
            window = Math.clamp(WINDOW_BYTES / messageBytes, 1, MAX_WINDOW_MESSAGES);
            bytesPerNano = bytesPerSecond / TimeUnit.SECONDS.toNanos(1);
        }

        @Override
        public @Nullable DataMessage next() {
            long nowNanos = System.nanoTime();
            if (nowNanos > sinceNanos) {
                // What was not sent in time is not made up for.
                double more = (nowNanos - sinceNanos) * bytesPerNano;
                allowedBytes = Math.min(WINDOW_BYTES, allowedBytes + more);
                sinceNanos = nowNanos;
            }
            int size = message.bytes().length;
            if (paused || allowedBytes < size || sender.messages() - slowest() >= window) {
                return null;
            }
            allowedBytes -= size;
            return message;
        }
    }

    /** Stops sending, or goes on. */
    public void pause(boolean stops) {
        paused = stops;
    }

    private long slowest() {
        long least = Long.MAX_VALUE;
        for (DataEnd receiver : receivers) {
            least = Math.min(least, receiver.messages());
        }
        return least;
    }

    /** Messages that came so far, at all receivers together. */
    public long delivered() {
        return receivers.stream().mapToLong(DataEnd::messages).sum();
    }

    @Override
    public void close() {
        members.forEach(Membership::leave);
        signaling.close();
        pool.close();
    }
}
