package io.sluice.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The API keys whose holders may sign tokens, each with its secret. A secret is never printed, {@link
 * #toString} included. Used from any thread; other keys may take the place of these at any time.
 */
public final class ApiKeys {
    /** RFC 7518 3.2: an HS256 key shorter than its hash (256 bits) can be guessed from one token. */
    public static final int MIN_SECRET_BYTES = 32;

    /** The key of dev mode, the same as LiveKit's, so that its tools work unchanged. */
    public static final ApiKeys DEV = new ApiKeys(Map.of("devkey", "secret"));

    /** Replaced as a whole. */
    private volatile Map<String, String> secrets;

    /** Further keys, whatever is replaced in them; null for none. */
    private final @Nullable ApiKeys others;

    private ApiKeys(Map<String, String> secrets) {
        this(secrets, null);
    }

    private ApiKeys(Map<String, String> secrets, @Nullable ApiKeys others) {
        this.secrets = Map.copyOf(secrets);
        this.others = others;
    }

    /** Takes other keys from now on; tokens that are signed by a key that is no more open nothing. */
    public void replace(ApiKeys changed) {
        secrets = changed.secrets;
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
     * Keys with their secrets.
     *
     * @throws IllegalArgumentException if one has no name or no secret
     */
    public static ApiKeys of(Map<String, String> secrets) {
        secrets.forEach((key, secret) -> {
            if (key.isBlank() || secret.isBlank()) {
                throw new IllegalArgumentException(
                        "The API key \"" + key + "\" needs a name and a secret.");
            }
        });
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

    /**
     * These and one more, by which the server itself signs.
     *
     * @throws IllegalArgumentException if there is a key of this name
     */
    public ApiKeys with(String key, String secret) {
        if (secret(key).isPresent()) {
            throw new IllegalArgumentException(
                    "The API key " + key + " is the server's own: choose another name.");
        }
        return new ApiKeys(Map.of(key, secret), this);
    }

    public boolean isEmpty() {
        return secrets.isEmpty() && (others == null || others.isEmpty());
    }

    /** The names of the keys. */
    public List<String> names() {
        List<String> names = new ArrayList<>(others == null ? List.of() : others.names());
        names.addAll(secrets.keySet());
        return List.copyOf(names);
    }

    /** Those that are added win: nobody takes the server's own key from it. */
    Optional<String> secret(String key) {
        String own = secrets.get(key);
        return own == null && others != null ? others.secret(key) : Optional.ofNullable(own);
    }

    @Override
    public String toString() {
        return "ApiKeys" + names();
    }
}
