package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import io.sluice.api.TokenException.Reason;
import io.sluice.room.Guise;
import io.sluice.room.Permissions;
import io.sluice.transport.TrackSource;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessTokensTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final AccessTokens tokens =
            new AccessTokens(ApiKeys.DEV, Clock.fixed(NOW, ZoneOffset.UTC));

    private static final Grants ADMIN = Grants.administration("ops", true, true, "maths");

    private static JWTCreator.Builder livekitToken() {
        return JWT.create()
                .withIssuer("devkey")
                .withSubject("ada")
                .withExpiresAt(NOW.plusSeconds(600))
                .withClaim("video", Map.of("roomJoin", true, "room", "maths"));
    }

    private static String sign(JWTCreator.Builder token) {
        return token.sign(Algorithm.HMAC256("secret"));
    }

    private Reason refusal(String token) {
        TokenException refused =
                catchThrowableOfType(TokenException.class, () -> tokens.verify(token));
        assertThat(refused).isNotNull();
        assertThat(refused.text()).isNotBlank().doesNotContain(token);
        return refused.reason();
    }

    @Test
    void shouldAllowEverythingThatATokenLeavesOut() throws TokenException {
        Grants grants = tokens.verify(sign(livekitToken().withClaim("name", "Ada L.")));

        assertThat(grants).isEqualTo(Grants.join("maths", "ada", "Ada L."));
    }

    @Test
    void shouldReadWhatATokenForbids() throws TokenException {
        Map<String, Object> video =
                Map.of(
                        "roomJoin", true,
                        "room", "maths",
                        "canPublish", false,
                        "canSubscribe", false,
                        "canPublishSources", List.of("microphone", "screen_share"));

        Grants grants = tokens.verify(sign(livekitToken().withClaim("video", video)));

        assertThat(grants.permissions().canPublish()).isFalse();
        assertThat(grants.permissions().canSubscribe()).isFalse();
        // As in LiveKit: data may be published if media may, unless the token says otherwise.
        assertThat(grants.permissions().canPublishData()).isFalse();
        assertThat(grants.permissions().publishSources())
                .containsExactlyInAnyOrder(TrackSource.MICROPHONE, TrackSource.SCREEN_SHARE);
    }

    @Test
    void shouldVerifyWhatItIssues() throws TokenException {
        Grants grants =
                new Grants(
                        "ada",
                        "Ada",
                        "{\"seat\":1}",
                        true,
                        true,
                        true,
                        true,
                        "maths",
                        new Permissions(
                                true, false, true, 1_500_000, Set.of(TrackSource.CAMERA), false));

        assertThat(tokens.verify(tokens.issue("devkey", grants, Duration.ofMinutes(1))))
                .isEqualTo(grants);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "9223372036854775808", "many", "true"})
    void shouldRefuseABitrateThatCannotBe(String value) {
        Object claim =
                switch (value) {
                    case "true" -> true;
                    case "many" -> value;
                    case "1.5", "9223372036854775808" -> Double.valueOf(value);
                    default -> Long.valueOf(value);
                };
        Map<String, Object> video = Map.of("roomJoin", true, "room", "maths", "maxBitrate", claim);

        assertThat(refusal(sign(livekitToken().withClaim("video", video))))
                .isEqualTo(Reason.MALFORMED);
    }

    @Test
    void shouldFallBackToTheTokensIdForAnIdentity() throws TokenException {
        String token =
                sign(
                        JWT.create()
                                .withIssuer("devkey")
                                .withJWTId("ada")
                                .withExpiresAt(NOW.plusSeconds(9)));

        assertThat(tokens.verify(token).identity()).isEqualTo("ada");
    }

    @Test
    void shouldRefuseATokenThatHasExpired() {
        assertThat(refusal(sign(livekitToken().withExpiresAt(NOW.minusSeconds(61)))))
                .isEqualTo(Reason.EXPIRED);
    }

    @Test
    void shouldForgiveAMinuteOfClockDifference() throws TokenException {
        String late = sign(livekitToken().withExpiresAt(NOW.minusSeconds(59)));
        String early = sign(livekitToken().withNotBefore(NOW.plusSeconds(59)));

        assertThat(tokens.verify(late).identity()).isEqualTo("ada");
        assertThat(tokens.verify(early).identity()).isEqualTo("ada");
    }

    @Test
    void shouldRefuseATokenThatIsNotValidYet() {
        assertThat(refusal(sign(livekitToken().withNotBefore(NOW.plusSeconds(120)))))
                .isEqualTo(Reason.NOT_YET_VALID);
    }

    @Test
    void shouldRefuseTimesThatNoClockShows() {
        assertThat(refusal(sign(livekitToken().withClaim("exp", Long.MAX_VALUE))))
                .isEqualTo(Reason.MALFORMED);
    }

    @Test
    void shouldRefuseATokenWithoutExpiry() {
        assertThat(refusal(sign(JWT.create().withIssuer("devkey").withSubject("ada"))))
                .isEqualTo(Reason.NO_EXPIRY);
    }

    @Test
    void shouldRefuseATokenWithoutIdentity() {
        assertThat(refusal(sign(livekitToken().withSubject("")))).isEqualTo(Reason.NO_IDENTITY);
    }

    @Test
    void shouldNotAskForAnIdentityWhereNobodyJoins() throws TokenException {
        String token =
                sign(
                        JWT.create()
                                .withIssuer("devkey")
                                .withExpiresAt(NOW.plusSeconds(9))
                                .withClaim("video", Map.of("roomCreate", true)));

        assertThat(tokens.verify(token).roomCreate()).isTrue();
    }

    @Test
    void shouldGrantNoAdministrationThatATokenDoesNotName() throws TokenException {
        Grants grants = tokens.verify(sign(livekitToken()));

        assertThat(grants.roomCreate()).isFalse();
        assertThat(grants.roomList()).isFalse();
        assertThat(grants.isAdminOf("maths")).isFalse();
    }

    @Test
    void shouldAdministerTheNamedRoomOnly() throws TokenException {
        Grants named = tokens.verify(tokens.issue("devkey", ADMIN, Duration.ofMinutes(1)));
        Map<String, Object> video = Map.of("roomAdmin", true);
        Grants nameless = tokens.verify(sign(livekitToken().withClaim("video", video)));

        assertThat(named).isEqualTo(ADMIN);
        assertThat(named.isAdminOf("maths")).isTrue();
        assertThat(named.isAdminOf("chess")).isFalse();
        assertThat(nameless.isAdminOf("")).isFalse();
    }

    @Test
    void shouldSayWhichKeySignedATokenAndWhenItEnds() throws TokenException {
        AccessTokens.Bearer bearer = tokens.open(sign(livekitToken()));

        assertThat(bearer.apiKey()).isEqualTo("devkey");
        assertThat(bearer.expiresAt()).isEqualTo(NOW.plusSeconds(600));
    }

    @Test
    void shouldRefuseATokenThatIsNotSigned() {
        assertThat(refusal(livekitToken().sign(Algorithm.none())))
                .isEqualTo(Reason.WRONG_ALGORITHM);
    }

    @Test
    void shouldRefuseAnotherAlgorithmUnderTheSameSecret() {
        assertThat(refusal(livekitToken().sign(Algorithm.HMAC512("secret"))))
                .isEqualTo(Reason.WRONG_ALGORITHM);
    }

    @Test
    void shouldRefuseAnotherSecret() {
        assertThat(refusal(livekitToken().sign(Algorithm.HMAC256("Secret"))))
                .isEqualTo(Reason.BAD_SIGNATURE);
    }

    @Test
    void shouldRefuseAChangedPayload() {
        String[] parts = sign(livekitToken()).split("\\.");
        String payload =
                new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                        .replace("maths", "chess");
        String forged =
                parts[0]
                        + "."
                        + Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(payload.getBytes(StandardCharsets.UTF_8))
                        + "."
                        + parts[2];

        assertThat(refusal(forged)).isEqualTo(Reason.BAD_SIGNATURE);
    }

    @Test
    void shouldRefuseAKeyThatIsNotOurs() {
        assertThat(refusal(sign(livekitToken().withIssuer("otherkey"))))
                .isEqualTo(Reason.UNKNOWN_KEY);
    }

    @Test
    void shouldRefuseAClaimOfAnotherType() {
        assertThat(refusal(sign(livekitToken().withClaim("video", Map.of("roomJoin", "yes")))))
                .isEqualTo(Reason.MALFORMED);
    }

    @Test
    void shouldRefuseWhatIsNoToken() {
        assertThat(refusal("not a token")).isEqualTo(Reason.MALFORMED);
        assertThat(refusal("a.b.c")).isEqualTo(Reason.MALFORMED);
        assertThat(refusal("x".repeat(AccessTokens.MAX_TOKEN_CHARS + 1)))
                .isEqualTo(Reason.MALFORMED);
    }

    @Test
    void shouldOpenNoOtherRoomThanItsOwn() {
        Grants grants = Grants.join("maths", "ada", null);

        TokenException refused =
                catchThrowableOfType(TokenException.class, () -> grants.requireJoin("chess"));

        assertThat(refused.reason()).isEqualTo(Reason.OTHER_ROOM);
        assertThat(refused.isForbidden()).isTrue();
    }

    @Test
    void shouldKeepAttributesAndTheRightToChangeThem() throws TokenException {
        Grants grants =
                new Grants(
                        "ada",
                        null,
                        null,
                        true,
                        false,
                        false,
                        false,
                        "maths",
                        new Permissions(true, true, true, 0, Set.of(), true),
                        Map.of("seat", "7"),
                        "physics",
                        new Guise(Guise.Kind.AGENT, true));
        Grants read = tokens.verify(tokens.issue("devkey", grants, Duration.ofMinutes(1)));
        assertThat(read).isEqualTo(grants);
        assertThat(read.permissions().canUpdateMetadata()).isTrue();
    }

    @Test
    void shouldTakeAnUnknownKindForAnOrdinaryParticipant() throws TokenException {
        assertThat(tokens.verify(sign(livekitToken().withClaim("kind", "ghost"))).guise())
                .isEqualTo(Guise.PERSON);
    }

    @Test
    void shouldAdministerNothingElsewhere() {
        Grants admin = Grants.moving("ops", "maths", "physics");
        assertThat(admin.withRoom("maths")).isEqualTo(admin);
        Grants elsewhere = admin.withRoom("physics");
        assertThat(elsewhere.room()).isEqualTo("physics");
        assertThat(elsewhere.isAdminOf("physics")).isFalse();
        assertThat(elsewhere.destinationRoom()).isNull();
    }

    @Test
    void shouldOpenNoRoomWithoutTheJoinGrant() throws TokenException {
        Grants grants =
                tokens.verify(sign(livekitToken().withClaim("video", Map.of("room", "maths"))));

        TokenException refused =
                catchThrowableOfType(TokenException.class, () -> grants.requireJoin("maths"));

        assertThat(refused.reason()).isEqualTo(Reason.NO_JOIN_GRANT);
    }
}
