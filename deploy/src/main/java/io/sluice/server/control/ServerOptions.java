package io.sluice.server.control;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server is meant, and by which key it knows the operator. Filled by picocli. */
public final class ServerOptions {
    private static final String DEFAULT_URL = "http://localhost:7880";

    /** A command asks some questions within a second; clocks differ. */
    private static final Duration VALIDITY = Duration.ofMinutes(2);

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The server. Also SLUICE_URL. Default: " + DEFAULT_URL + ".")
    private @Nullable String url;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description =
                    "The name of the API key. Its secret stands in SLUICE_API_SECRET; others can read"
                            + " a command line. Also SLUICE_API_KEY, or the first line of SLUICE_KEYS"
                            + " for both. Default: the key of development.")
    private @Nullable String apiKey;

    /** A key with its secret. */
    private record Key(String name, String secret) {}

    /** Where it answers; throws IllegalArgumentException if that is no address. */
    public URI url(Map<String, String> environment) {
        String text =
                url == null ? environment.getOrDefault("SLUICE_URL", DEFAULT_URL).strip() : url;
        return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    }

    /** A token for administration, of one room if it is named; throws IllegalArgumentException without a whole key. */
    public String administration(Map<String, String> environment, @Nullable String room) {
        Map<String, Object> video =
                room == null
                        ? Map.of("roomList", true, "roomCreate", true)
                        : Map.of(
                                "roomList",
                                true,
                                "roomCreate",
                                true,
                                "roomAdmin",
                                true,
                                "room",
                                room);
        return sign(environment, "operator", "", video, VALIDITY);
    }

    /** Signs what is claimed, as LiveKit's tokens claim it. */
    String sign(
            Map<String, String> environment,
            String identity,
            String name,
            Map<String, Object> video,
            Duration validity) {
        Key key = key(environment);
        Instant now = Instant.now();
        var token =
                JWT.create()
                        .withIssuer(key.name)
                        .withSubject(identity)
                        .withNotBefore(now)
                        .withExpiresAt(now.plus(validity))
                        .withClaim("video", video);
        if (!name.isEmpty()) {
            token.withClaim("name", name);
        }
        return token.sign(Algorithm.HMAC256(key.secret));
    }

    private Key key(Map<String, String> environment) {
        String name = apiKey == null ? environment.getOrDefault("SLUICE_API_KEY", "") : apiKey;
        String secret = environment.getOrDefault("SLUICE_API_SECRET", "");
        if (!secret.isBlank() && !name.isBlank()) {
            return new Key(name.strip(), secret.strip());
        }
        for (String line : environment.getOrDefault("SLUICE_KEYS", "").lines().toList()) {
            int colon = line.indexOf(':');
            if (colon > 0 && (name.isBlank() || line.substring(0, colon).strip().equals(name))) {
                return new Key(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
            }
        }
        if (!name.isBlank() || !secret.isBlank()) {
            throw new IllegalArgumentException(
                    "A key needs its name (--api-key or SLUICE_API_KEY) and its secret"
                            + " (SLUICE_API_SECRET, or a line of SLUICE_KEYS).");
        }
        return new Key("devkey", "secret");
    }
}
