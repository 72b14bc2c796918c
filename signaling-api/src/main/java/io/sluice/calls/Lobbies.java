package io.sluice.calls;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * Who waits to be let into a call. A guest holds a ticket, a secret by which it asks what the host has said; the host
 * knows it by an id that opens nothing. Whoever does not ask for a while is gone. In memory only: after a restart
 * guests ask again.
 *
 * <p>Used from any thread.
 */
final class Lobbies {
    /** So many wait for one call: more names than a host reads. */
    static final int MAX_WAITING = 100;

    /** Some 200 bytes each. */
    static final int MAX_TICKETS = 5_000;

    /** Pages of one call's hosts that may wait for news at a time; of more the first are answered. */
    private static final int MAX_HOSTS = 8;

    /** A guest asks again at once when it is answered, which it is after 25 s at the latest. */
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(40);

    /** What the host has said. */
    enum Answer {
        WAITING,
        ADMITTED,
        REFUSED
    }

    /** What a guest sees of itself. */
    record Seat(String code, String identity, String name, Answer answer) {}

    /** What a host sees of a guest. */
    record Guest(String id, String name, long sinceMillis) {}

    /**
     * @param version another one after each change
     */
    record Waiting(long version, List<Guest> guests) {}

    private static final class Ticket {
        private final String secret;
        private final String id;
        private final String code;
        private final String identity;
        private final String name;
        private final long sinceMillis;
        private long seenNanos;
        private Answer answer = Answer.WAITING;
        private CompletableFuture<Void> news = new CompletableFuture<>();

        private Ticket(
                String secret,
                String id,
                String code,
                String identity,
                String name,
                long sinceMillis) {
            this.secret = secret;
            this.id = id;
            this.code = code;
            this.identity = identity;
            this.name = name;
            this.sinceMillis = sinceMillis;
        }
    }

    /** Of one call. */
    private static final class Lobby {
        private final Map<String, Ticket> byId = new LinkedHashMap<>();
        private final Deque<CompletableFuture<Void>> hosts = new ArrayDeque<>();
        private long version;
    }

    private final RandomGenerator random;
    private final Lock lock = new ReentrantLock();
    private final Map<String, Ticket> bySecret = new HashMap<>();
    private final Map<String, Lobby> byCode = new HashMap<>();
    private long nextVersion = 1;

    Lobbies(RandomGenerator random) {
        this.random = random;
    }

    /** Futures to complete when the lock is free: what hangs on them is not ours. */
    private static final class News {
        private final List<CompletableFuture<Void>> told = new ArrayList<>();

        void tell() {
            told.forEach(one -> one.complete(null));
        }
    }

    /** Gives somebody a ticket; whoever has one for this call gives it back. Empty if too many wait. */
    Optional<String> enter(
            String code, String identity, String name, long nowMillis, long nowNanos) {
        News news = new News();
        lock.lock();
        try {
            sweep(nowNanos, news);
            Lobby lobby = byCode.computeIfAbsent(code, _ -> new Lobby());
            List.copyOf(lobby.byId.values()).stream()
                    .filter(ticket -> ticket.identity.equals(identity))
                    .forEach(ticket -> remove(ticket, news));
            if (lobby.byId.size() >= MAX_WAITING || bySecret.size() >= MAX_TICKETS) {
                forgetIfEmpty(code, lobby);
                return Optional.empty();
            }
            byCode.put(code, lobby);
            Ticket ticket =
                    new Ticket(
                            Secrets.next(random),
                            Secrets.next(random),
                            code,
                            identity,
                            name,
                            nowMillis);
            ticket.seenNanos = nowNanos;
            lobby.byId.put(ticket.id, ticket);
            bySecret.put(ticket.secret, ticket);
            changed(lobby, news);
            return Optional.of(ticket.secret);
        } finally {
            lock.unlock();
            news.tell();
        }
    }

    /** What became of a ticket of this call; empty if there is no such one (any more). */
    Optional<Seat> look(String code, String secret, long nowNanos) {
        lock.lock();
        try {
            Ticket ticket = bySecret.get(secret);
            if (ticket == null || !ticket.code.equals(code)) {
                return Optional.empty();
            }
            ticket.seenNanos = nowNanos;
            return Optional.of(new Seat(ticket.code, ticket.identity, ticket.name, ticket.answer));
        } finally {
            lock.unlock();
        }
    }

    /** Completes when a ticket's holder should look again; an earlier one of the same ticket completes now. */
    CompletableFuture<Void> guestNews(String secret) {
        CompletableFuture<Void> before = null;
        CompletableFuture<Void> news = new CompletableFuture<>();
        lock.lock();
        try {
            Ticket ticket = bySecret.get(secret);
            if (ticket == null || ticket.answer != Answer.WAITING) {
                news.complete(null);
            } else {
                before = ticket.news;
                ticket.news = news;
            }
            return news;
        } finally {
            lock.unlock();
            if (before != null) {
                before.complete(null);
            }
        }
    }

