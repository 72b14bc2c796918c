package io.sluice.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tokens that open nothing any more although they have not expired: whoever was removed does not come back
 * with the same one. Used from any thread.
 */
final class RevokedTokens {
    /** Some 100 bytes each; of more the oldest are forgotten. */
    static final int MAX_TOKENS = 10_000;

    /** By what is left of a token when it is hashed: the tokens themselves are kept nowhere. */
    private final Map<String, Instant> expiries = new LinkedHashMap<>();

    synchronized void add(String token, Instant expiresAt, Instant now) {
        expiries.values().removeIf(expiry -> expiry.isBefore(now));
        if (expiries.size() >= MAX_TOKENS) {
            Iterator<String> oldest = expiries.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        expiries.put(digest(token), expiresAt);
    }

    synchronized boolean contains(String token) {
        return !expiries.isEmpty() && expiries.containsKey(digest(token));
    }

    private static String digest(String token) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(token.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
