package io.sluice.api;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTVerifier;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.AlgorithmMismatchException;
import com.auth0.jwt.exceptions.IncorrectClaimException;
import com.auth0.jwt.exceptions.JWTDecodeException;
import com.auth0.jwt.exceptions.JWTVerificationException;
import com.auth0.jwt.exceptions.SignatureVerificationException;
import com.auth0.jwt.exceptions.TokenExpiredException;
import com.auth0.jwt.interfaces.DecodedJWT;
import io.sluice.api.TokenException.Reason;
import io.sluice.room.Guise;
import io.sluice.room.Permissions;
import io.sluice.transport.TrackSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Issues and verifies access tokens: JWTs (RFC 7519) signed with HS256 by the secret of an API key, their
 * claims in LiveKit's form. Immutable; used from any thread.
 */
public final class AccessTokens {
    /** Far above any real token, so that nobody makes us decode megabytes before a signature is seen. */
    public static final int MAX_TOKEN_CHARS = 16 * 1024;

    /** LiveKit's limit for identities and names. */
    public static final int MAX_IDENTITY_CHARS = 256;

    /** How far the clocks of issuer and server may differ, as in LiveKit. */
    private static final long LEEWAY_SECONDS = 60;

    /** A signature is checked when it comes. */
    private static final Duration SIGNATURE_VALIDITY = Duration.ofMinutes(5);

    private final ApiKeys keys;
    private final Clock clock;
    private final TokenReview review;

    public AccessTokens(ApiKeys keys, Clock clock) {
        this(keys, clock, bearer -> bearer);
    }

    /**
     * @param review has the last word on each token that is shown
     */
    public AccessTokens(ApiKeys keys, Clock clock, TokenReview review) {
        this.keys = keys;
        this.clock = clock;
        this.review = review;
    }

    /**
     * What is known of whoever shows a token.
     *
     * @param apiKey that signed it
     * @param expiresAt when it ends
     */
    public record Bearer(String apiKey, Grants grants, Instant expiresAt) {}

    /** Checks signature and times, and returns what the token grants. */
    public Grants verify(String token) throws TokenException {
        return open(token).grants();
    }

    /** Checks signature and times, and returns all that the token says. */
    public Bearer open(String token) throws TokenException {
        if (token.length() > MAX_TOKEN_CHARS) {
            throw new TokenException(
                    Reason.MALFORMED,
                    "The token is longer than " + MAX_TOKEN_CHARS + " characters.");
        }
        try {
            DecodedJWT decoded = JWT.decode(token);
            requireHs256(decoded);
            String issuer = decoded.getIssuer();
            String secret = issuer == null ? null : keys.secret(issuer).orElse(null);
            if (issuer == null || secret == null) {
                throw new TokenException(
                        Reason.UNKNOWN_KEY,
                        "The token's issuer (iss) is not an API key of this server.");
            }
            verifier(secret).verify(decoded);
            Instant expiresAt = decoded.getExpiresAtAsInstant();
            if (expiresAt == null) {
                throw new TokenException(Reason.NO_EXPIRY, "The token has no expiry time (exp).");
            }
            return review.review(new Bearer(issuer, grants(decoded), expiresAt));
        } catch (JWTVerificationException refused) {
            throw explain(refused);
        } catch (DateTimeException outOfRange) {
            // The library reads times before anything is verified, and lets this one through.
            throw new TokenException(Reason.MALFORMED, "The token's times are not valid.");
        }
    }

