package io.sluice.calls;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Secrets that nobody has to remember, so that they are too long to be guessed: their hash can be quick. */
final class Secrets {
    private static final int SIZE_BYTES = 16;
    private static final int IDENTITY_BYTES = 12;

    private Secrets() {}

    static String next(RandomGenerator random) {
        byte[] bytes = new byte[SIZE_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String hash(String secret) {
        return HexFormat.of().formatHex(sha256(secret));
    }

    static boolean matches(String secret, String hash) {
        return MessageDigest.isEqual(sha256(secret), HexFormat.of().parseHex(hash));
    }

    /**
     * Who a device is in one call. Everybody in the call sees it, so that it tells nothing of the device's key,
     * and is another in each call.
     */
    static String identity(String code, String device) {
        return "d-" + HexFormat.of().formatHex(sha256(code + "/" + device), 0, IDENTITY_BYTES);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }
}
