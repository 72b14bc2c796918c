package io.sluice.server.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that carries the sockets, clocks and media of all clients of a process.
 *
 * <p>{@link #execute}, {@link #call} and {@link #close} may be called from any thread, the rest on
 * the loop.
 */
public final class ClientLoop implements Executor, AutoCloseable {
    private static final long CLOSE_MILLIS = 5_000;

    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean closed;
    private long timersMade;

    private record Timer(long atNanos, long order, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(atNanos - other.atNanos, 0);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    public ClientLoop() {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = Thread.ofPlatform().name("client-loop").daemon().start(this::run);
    }

    /** The first thing that went wrong on the loop: a mistake of the client, not of the server. */
    public @Nullable Throwable failure() {
        return failure.get();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    /** Runs something on the loop and waits for its result; not from the loop itself. */
    public <T> T call(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        execute(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.join();
    }

    void schedule(long delayNanos, Runnable task) {
        timers.add(new Timer(nowNanos() + delayNanos, timersMade++, task));
    }

    long nowNanos() {
        return System.nanoTime();
    }

    /** The time of day, which all processes of the machine share. */
    static long wallNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    void register(DatagramChannel channel, Runnable onReadable) throws IOException {
        channel.register(selector, SelectionKey.OP_READ, onReadable);
    }

    private void run() {
        while (!closed) {
            try {
                selector.select(ClientLoop::readable, waitMillis());
                runTasks();
                runTimers();
            } catch (IOException | RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
        }
    }

    private static void readable(SelectionKey key) {
        ((Runnable) key.attachment()).run();
    }

    private long waitMillis() {
        if (!tasks.isEmpty()) {
            return 1;
        }
        Timer next = timers.peek();
        if (next == null) {
            return 1_000;
        }
        return Math.clamp((next.atNanos - nowNanos()) / 1_000_000, 1, 1_000);
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void runTimers() {
        long nowNanos = nowNanos();
        for (Timer next = timers.peek();
                next != null && next.atNanos - nowNanos <= 0;
                next = timers.peek()) {
            timers.remove();
            next.task.run();
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(CLOSE_MILLIS);
            selector.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