    /** Signs a token with the secret of {@code apiKey}, which must be one of ours. */
    public String issue(String apiKey, Grants grants, Duration validity) {
        String secret =
                keys.secret(apiKey)
                        .orElseThrow(() -> new IllegalArgumentException("no API key " + apiKey));
        Instant now = clock.instant();
        Permissions permissions = grants.permissions();
        Map<String, Object> video = new LinkedHashMap<>();
        video.put("roomJoin", grants.roomJoin());
        putIf(video, "roomCreate", grants.roomCreate());
        putIf(video, "roomList", grants.roomList());
        putIf(video, "roomAdmin", grants.roomAdmin());
        putIf(video, "canUpdateOwnMetadata", permissions.canUpdateMetadata());
        putIf(video, "hidden", grants.guise().hidden());
        if (grants.room() != null) {
            video.put("room", grants.room());
        }
        if (grants.destinationRoom() != null) {
            video.put("destinationRoom", grants.destinationRoom());
        }
        video.put("canPublish", permissions.canPublish());
        video.put("canSubscribe", permissions.canSubscribe());
        video.put("canPublishData", permissions.canPublishData());
        if (!permissions.publishSources().isEmpty()) {
            List<String> sources = new ArrayList<>();
            permissions.publishSources().forEach(source -> sources.add(claim(source)));
            video.put("canPublishSources", sources);
        }
        if (permissions.maxBitrate() > 0) {
            video.put("maxBitrate", permissions.maxBitrate());
        }
        var token =
                JWT.create()
                        .withIssuer(apiKey)
                        .withSubject(grants.identity())
                        .withNotBefore(now)
                        .withExpiresAt(now.plus(validity))
                        .withClaim("video", video);
        if (grants.name() != null) {
            token.withClaim("name", grants.name());
        }
        if (grants.metadata() != null) {
            token.withClaim("metadata", grants.metadata());
        }
        if (!grants.attributes().isEmpty()) {
            token.withClaim("attributes", grants.attributes());
        }
        Guise.Kind kind = grants.guise().kind();
        if (kind != Guise.Kind.STANDARD) {
            token.withClaim("kind", kind.name().toLowerCase(Locale.ROOT));
        }
        return token.sign(Algorithm.HMAC256(secret));
    }

    /**
     * Signs a body, so that whoever knows the secret of {@code apiKey}, which must be one of ours, can tell
     * that it is from us, as LiveKit signs its webhooks.
     */
    public String sign(String apiKey, byte[] body) {
        String secret =
                keys.secret(apiKey)
                        .orElseThrow(() -> new IllegalArgumentException("no API key " + apiKey));
        Instant now = clock.instant();
        return JWT.create()
                .withIssuer(apiKey)
                .withNotBefore(now)
                .withExpiresAt(now.plus(SIGNATURE_VALIDITY))
                .withClaim("sha256", sha256(body))
                .sign(Algorithm.HMAC256(secret));
    }

