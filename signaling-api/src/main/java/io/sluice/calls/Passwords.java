package io.sluice.calls;

import io.sluice.api.AddressRates;
import io.sluice.api.rest.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * Hashes passwords by Argon2id (RFC 9106), so slow that a stolen database does not give them away, and few at a time,
 * so that nobody can have the server do nothing else. Used from any thread; owns two.
 */
final class Passwords implements AutoCloseable {
    /** OWASP's first choice: 19 MiB, two passes, one lane; some 50 ms. */
    private static final int MEMORY_KIB = 19 * 1024;

    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    /** They would take the media loops' time and 19 MiB each. */
    private static final int MAX_AT_ONCE = 2;

    /** About a second of work on a machine that has the time; who comes then is told at once to come again. */
    static final int MAX_WAITING = 32;

    /** Of hosts who set a password, waiting or not: half of the places stay for those who want to come in. */
    static final int MAX_SET = MAX_WAITING / 2;

    /** Of these, by hosts at one address: one alone leaves places to others. */
    static final int MAX_SET_BY_ADDRESS = 4;

    /**
     * Of those that wait, on a machine so busy that their second becomes a long time: they should hear of it before they
     * give up by themselves.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int IDLE_SECONDS = 10;

    private static final String TOO_MANY = "Too many passwords are being checked";
    private static final String TOO_SLOW = "The server has no time for passwords now";

    private final SecureRandom random;
    private final CallCounters counters;
    private final Duration patience;
    private final Lock lock = new ReentrantLock();

    /** Under the lock: how many are being set, by address, and together. */
    private final Map<Long, Integer> setting = new HashMap<>();

    private int settingNow;
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(
                    MAX_AT_ONCE,
                    MAX_AT_ONCE,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(MAX_WAITING),
                    Thread.ofPlatform().daemon().name("sluice-passwords-", 0).factory());

    Passwords(SecureRandom random, CallCounters counters) {
        this(random, counters, PATIENCE);
    }

    /**
     * Any thread.
     *
     * @param patience after which whoever waits for one is told to come again
     */
    Passwords(SecureRandom random, CallCounters counters, Duration patience) {
        this.random = random;
        this.counters = counters;
        this.patience = patience;
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * The salt and the hash of a password that a host sets; fails as {@link #start} does, and if hosts set too many.
     * Such refusals are counted.
     *
     * @param address the host's, an IP literal
     */
    CompletableFuture<String> hash(String password, String address) {
        long key = AddressRates.key(address);
        if (!beginSetting(key)) {
            counters.countPasswordNotSet();
            return CompletableFuture.failedFuture(busy(TOO_MANY));
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return start(() -> encoded(salt) + "$" + encoded(argon2id(password, salt)))
                .whenComplete((_, failure) -> {
                    endSetting(key);
                    if (isRefusal(failure)) {
                        counters.countPasswordNotSet();
                    }
                });
    }

    private boolean beginSetting(long addressKey) {
        lock.lock();
        try {
            int ofAddress = setting.getOrDefault(addressKey, 0);
            if (settingNow >= MAX_SET || ofAddress >= MAX_SET_BY_ADDRESS) {
                return false;
            }
            setting.put(addressKey, ofAddress + 1);
            settingNow++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void endSetting(long addressKey) {
        lock.lock();
        try {
            setting.computeIfPresent(addressKey, (_, count) -> count == 1 ? null : count - 1);
            settingNow--;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a password is the one of a hash; fails as {@link #start} does. */
    CompletableFuture<Boolean> matches(String password, String hash) {
        int dollar = hash.indexOf('$');
        byte[] salt = Base64.getDecoder().decode(hash.substring(0, dollar));
        byte[] wanted = Base64.getDecoder().decode(hash.substring(dollar + 1));
        return start(() -> MessageDigest.isEqual(wanted, argon2id(password, salt)));
    }

    /**
     * Does it on a thread of ours; any thread may ask, and the future's steps are run by any. What is not begun in
     * time is not done at all, and leaves its place to others.
     *
     * @return fails with a {@link Refusal} if too many wait, or it is not done in time
     */
    <T> CompletableFuture<T> start(Supplier<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Runnable turn =
                () -> {
                    Future<?> _ = done.completeAsync(work, Runnable::run);
                };
        try {
            threads.execute(turn);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.failedFuture(busy(TOO_MANY));
        }
        return done.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> {
                    if (failure instanceof TimeoutException) {
                        threads.remove(turn);
                        return CompletableFuture.failedFuture(busy(TOO_SLOW));
                    }
                    return CompletableFuture.failedFuture(failure);
                });
    }

    /** Whether nobody looked, for want of time or places; anything else that fails is a defect. */
    static boolean isRefusal(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof Refusal;
    }

    private static Refusal busy(String why) {
        return new Refusal(503, "busy", "Try later", why + "; try again in some seconds.");
    }

    private static String encoded(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] argon2id(String password, byte[] salt) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(MEMORY_KIB)
                        .withIterations(PASSES)
                        .withParallelism(LANES)
                        .withSalt(salt)
                        .build());
        byte[] hash = new byte[HASH_BYTES];
        generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
        return hash;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
