package io.sluice.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens (RFC 7515, HS256) under the key of development mode, made without asking the server. */
public final class DevToken {
    private static final String KEY = "devkey";
    private static final String SECRET = "secret";
    private static final long VALID_SECONDS = 3_600;

    private DevToken() {}

    static String issue(String room, String identity) {
        return issue(room, identity, 0);
    }

    /**
     * @param maxBitrate bits per second that may be published; 0 for any number
     */
    public static String issue(String room, String identity, long maxBitrate) {
        ObjectNode claims =
                PlainConnection.JSON
                        .createObjectNode()
                        .put("iss", KEY)
                        .put("sub", identity)
                        .put("exp", Instant.now().getEpochSecond() + VALID_SECONDS);
        ObjectNode video = claims.putObject("video").put("roomJoin", true).put("room", room);
        if (maxBitrate > 0) {
            video.put("maxBitrate", maxBitrate);
        }
        String signed =
                encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + encoded(claims.toString());
        return signed + "." + encoded(mac(signed));
    }

    private static byte[] mac(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String text) {
        return encoded(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
