package io.sluice.webhook;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which delivery is due: those of one room to one receiver go one after another, the next only when the one
 * before has arrived or was given up; rooms do not wait for each other.
 *
 * <p>Owned by the thread of {@link Webhooks}; sans-IO.
 */
final class WebhookQueue {
    static final long NEVER = Long.MAX_VALUE;

    /** After the first failure: a receiver that is restarted is back soon. */
    static final long FIRST_PAUSE_MILLIS = 1_000;

    /** A receiver that was away for hours hears within so long that it is back. */
    static final long MAX_PAUSE_MILLIS = 600_000;

    /**
     * Attempts, over some eight minutes, after which an event is given up that is the reason itself why it does not
     * arrive: else it would hold up its room for as long as events are tried.
     */
    static final int MAX_REFUSALS = 10;

    /** Of a pause, more or less: rooms that failed together do not come back together. */
    private static final double JITTER = 0.2;

    private final int maxInFlight;
    private final long retryForMillis;
    private final RandomGenerator random;

    /** By address. */
    private final Map<String, Receiver> receivers = new LinkedHashMap<>();

    /** Deliveries by their event's time: how many of each. */
    private final TreeMap<Long, Integer> byAge = new TreeMap<>();

    private int size;

    /**
     * A delivery that waits.
     *
     * @param id of the database
     */
    record Item(long id, String url, String room, long createdMillis, int attempts) {
        Item tried() {
            return new Item(id, url, room, createdMillis, attempts + 1);
        }
    }

    /** One room's deliveries to one receiver. */
    private static final class Lane {
        private final Deque<Item> items = new ArrayDeque<>();
        private long dueMillis;

        /** Of its first item. */
        private int refusals;

        /** What its receiver had taken when its first item was tried last. */
        private long arrivalsSeen;

        private Lane(long dueMillis, long arrivalsSeen) {
            this.dueMillis = dueMillis;
            this.arrivalsSeen = arrivalsSeen;
        }
    }

    private static final class Receiver {
        private final Map<String, Lane> lanes = new HashMap<>();

        /** Those that have something to deliver, and nothing under way. */
        private final PriorityQueue<Lane> resting =
                new PriorityQueue<>(
                        Comparator.comparingLong((Lane lane) -> lane.dueMillis)
                                .thenComparingLong(lane -> lane.items.element().id()));

        private int inFlight;

        /** Events that it has taken. */
        private long arrivals;
    }

    WebhookQueue(int maxInFlight, long retryForMillis, RandomGenerator random) {
        this.maxInFlight = maxInFlight;
        this.retryForMillis = retryForMillis;
        this.random = random;
    }

    /** Deliveries that wait or are under way. */
    int size() {
        return size;
    }

    /** When the event happened that waits longest; {@link #NEVER} if none does. */
    long oldestMillis() {
        return byAge.isEmpty() ? NEVER : byAge.firstKey();
    }

    /** Takes one more; they come in the order of their events. */
    void add(Item item, long dueMillis) {
        Receiver receiver = receivers.computeIfAbsent(item.url(), _ -> new Receiver());
        Lane lane = receiver.lanes.get(item.room());
        if (lane == null) {
            lane = new Lane(dueMillis, receiver.arrivals);
            lane.items.add(item);
            receiver.lanes.put(item.room(), lane);
            receiver.resting.add(lane);
        } else {
            lane.items.add(item);
        }
        size++;
        byAge.merge(item.createdMillis(), 1, Integer::sum);
    }

    /** All that is to be tried now; each of them comes back by {@link #onArrived} or {@link #onFailed}. */
    List<Item> poll(long nowMillis) {
        List<Item> due = new ArrayList<>();
        for (Receiver receiver : receivers.values()) {
            Lane lane = receiver.resting.peek();
            while (lane != null && lane.dueMillis <= nowMillis && receiver.inFlight < maxInFlight) {
                receiver.resting.remove();
                receiver.inFlight++;
                due.add(lane.items.element());
                lane = receiver.resting.peek();
            }
        }
        return due;
    }

    /** When {@link #poll} may find something, if nothing happens before. */
    long nextTimeoutMillis() {
        long next = NEVER;
        for (Receiver receiver : receivers.values()) {
            Lane lane = receiver.resting.peek();
            if (lane != null && receiver.inFlight < maxInFlight) {
                next = Math.min(next, lane.dueMillis);
            }
        }
        return next;
    }

    /** Whether anything is under way. */
    boolean isBusy() {
        return receivers.values().stream().anyMatch(receiver -> receiver.inFlight > 0);
    }

    void onArrived(Item item) {
        Receiver receiver = receiver(item);
        receiver.arrivals++;
        finish(receiver, item);
    }

    /** When it is tried again; {@link #NEVER}: it is given up. */
    long onFailed(Item item, Attempt.Result result, long nowMillis) {
        Receiver receiver = receiver(item);
        Lane lane = lane(receiver, item);
        if (isReason(receiver, lane, result)) {
            lane.refusals++;
        }
        lane.arrivalsSeen = receiver.arrivals;
        long again = nowMillis + pauseMillis(item.attempts() + 1);
        if (lane.refusals >= MAX_REFUSALS || again - item.createdMillis() > retryForMillis) {
            finish(receiver, item);
            return NEVER;
        }
        receiver.inFlight--;
        lane.items.remove();
        lane.items.addFirst(item.tried());
        lane.dueMillis = again;
        receiver.resting.add(lane);
        return again;
    }

    /** Whether the event is the reason: the receiver says so, or takes those of other rooms meanwhile. */
    private static boolean isReason(Receiver receiver, Lane lane, Attempt.Result result) {
        return switch (result) {
            case ARRIVED, AWAY -> false;
            case FAILED -> receiver.arrivals > lane.arrivalsSeen;
            case REFUSED -> true;
        };
    }

    private long pauseMillis(int attempts) {
        int doublings = Math.min(attempts - 1, Long.SIZE / 4);
        long pause = Math.min(FIRST_PAUSE_MILLIS << doublings, MAX_PAUSE_MILLIS);
        return Math.round(pause * random.nextDouble(1 - JITTER, 1 + JITTER));
    }

    private void finish(Receiver receiver, Item item) {
        receiver.inFlight--;
        Lane lane = lane(receiver, item);
        lane.items.remove();
        size--;
        byAge.compute(item.createdMillis(), (_, count) -> oneLess(count));
        if (lane.items.isEmpty()) {
            receiver.lanes.remove(item.room());
        } else {
            lane.dueMillis = item.createdMillis();
            lane.refusals = 0;
            lane.arrivalsSeen = receiver.arrivals;
            receiver.resting.add(lane);
        }
    }

    private static @Nullable Integer oneLess(@Nullable Integer count) {
        return count == null || count == 1 ? null : count - 1;
    }

    private Receiver receiver(Item item) {
        Receiver receiver = receivers.get(item.url());
        if (receiver == null) {
            throw new IllegalStateException("nothing is under way to " + item.url());
        }
        return receiver;
    }

    private static Lane lane(Receiver receiver, Item item) {
        Lane lane = receiver.lanes.get(item.room());
        if (lane == null || lane.items.element().id() != item.id()) {
            throw new IllegalStateException("delivery " + item.id() + " is not under way");
        }
        return lane;
    }
}
