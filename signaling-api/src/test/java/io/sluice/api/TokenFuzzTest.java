package io.sluice.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any text is a token of ours or is refused with words. The first byte says what follows: a token as
 * it came, or a header and claims in clear, a zero byte between them, that are encoded here, and
 * signed or not.
 */
final class TokenFuzzTest {
    private static final int AS_IT_IS = 0;
    private static final int SIGNED = 1;
    private static final int NOT_SIGNED = 2;
    private static final int DRESSES = 3;
    private static final String SECRET = "secret";
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final AccessTokens tokens =
            new AccessTokens(ApiKeys.DEV, Clock.fixed(NOW, ZoneOffset.UTC));

    static List<byte[]> inputs() {
        String valid =
                new AccessTokens(ApiKeys.DEV, Clock.fixed(NOW, ZoneOffset.UTC))
                        .issue("devkey", Grants.join("maths", "ada", "Ada"), Duration.ofHours(1));
        String claims =
                "{\"alg\":\"HS256\",\"typ\":\"JWT\"}\0{\"iss\":\"devkey\",\"sub\":\"ada\",\"nbf\":1,"
                        + "\"exp\":1800000000,\"name\":\"Ada\",\"metadata\":\"m\",\"video\":"
                        + "{\"roomJoin\":true,\"room\":\"maths\",\"canPublish\":false,"
                        + "\"canPublishSources\":[\"camera\"]}}";
        return List.of(
                input(AS_IT_IS, valid),
                input(SIGNED, claims),
                input(SIGNED, claims.replace("\"sub\"", "\"jti\"")),
                input(NOT_SIGNED, claims),
                input(NOT_SIGNED, claims.replace("HS256", "none")));
    }

    private static byte[] input(int dress, String text) {
        return ((char) dress + text).getBytes(UTF_8);
    }

    @MethodSource("inputs")
    @FuzzTest
    void token(byte[] bytes) throws GeneralSecurityException {
        if (bytes.length == 0) {
            return;
        }
        int dress = (bytes[0] & 0xff) % DRESSES;
        byte[] rest = Arrays.copyOfRange(bytes, 1, bytes.length);
        String token = dress == AS_IT_IS ? new String(rest, UTF_8) : encoded(dress, rest);
        try {
            Grants grants = tokens.verify(token);
            assertThat(isSigned(token)).isTrue();
            // Who only administers needs none.
            assertThat(grants.identity())
                    .hasSizeBetween(grants.roomJoin() ? 1 : 0, AccessTokens.MAX_IDENTITY_CHARS);
        } catch (TokenException refused) {
            assertThat(refused.text()).hasSizeBetween(10, 200);
        }
    }

    private static String encoded(int dress, byte[] bytes) throws GeneralSecurityException {
        int zero = 0;
        while (zero < bytes.length && bytes[zero] != 0) {
            zero++;
        }
        byte[] header = Arrays.copyOf(bytes, zero);
        byte[] claims = Arrays.copyOfRange(bytes, Math.min(zero + 1, bytes.length), bytes.length);
        String content = BASE64.encodeToString(header) + "." + BASE64.encodeToString(claims);
        return dress == SIGNED
                ? content + "." + BASE64.encodeToString(signature(content))
                : content + ".";
    }

    private static boolean isSigned(String token) throws GeneralSecurityException {
        int dot = token.lastIndexOf('.');
        byte[] given = Base64.getUrlDecoder().decode(token.substring(dot + 1));
        return MessageDigest.isEqual(given, signature(token.substring(0, dot)));
    }

    private static byte[] signature(String content) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
        return mac.doFinal(content.getBytes(UTF_8));
    }
}
