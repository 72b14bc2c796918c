package io.sluice.webhook;

import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the application's receivers what happened, until they have heard it: events are kept in a database and sent
 * again until they arrive. One virtual thread owns queue and database; each request has its own. What is public here
 * is used from any thread.
 */
public final class Webhooks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

    /** Events on their way to the thread, some hundred bytes each; more than that is lost. */
    private static final int MAX_UNWRITTEN = 10_000;

    /** Events written at a time. */
    private static final int MAX_BATCH = 500;

    private static final Duration FORGET_INTERVAL = Duration.ofMinutes(10);

    /** What receivers may still hear of a server that stops; the rest waits for its next start. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final WebhookConfig config;

    /** Replaced on the thread, read from any. */
    private volatile Map<String, URI> urls;

    private final EventStore store;
    private final WebhookSender sender;
    private final InstantSource clock;
    private final WebhookCounters counters;
    private final WebhookQueue queue;
    private final BlockingQueue<Task> inbox = new LinkedBlockingQueue<>();
    private final AtomicInteger unwritten = new AtomicInteger();
    private final Thread thread;

    /** Of the thread. */
    private long nextForgetMillis;

    private long closeMillis = WebhookQueue.NEVER;

    private sealed interface Task {
        record Happened(WebhookEvent event) implements Task {}

        record Tried(WebhookQueue.Item item, Attempt attempt) implements Task {}

        record Show(DeliveryQuery query, CompletableFuture<List<Delivery>> reply) implements Task {}

        record Receivers(Map<String, URI> urls) implements Task {}

        record Close() implements Task {}
    }

    private Webhooks(
            WebhookConfig config,
            EventStore store,
            WebhookSender sender,
            InstantSource clock,
            WebhookCounters counters,
            RandomGenerator random) {
        this.config = config;
        this.store = store;
        this.sender = sender;
        this.clock = clock;
        this.counters = counters;
        urls = byText(config.urls());
        queue = new WebhookQueue(config.maxInFlight(), config.retryFor().toMillis(), random);
        thread = Thread.ofVirtual().name("sluice-webhooks").unstarted(this::run);
    }

    /**
     * Opens the queue and begins with what waits in it.
     *
     * @throws IOException if the database cannot be opened; the message says why
     */
    public static Webhooks open(
            WebhookConfig config,
            WebhookSigner signer,
            InstantSource clock,
            WebhookCounters counters,
            RandomGenerator random)
            throws IOException {
        EventStore store = EventStore.open(config.directory());
        Webhooks webhooks =
                new Webhooks(
                        config,
                        store,
                        new WebhookSender(signer, config.requestTimeout()),
                        clock,
                        counters,
                        random);
        try {
            webhooks.load();
        } catch (SQLException unreadable) {
            webhooks.release();
            throw new IOException(
                    "the database in " + config.directory() + ": " + unreadable.getMessage(),
                    unreadable);
        }
        webhooks.thread.start();
        return webhooks;
    }

    private void load() throws SQLException {
        int abandoned = store.abandonOthers(List.copyOf(urls.keySet()), clock.millis());
        if (abandoned > 0) {
            LOG.warn("{} events are given up: their receivers are configured no more", abandoned);
        }
        store.loadPending(queue);
        tellWaiting();
    }

    // ---- from any thread

    /** Tells the receivers of an event; never blocks. */
    public void tell(WebhookEvent event) {
        if (unwritten.incrementAndGet() > MAX_UNWRITTEN) {
            unwritten.decrementAndGet();
            counters.countDropped(WebhookCounters.Drop.TOO_FAST, 1);
            return;
        }
        inbox.add(new Task.Happened(event));
    }

    /** A page of deliveries, the oldest first; fails if the database cannot be read. */
    public CompletableFuture<List<Delivery>> deliveries(DeliveryQuery query) {
        CompletableFuture<List<Delivery>> reply = new CompletableFuture<>();
        inbox.add(new Task.Show(query, reply));
        if (!thread.isAlive()) {
            reply.completeExceptionally(new IOException("the webhooks are closed"));
        }
        return reply;
    }

    /** The receivers' addresses. */
    public List<URI> urls() {
        return List.copyOf(urls.values());
    }

    /**
     * Tells other receivers of what happens from now on. What waits for one that is none any more, waits until
     * it is one again, or is too old.
     *
     * @throws IllegalArgumentException if there are none
     */
    public void receivers(List<URI> changed) {
        if (changed.isEmpty()) {
            throw new IllegalArgumentException("no webhook is configured");
        }
        inbox.add(new Task.Receivers(byText(changed)));
    }

    private static Map<String, URI> byText(List<URI> urls) {
        return urls.stream()
                .distinct()
                .collect(Collectors.toMap(URI::toString, Function.identity()));
    }

    public WebhookCounters counters() {
        return counters;
    }

    /** Writes down what happened before, and gives receivers a moment to hear of it; the rest waits. */
    @Override
    public void close() {
        inbox.add(new Task.Close());
        try {
            // A request that runs ends with its own timeout at the latest.
            if (!thread.join(CLOSE_TIMEOUT.plus(config.requestTimeout()))) {
                LOG.warn("The webhooks' database does not close");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- on the thread

    private void run() {
        try {
            while (!isOver()) {
                turn();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            release();
        }
    }

    private boolean isOver() {
        boolean nothingToDo = !queue.isBusy() && queue.nextTimeoutMillis() > clock.millis();
        return closeMillis != WebhookQueue.NEVER
                && inbox.isEmpty()
                && (nothingToDo || clock.millis() >= closeMillis);
    }

    private void turn() throws InterruptedException {
        List<Task> tasks = await();
        List<WebhookEvent> happened = new ArrayList<>();
        for (Task task : tasks) {
            switch (task) {
                case Task.Happened(WebhookEvent event) -> happened.add(event);
                case Task.Tried(var item, var attempt) -> guarded(() -> onTried(item, attempt));
                case Task.Show show -> show(show);
                case Task.Receivers(var changed) -> urls = changed;
                case Task.Close _ -> closeMillis = clock.millis() + CLOSE_TIMEOUT.toMillis();
            }
        }
        if (!happened.isEmpty()) {
            unwritten.addAndGet(-happened.size());
            keep(happened);
        }
        long nowMillis = clock.millis();
        queue.poll(nowMillis).forEach(this::start);
        if (nowMillis >= nextForgetMillis) {
            nextForgetMillis = nowMillis + FORGET_INTERVAL.toMillis();
            guarded(() -> store.forget(nowMillis - config.keepFinished().toMillis()));
        }
        tellWaiting();
    }

    private List<Task> await() throws InterruptedException {
        List<Task> tasks = new ArrayList<>();
        long until = Math.min(queue.nextTimeoutMillis(), Math.min(closeMillis, nextForgetMillis));
        long delayMillis = Math.max(0, until - clock.millis());
        Task first = inbox.poll(delayMillis, TimeUnit.MILLISECONDS);
        if (first != null) {
            tasks.add(first);
            inbox.drainTo(tasks, MAX_BATCH - 1);
        }
        return tasks;
    }

    private void keep(List<WebhookEvent> events) {
        int free = (config.maxQueued() - queue.size()) / urls.size();
        if (free < events.size()) {
            counters.countDropped(
                    WebhookCounters.Drop.QUEUE_FULL, events.size() - Math.max(0, free));
            if (free <= 0) {
                return;
            }
        }
        List<WebhookEvent> fitting = events.subList(0, Math.min(free, events.size()));
        List<WebhookQueue.Item> kept = new ArrayList<>();
        try {
            store.add(fitting, List.copyOf(urls.keySet()), kept::add);
        } catch (SQLException | RuntimeException refused) {
            LOG.error("{} events cannot be kept and are lost", fitting.size(), refused);
            counters.countDropped(WebhookCounters.Drop.STORAGE, fitting.size());
            return;
        }
        kept.forEach(item -> queue.add(item, item.createdMillis()));
    }

    private void start(WebhookQueue.Item item) {
        URI url = urls.get(item.url());
        String body = body(item);
        if (url == null || body == null) {
            String why =
                    url == null
                            ? "this receiver is configured no more"
                            : "cannot be read from the database";
            inbox.add(new Task.Tried(item, Attempt.failed(why)));
            return;
        }
        Thread.ofVirtual()
                .name("sluice-webhook-", item.id())
                .start(() -> inbox.add(new Task.Tried(item, attempt(url, body))));
    }

    private @Nullable String body(WebhookQueue.Item item) {
        try {
            return store.body(item.id());
        } catch (SQLException unreadable) {
            LOG.error("An event cannot be read", unreadable);
            return null;
        }
    }

    /** Whatever happens, the queue hears of it. */
    private Attempt attempt(URI url, String body) {
        try {
            return sender.send(url, body);
        } catch (RuntimeException | Error defect) {
            LOG.error("A webhook could not be sent", defect);
            return Attempt.failed("failed: " + defect);
        }
    }

    private void onTried(WebhookQueue.Item item, Attempt attempt) throws SQLException {
        long nowMillis = clock.millis();
        int attempts = item.attempts() + 1;
        if (attempt.result() == Attempt.Result.ARRIVED) {
            counters.countDelivered();
            queue.onArrived(item);
            store.finish(item.id(), DeliveryState.DELIVERED, attempts, "", nowMillis);
            return;
        }
        counters.countFailedAttempt();
        long againMillis = queue.onFailed(item, attempt.result(), nowMillis);
        String error = attempt.error();
        if (againMillis == WebhookQueue.NEVER) {
            counters.countExpired();
            LOG.warn("An event is given up after {} attempts: {}", attempts, error);
            store.finish(item.id(), DeliveryState.EXPIRED, attempts, error, nowMillis);
        } else {
            store.retryLater(item.id(), attempts, error, againMillis);
        }
    }

    private void show(Task.Show show) {
        try {
            show.reply().complete(store.list(show.query()));
        } catch (SQLException unreadable) {
            show.reply().completeExceptionally(unreadable);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }

    /** What is not written down is done once more after the next start: better twice than never. */
    private static void guarded(Step step) {
        try {
            step.run();
        } catch (SQLException refused) {
            LOG.error("The webhooks' database refuses a change", refused);
        }
    }

    private void tellWaiting() {
        counters.waiting(queue.size(), queue.oldestMillis());
    }

    private void release() {
        sender.close();
        try {
            store.close();
        } catch (SQLException unclean) {
            LOG.warn("The webhooks' database did not close cleanly: {}", unclean.getMessage());
        }
        Task task;
        while ((task = inbox.poll()) != null) {
            if (task instanceof Task.Show show) {
                show.reply().completeExceptionally(new IOException("the webhooks are closed"));
            }
        }
    }
}
