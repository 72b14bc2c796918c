package io.sluice.calls;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Who can be rung, and who rings whom. A device can be rung while its page asks for news; what it misses is kept for
 * it a while. In memory only: after a restart pages ask again, and nothing rings.
 *
 * <p>Used from any thread.
 */
final class Dialing {
    /** Devices that are known, some 500 bytes each; of more whoever has been away for longest is forgotten. */
    private static final int MAX_DEVICES = 10_000;

    private static final int MAX_RINGS = 1_000;

    /** Of one device; of more the first are forgotten. */
    private static final int MAX_MISSED = 20;

    /** Pages of one device that wait for news at a time. */
    private static final int MAX_PAGES = 4;

    /** A page asks again at once when it is answered, which it is after 25 s at the latest. */
    private static final long HERE_NANOS = TimeUnit.SECONDS.toNanos(40);

    /** A page in the background may be slow to ask again, as long as its tab is there. */
    static final long RING_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** So long a caller can learn what came of its ring. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(90);

    /** Whether somebody can be rung. */
    enum Reach {
        FREE,
        BUSY,
        ABSENT
    }

    /** What came of a ring. */
    enum State {
        RINGING,
        ACCEPTED,
        DECLINED,
        /** Nobody answered. */
        MISSED,
        /** The caller hung up. */
        CANCELLED
    }

    /** What a page says of its device. */
    record Presence(
            String number,
            String name,
            boolean busy,
            Set<String> contacts,
            Set<String> instant,
            long seenMissed) {}

    /** A contact as it is now. */
    record Contact(String number, Reach reach) {}

    /**
     * Somebody who rings.
     *
     * @param instant whether both want to be connected without being asked
     */
    record Incoming(String id, String number, String name, boolean audioOnly, boolean instant) {}

    record Missed(long id, String number, String name, long atMillis) {}

    /**
     * What a page is told.
     *
     * @param version another one after each change but that of a contact
     */
    record News(
            long version, List<Contact> contacts, List<Incoming> incoming, List<Missed> missed) {}

    /** A ring as its caller sees it. */
    record Outgoing(String secret, State state, String code) {}

    private static final class Device {
        private Presence presence;
        private long seenNanos;
        private long version = 1;
        private final Deque<Missed> missed = new ArrayDeque<>();
        private final Deque<CompletableFuture<Void>> pages = new ArrayDeque<>();

        private Device(Presence presence) {
            this.presence = presence;
        }
    }

    private static final class Ring {
        private final String secret;
        private final String id;
        private final Presence from;
        private final String to;
        private final boolean audioOnly;
        private final boolean instant;
        private final String code;
        private final long beganMillis;
        private final long beganNanos;
        private State state = State.RINGING;
        private final CompletableFuture<Void> news = new CompletableFuture<>();

        private Ring(
                RandomGenerator random,
                Presence from,
                String to,
                boolean audioOnly,
                boolean instant,
                String code,
                long beganMillis,
                long beganNanos) {
            secret = Secrets.next(random);
            id = Secrets.next(random);
            this.from = from;
            this.to = to;
            this.audioOnly = audioOnly;
            this.instant = instant;
            this.code = code;
            this.beganMillis = beganMillis;
            this.beganNanos = beganNanos;
        }
    }

    /** What is to be done when the lock is free: what hangs on it is not ours. */
    private final class Later {
        private final List<CompletableFuture<Void>> told = new ArrayList<>();
        private final List<String> unused = new ArrayList<>();
        private final List<MissedCall> missed = new ArrayList<>();

        void miss(Presence from, String to, MissedCall.Why why) {
            missed.add(new MissedCall(from.number(), from.name(), to, why));
        }

        void tell() {
            told.forEach(one -> one.complete(null));
            unused.forEach(onUnused);
            missed.forEach(onMissed);
        }
    }

    private final RandomGenerator random;
    private final Consumer<String> onUnused;
    private final Consumer<MissedCall> onMissed;
    private final Lock lock = new ReentrantLock();

    /** By number; whoever asked last is last. */
    private final Map<String, Device> devices = new LinkedHashMap<>();

    private final Map<String, Ring> bySecret = new LinkedHashMap<>();
    private final Map<String, Ring> byId = new HashMap<>();
    private long nextMissed = 1;

    /**
     * @param onUnused takes the code of a call to which nobody came
     * @param onMissed hears of each call that nobody took; must not block
     */
    Dialing(RandomGenerator random, Consumer<String> onUnused, Consumer<MissedCall> onMissed) {
        this.random = random;
        this.onUnused = onUnused;
        this.onMissed = onMissed;
    }