    private static String sha256(byte[] body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A grant that is absent is not given. */
    private static void putIf(Map<String, Object> video, String name, boolean granted) {
        if (granted) {
            video.put(name, true);
        }
    }

    private JWTVerifier verifier(String secret) {
        var verification =
                (JWTVerifier.BaseVerification)
                        JWT.require(Algorithm.HMAC256(secret))
                                .acceptLeeway(LEEWAY_SECONDS)
                                .ignoreIssuedAt();
        return verification.build(clock);
    }

    private static void requireHs256(DecodedJWT decoded) throws TokenException {
        if (!"HS256".equals(decoded.getAlgorithm())) {
            throw new TokenException(
                    Reason.WRONG_ALGORITHM, "The token must be signed with HS256.");
        }
    }

    private static Grants grants(DecodedJWT decoded) throws TokenException {
        Map<String, Object> video = decoded.getClaim("video").asMap();
        Claims claims = new Claims(video == null ? Map.of() : video);
        boolean canPublish = claims.flag("canPublish", true);
        boolean roomJoin = claims.flag("roomJoin", false);
        return new Grants(
                identity(decoded, roomJoin),
                decoded.getClaim("name").asString(),
                decoded.getClaim("metadata").asString(),
                roomJoin,
                claims.flag("roomCreate", false),
                claims.flag("roomList", false),
                claims.flag("roomAdmin", false),
                claims.text("room"),
                new Permissions(
                        canPublish,
                        claims.flag("canSubscribe", true),
                        claims.flag("canPublishData", canPublish),
                        claims.positive("maxBitrate"),
                        claims.sources(),
                        claims.flag("canUpdateOwnMetadata", false)),
                attributes(decoded),
                claims.text("destinationRoom"),
                new Guise(kind(decoded.getClaim("kind").asString()), claims.flag("hidden", false)));
    }

    /** As in LiveKit, one that is not known is an ordinary participant. */
    private static Guise.Kind kind(@Nullable String claimed) {
        for (Guise.Kind kind : Guise.Kind.values()) {
            if (kind.name().equalsIgnoreCase(claimed)) {
                return kind;
            }
        }
        return Guise.Kind.STANDARD;
    }

    private static Map<String, String> attributes(DecodedJWT decoded) throws TokenException {
        Map<String, Object> claimed = decoded.getClaim("attributes").asMap();
        Map<String, String> attributes = new LinkedHashMap<>();
        if (claimed == null) {
            return attributes;
        }
        for (Map.Entry<String, Object> entry : claimed.entrySet()) {
            if (!(entry.getValue() instanceof String value)) {
                throw new TokenException(
                        Reason.MALFORMED, "The token's attributes must be strings.");
            }
            attributes.put(entry.getKey(), value);
        }
        return attributes;
    }

    /** Whoever only administers need not be somebody: LiveKit's server SDKs leave the identity out. */
    private static String identity(DecodedJWT decoded, boolean needed) throws TokenException {
        String subject = decoded.getSubject();
        String found = subject == null || subject.isEmpty() ? decoded.getId() : subject;
        String identity = found == null ? "" : found;
        if ((needed && identity.isEmpty()) || identity.length() > MAX_IDENTITY_CHARS) {
            throw new TokenException(
                    Reason.NO_IDENTITY,
                    "The token has no identity (sub) of 1 to "
                            + MAX_IDENTITY_CHARS
                            + " characters.");
        }
        return identity;
    }

    private static TokenException explain(JWTVerificationException refused) {
        return switch (refused) {
            case TokenExpiredException _ ->
                    new TokenException(Reason.EXPIRED, "The token has expired; ask for a new one.");
            case SignatureVerificationException _ ->
                    new TokenException(
                            Reason.BAD_SIGNATURE,
                            "The token's signature does not match the secret of its API key.");
            case AlgorithmMismatchException _ ->
                    new TokenException(
                            Reason.WRONG_ALGORITHM, "The token must be signed with HS256.");
            // The only claim that is compared is nbf.
            case IncorrectClaimException _ ->
                    new TokenException(Reason.NOT_YET_VALID, "The token is not valid yet (nbf).");
            case JWTDecodeException _ -> new TokenException(Reason.MALFORMED, "This is not a JWT.");
            default -> new TokenException(Reason.MALFORMED, "The token's claims are not valid.");
        };
    }

    private static String claim(TrackSource source) {
        return source.name().toLowerCase(Locale.ROOT);
    }

    /** The claim {@code video}, read with a type check: a claim of another type is refused, not guessed. */
    private record Claims(Map<String, Object> values) {

        boolean flag(String name, boolean absent) throws TokenException {
            return switch (values.get(name)) {
                case null -> absent;
                case Boolean flag -> flag;
                default -> throw wrongType(name);
            };
        }

        @Nullable String text(String name) throws TokenException {
            return switch (values.get(name)) {
                case null -> null;
                case String text -> text;
                default -> throw wrongType(name);
            };
        }

        /** A whole number above 0; 0 where there is none. */
        long positive(String name) throws TokenException {
            Object value = values.get(name);
            long number =
                    switch (value) {
                        case null -> 0;
                        case Integer whole -> whole;
                        case Long whole -> whole;
                        default -> -1;
                    };
            if (number < 0 || (number == 0 && value != null)) {
                throw wrongType(name);
            }
            return number;
        }

        Set<TrackSource> sources() throws TokenException {
            Object value = values.get("canPublishSources");
            if (value == null) {
                return Set.of();
            }
            if (!(value instanceof List<?> names)) {
                throw wrongType("canPublishSources");
            }
            EnumSet<TrackSource> sources = EnumSet.noneOf(TrackSource.class);
            for (Object name : names) {
                sources.add(source(name));
            }
            return sources;
        }

        private static TrackSource source(Object name) throws TokenException {
            for (TrackSource source : TrackSource.values()) {
                if (claim(source).equals(name)) {
                    return source;
                }
            }
            throw wrongType("canPublishSources");
        }

        private static TokenException wrongType(String name) {
            return new TokenException(
                    Reason.MALFORMED, "The token's claim video." + name + " has a wrong value.");
        }
    }
}