    /** Who waits for a call. */
    Waiting waiting(String code, long nowNanos) {
        News news = new News();
        lock.lock();
        try {
            sweep(nowNanos, news);
            Lobby lobby = byCode.get(code);
            if (lobby == null) {
                return new Waiting(0, List.of());
            }
            List<Guest> guests =
                    lobby.byId.values().stream()
                            .filter(ticket -> ticket.answer == Answer.WAITING)
                            .map(ticket -> new Guest(ticket.id, ticket.name, ticket.sinceMillis))
                            .toList();
            return new Waiting(lobby.version, guests);
        } finally {
            lock.unlock();
            news.tell();
        }
    }

    /** Completes when there is another version than this one. */
    CompletableFuture<Void> hostNews(String code, long version) {
        CompletableFuture<Void> news = new CompletableFuture<>();
        CompletableFuture<Void> first = null;
        lock.lock();
        try {
            Lobby lobby = byCode.computeIfAbsent(code, _ -> new Lobby());
            if (lobby.version != version) {
                news.complete(null);
                return news;
            }
            lobby.hosts.removeIf(CompletableFuture::isDone);
            if (lobby.hosts.size() >= MAX_HOSTS) {
                first = lobby.hosts.poll();
            }
            lobby.hosts.add(news);
            return news;
        } finally {
            lock.unlock();
            if (first != null) {
                first.complete(null);
            }
        }
    }

    /** Forgets a host that waits no more. */
    void hostLeft(String code, CompletableFuture<Void> news) {
        lock.lock();
        try {
            Lobby lobby = byCode.get(code);
            if (lobby != null) {
                lobby.hosts.remove(news);
                forgetIfEmpty(code, lobby);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Who waits under an id, to be answered; empty if nobody does. */
    Optional<Seat> seat(String code, String id) {
        lock.lock();
        try {
            return Optional.ofNullable(byCode.get(code))
                    .map(lobby -> lobby.byId.get(id))
                    .filter(ticket -> ticket.answer == Answer.WAITING)
                    .map(ticket ->
                            new Seat(ticket.code, ticket.identity, ticket.name, ticket.answer));
        } finally {
            lock.unlock();
        }
    }

    /** Says what the host says; nothing happens if nobody waits under this id. */
    void answer(String code, String id, boolean admit) {
        News news = new News();
        lock.lock();
        try {
            Lobby lobby = byCode.get(code);
            Ticket ticket = lobby == null ? null : lobby.byId.get(id);
            if (lobby != null && ticket != null && ticket.answer == Answer.WAITING) {
                ticket.answer = admit ? Answer.ADMITTED : Answer.REFUSED;
                news.told.add(ticket.news);
                changed(lobby, news);
            }
        } finally {
            lock.unlock();
            news.tell();
        }
    }

    /** A guest waits no more. */
    void leave(String code, String secret) {
        News news = new News();
        lock.lock();
        try {
            Ticket ticket = bySecret.get(secret);
            if (ticket != null && ticket.code.equals(code)) {
                remove(ticket, news);
            }
        } finally {
            lock.unlock();
            news.tell();
        }
    }

    /** The call is over. */
    void end(String code) {
        News news = new News();
        lock.lock();
        try {
            Lobby lobby = byCode.get(code);
            if (lobby != null) {
                List.copyOf(lobby.byId.values()).forEach(ticket -> remove(ticket, news));
                news.told.addAll(lobby.hosts);
                lobby.hosts.clear();
                byCode.remove(code);
            }
        } finally {
            lock.unlock();
            news.tell();
        }
    }

    /** Guests that wait or have not yet heard their answer. */
    int size() {
        lock.lock();
        try {
            return bySecret.size();
        } finally {
            lock.unlock();
        }
    }

    private void sweep(long nowNanos, News news) {
        List.copyOf(bySecret.values()).stream()
                .filter(ticket -> nowNanos - ticket.seenNanos > TIMEOUT_NANOS)
                .forEach(ticket -> remove(ticket, news));
    }

    private void remove(Ticket ticket, News news) {
        bySecret.remove(ticket.secret);
        Lobby lobby = Objects.requireNonNull(byCode.get(ticket.code));
        lobby.byId.remove(ticket.id);
        news.told.add(ticket.news);
        changed(lobby, news);
        forgetIfEmpty(ticket.code, lobby);
    }

    private void changed(Lobby lobby, News news) {
        lobby.version = nextVersion++;
        news.told.addAll(lobby.hosts);
        lobby.hosts.clear();
    }

    private void forgetIfEmpty(String code, Lobby lobby) {
        if (lobby.byId.isEmpty() && lobby.hosts.isEmpty()) {
            byCode.remove(code);
        }
    }
}