    /** A page is open: its device can be rung for a while. Returns what there is to know. */
    News here(Presence presence, long nowNanos) {
        Later later = new Later();
        lock.lock();
        try {
            sweep(nowNanos, later);
            Device device = devices.remove(presence.number());
            if (device == null) {
                makeRoom(later);
                device = new Device(presence);
            }
            device.presence = presence;
            device.seenNanos = nowNanos;
            device.missed.removeIf(one -> one.id() <= presence.seenMissed());
            devices.put(presence.number(), device);
            return news(device, nowNanos);
        } finally {
            lock.unlock();
            later.tell();
        }
    }

    /** Completes when there is another version of a device's news than this one. */
    CompletableFuture<Void> awaitNews(String number, long version) {
        CompletableFuture<Void> news = new CompletableFuture<>();
        CompletableFuture<Void> first = null;
        lock.lock();
        try {
            Device device = devices.get(number);
            if (device == null || device.version != version) {
                news.complete(null);
                return news;
            }
            device.pages.removeIf(CompletableFuture::isDone);
            if (device.pages.size() >= MAX_PAGES) {
                first = device.pages.poll();
            }
            device.pages.add(news);
            return news;
        } finally {
            lock.unlock();
            if (first != null) {
                first.complete(null);
            }
        }
    }

    /** The same once more, without a page's saying anything new; empty if the device is forgotten. */
    Optional<News> look(String number, long nowNanos) {
        Later later = new Later();
        lock.lock();
        try {
            sweep(nowNanos, later);
            return Optional.ofNullable(devices.get(number)).map(device -> news(device, nowNanos));
        } finally {
            lock.unlock();
            later.tell();
        }
    }

    /** A device wants to be rung no more. */
    void gone(String number) {
        Later later = new Later();
        lock.lock();
        try {
            Device device = devices.remove(number);
            if (device != null) {
                later.told.addAll(device.pages);
            }
        } finally {
            lock.unlock();
            later.tell();
        }
    }

    /** Whether somebody can be rung now. */
    Reach reach(String number, long nowNanos) {
        lock.lock();
        try {
            return reach(number, ringing(), nowNanos);
        } finally {
            lock.unlock();
        }
    }

    /** Notes that somebody was called who was not free. */
    void missed(Presence from, String to, Reach reach, long nowMillis) {
        Later later = new Later();
        lock.lock();
        try {
            addMissed(from, to, nowMillis, later);
            // A number that no page ever had is anybody's invention.
            if (devices.containsKey(to)) {
                later.miss(
                        from,
                        to,
                        reach == Reach.BUSY ? MissedCall.Why.BUSY : MissedCall.Why.ABSENT);
            }
        } finally {
            lock.unlock();
            later.tell();
        }
    }

    /**
     * Rings somebody.
     *
     * @param code of the call that waits for both
     * @return empty if that one is free no more, or there are too many rings
     */
    Optional<Outgoing> ring(
            Presence from,
            String to,
            boolean audioOnly,
            String code,
            long nowMillis,
            long nowNanos) {
        Later later = new Later();
        lock.lock();
        try {
            sweep(nowNanos, later);
            Device device = devices.get(to);
            if (device == null
                    || reach(to, ringing(), nowNanos) != Reach.FREE
                    || bySecret.size() >= MAX_RINGS) {
                return Optional.empty();
            }
            Device caller = devices.get(from.number());
            boolean instant =
                    caller != null
                            && caller.presence.instant().contains(to)
                            && device.presence.instant().contains(from.number());
            Ring ring = new Ring(random, from, to, audioOnly, instant, code, nowMillis, nowNanos);
            bySecret.put(ring.secret, ring);
            byId.put(ring.id, ring);
            changed(device, later);
            return Optional.of(outgoing(ring));
        } finally {
            lock.unlock();
            later.tell();
        }
    }

    /** What came of a ring so far; empty if there is no such one (any more). */
    Optional<Outgoing> outgoing(String secret, long nowNanos) {
        Later later = new Later();
        lock.lock();
        try {
            sweep(nowNanos, later);
            return Optional.ofNullable(bySecret.get(secret)).map(Dialing::outgoing);
        } finally {
            lock.unlock();
            later.tell();
        }
    }

    /** Completes when a ring's caller should look again. */
    CompletableFuture<Void> awaitAnswer(String secret) {
        lock.lock();
        try {
            Ring ring = bySecret.get(secret);
            return ring == null || ring.state != State.RINGING
                    ? CompletableFuture.completedFuture(null)
                    : ring.news.copy();
        } finally {
            lock.unlock();
        }
    }

