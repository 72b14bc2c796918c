package io.sluice.api;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The API keys whose holders may sign tokens, each with its secret. A secret is never printed, {@link
 * #toString} included.
 */
public final class ApiKeys {
    /** RFC 7518 3.2: an HS256 key shorter than its hash (256 bits) can be guessed from one token. */
    public static final int MIN_SECRET_BYTES = 32;

    /** The key of dev mode, the same as LiveKit's, so that its tools work unchanged. */
    public static final ApiKeys DEV = new ApiKeys(Map.of("devkey", "secret"));

    private final Map<String, String> secrets;

    private ApiKeys(Map<String, String> secrets) {
        this.secrets = Map.copyOf(secrets);
    }

    /**
     * Reads lines of the form {@code key: secret}.
     *
     * @throws IllegalArgumentException which says what is wrong with a line, without its secret
     */
    public static ApiKeys parse(List<String> lines) {
        Map<String, String> secrets = new LinkedHashMap<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            String key = colon < 0 ? "" : line.substring(0, colon).strip();
            String secret = colon < 0 ? "" : line.substring(colon + 1).strip();
            if (key.isEmpty() || secret.isEmpty()) {
                throw new IllegalArgumentException(
                        "An API key is written as \"key: secret\", with something on both sides of"
                                + " the colon.");
            }
            if (secrets.put(key, secret) != null) {
                throw new IllegalArgumentException("The API key " + key + " is given twice.");
            }
        }
        return new ApiKeys(secrets);
    }

    /**
     * Refuses secrets under {@value #MIN_SECRET_BYTES} bytes.
     *
     * @throws IllegalArgumentException which says how to make a good one
     */
    public void requireStrongSecrets() {
        secrets.forEach((key, secret) -> {
            int sizeBytes = secret.getBytes(StandardCharsets.UTF_8).length;
            if (sizeBytes < MIN_SECRET_BYTES) {
                throw new IllegalArgumentException(
                        "The secret of the API key "
                                + key
                                + " has "
                                + sizeBytes
                                + " bytes; at least "
                                + MIN_SECRET_BYTES
                                + " are needed. Make one with: openssl rand -base64 32");
            }
        });
    }

    public boolean isEmpty() {
        return secrets.isEmpty();
    }

    /** The names of the keys. */
    public List<String> names() {
        return List.copyOf(secrets.keySet());
    }

    Optional<String> secret(String key) {
        return Optional.ofNullable(secrets.get(key));
    }

    @Override
    public String toString() {
        return "ApiKeys" + secrets.keySet();
    }
}
