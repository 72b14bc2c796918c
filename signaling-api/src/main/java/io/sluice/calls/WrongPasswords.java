package io.sluice.calls;

import io.sluice.api.AddressRates;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Slows down who guesses the password of a call: after five wrong ones an address waits before each further one,
 * longer each time. An attempt counts as wrong from its beginning, so that many at once do not come before the first
 * is known to be wrong.
 *
 * <p>Used from any thread.
 */
final class WrongPasswords {
    /** Typing errors. */
    static final int FREE_ATTEMPTS = 5;

    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long MAX_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(15);

    /** Doublings until the pause is the longest. */
    private static final int MAX_DOUBLINGS = 5;

    /** Who has not guessed for so long begins anew. */
    private static final long FORGET_NANOS = TimeUnit.HOURS.toNanos(1);

    /** Some 100 bytes each; of more the oldest are forgotten. */
    private static final int MAX_GUESSERS = 10_000;

    private record Guesser(String code, long addressKey) {}

    /**
     * @param freeNanos before which there is no further attempt
     */
    private record Guesses(int count, long freeNanos, long lastNanos) {}

    private final Lock lock = new ReentrantLock();
    private final Map<Guesser, Guesses> guessers = new LinkedHashMap<>();

    /**
     * Begins an attempt, which counts as wrong until {@link #onRight} or {@link #takeBack}; returns the nanoseconds to
     * wait, 0 to go on.
     */
    long begin(String code, String address, long nowNanos) {
        Guesser guesser = new Guesser(code, AddressRates.key(address));
        lock.lock();
        try {
            Guesses before = guessers.get(guesser);
            if (before != null && nowNanos - before.lastNanos() > FORGET_NANOS) {
                before = null;
            }
            if (before != null && before.freeNanos() - nowNanos > 0) {
                return before.freeNanos() - nowNanos;
            }
            int count = before == null ? 1 : before.count() + 1;
            guessers.remove(guesser);
            if (guessers.size() >= MAX_GUESSERS) {
                guessers.remove(guessers.keySet().iterator().next());
            }
            guessers.put(guesser, new Guesses(count, nowNanos + pauseNanos(count), nowNanos));
            return 0;
        } finally {
            lock.unlock();
        }
    }

    private static long pauseNanos(int count) {
        if (count < FREE_ATTEMPTS) {
            return 0;
        }
        int doublings = Math.min(count - FREE_ATTEMPTS, MAX_DOUBLINGS);
        return Math.min(FIRST_PAUSE_NANOS << doublings, MAX_PAUSE_NANOS);
    }

    /** An attempt that was begun has not been looked at: the next one may come at once. */
    void takeBack(String code, String address, long nowNanos) {
        Guesser guesser = new Guesser(code, AddressRates.key(address));
        lock.lock();
        try {
            guessers.computeIfPresent(
                    guesser,
                    (_, guesses) ->
                            guesses.count() == 1
                                    ? null
                                    : new Guesses(
                                            guesses.count() - 1, nowNanos, guesses.lastNanos()));
        } finally {
            lock.unlock();
        }
    }

    void onRight(String code, String address) {
        lock.lock();
        try {
            guessers.remove(new Guesser(code, AddressRates.key(address)));
        } finally {
            lock.unlock();
        }
    }
}