    /** The caller hangs up. */
    void cancel(String secret) {
        Later later = new Later();
        lock.lock();
        try {
            Ring ring = bySecret.get(secret);
            if (ring != null && ring.state == State.RINGING) {
                end(ring, State.CANCELLED, later);
                addMissed(ring.from, ring.to, ring.beganMillis, later);
            }
        } finally {
            lock.unlock();
            later.tell();
        }
    }

    /** Whoever is rung says whether it comes; empty if nothing rings there under this id (any more). */
    Optional<Outgoing> answer(String number, String id, boolean accept, long nowNanos) {
        Later later = new Later();
        lock.lock();
        try {
            sweep(nowNanos, later);
            Ring ring = byId.get(id);
            if (ring == null || !ring.to.equals(number) || ring.state != State.RINGING) {
                return Optional.empty();
            }
            end(ring, accept ? State.ACCEPTED : State.DECLINED, later);
            return Optional.of(outgoing(ring));
        } finally {
            lock.unlock();
            later.tell();
        }
    }

    // ---- with the lock

    private static Outgoing outgoing(Ring ring) {
        return new Outgoing(ring.secret, ring.state, ring.code);
    }

    /** The numbers between which it rings. */
    private Set<String> ringing() {
        Set<String> numbers = new HashSet<>();
        for (Ring ring : bySecret.values()) {
            if (ring.state == State.RINGING) {
                numbers.add(ring.from.number());
                numbers.add(ring.to);
            }
        }
        return numbers;
    }

    private Reach reach(String number, Set<String> ringing, long nowNanos) {
        Device device = devices.get(number);
        if (device == null || nowNanos - device.seenNanos > HERE_NANOS) {
            return Reach.ABSENT;
        }
        return device.presence.busy() || ringing.contains(number) ? Reach.BUSY : Reach.FREE;
    }

    private News news(Device device, long nowNanos) {
        Set<String> ringing = ringing();
        List<Contact> contacts =
                device.presence.contacts().stream()
                        .map(one -> new Contact(one, reach(one, ringing, nowNanos)))
                        .toList();
        String number = device.presence.number();
        List<Incoming> incoming =
                byId.values().stream()
                        .filter(ring -> ring.to.equals(number) && ring.state == State.RINGING)
                        .map(ring ->
                                new Incoming(
                                        ring.id,
                                        ring.from.number(),
                                        ring.from.name(),
                                        ring.audioOnly,
                                        ring.instant))
                        .toList();
        return new News(device.version, contacts, incoming, List.copyOf(device.missed));
    }

    private void sweep(long nowNanos, Later later) {
        Iterator<Ring> rings = bySecret.values().iterator();
        while (rings.hasNext()) {
            Ring ring = rings.next();
            long ageNanos = nowNanos - ring.beganNanos;
            if (ring.state == State.RINGING && ageNanos >= RING_NANOS) {
                end(ring, State.MISSED, later);
                addMissed(ring.from, ring.to, ring.beganMillis, later);
            }
            if (ageNanos > KEPT_NANOS) {
                rings.remove();
                byId.remove(ring.id);
            }
        }
    }

    private void end(Ring ring, State state, Later later) {
        ring.state = state;
        later.told.add(ring.news);
        if (state != State.ACCEPTED) {
            later.unused.add(ring.code);
            later.miss(ring.from, ring.to, why(state));
        }
        Device device = devices.get(ring.to);
        if (device != null) {
            changed(device, later);
        }
    }

    private static MissedCall.Why why(State end) {
        return switch (end) {
            case DECLINED -> MissedCall.Why.DECLINED;
            case CANCELLED -> MissedCall.Why.CANCELLED;
            case MISSED -> MissedCall.Why.UNANSWERED;
            case RINGING, ACCEPTED ->
                    throw new IllegalArgumentException("nobody misses a call that is " + end);
        };
    }

    private void addMissed(Presence from, String to, long atMillis, Later later) {
        Device device = devices.get(to);
        if (device == null) {
            return;
        }
        device.missed.add(new Missed(nextMissed++, from.number(), from.name(), atMillis));
        if (device.missed.size() > MAX_MISSED) {
            device.missed.remove();
        }
        changed(device, later);
    }

    private static void changed(Device device, Later later) {
        device.version++;
        later.told.addAll(device.pages);
        device.pages.clear();
    }

    private void makeRoom(Later later) {
        if (devices.size() >= MAX_DEVICES) {
            Iterator<Device> all = devices.values().iterator();
            later.told.addAll(all.next().pages);
            all.remove();
        }
    }
}
