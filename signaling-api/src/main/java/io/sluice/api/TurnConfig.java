package io.sluice.api;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * TURN servers that give their relays to whoever brings a credential of ours: the TURN REST scheme
 * (draft-uberti-behave-turn-rest), which coturn calls {@code use-auth-secret}.
 *
 * @param urls as {@code turn:turn.example:3478?transport=udp} and {@code turns:turn.example:443?transport=tcp};
 *     none: clients reach the server itself
 * @param secret that the TURN servers share with this one ({@code static-auth-secret}); clients never see it
 * @param validity of a credential. A relay is asked for when a call begins, and again when its network changes:
 *     12 h outlast a long day's call, and who copies one has no more than that
 */
public record TurnConfig(List<String> urls, String secret, Duration validity) {
    private static final String USER = "sluice";

    public TurnConfig {
        urls = List.copyOf(urls);
        for (String url : urls) {
            if (!url.startsWith("turn:") && !url.startsWith("turns:")) {
                throw new IllegalArgumentException(
                        "\"" + url + "\" is no TURN server: it looks like turn:host:3478.");
            }
            IceServer _ = new IceServer(url, "user", "password");
        }
        Settings.requirePositive("validity", validity);
    }

    public static TurnConfig none() {
        return new TurnConfig(List.of(), "", Duration.ofHours(12));
    }

    /** The servers with a credential that is good from now on, for as long as is configured. */
    public List<IceServer> servers(Instant now) {
        if (urls.isEmpty()) {
            return List.of();
        }
        String username = now.plus(validity).getEpochSecond() + ":" + USER;
        String credential = credential(username);
        List<IceServer> servers = new ArrayList<>();
        urls.forEach(url -> servers.add(new IceServer(url, username, credential)));
        return List.copyOf(servers);
    }

    private String credential(String username) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder()
                    .encodeToString(mac.doFinal(username.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException(absent);
        }
    }

    /** Without the secret: this may come into a log. */
    @Override
    public String toString() {
        return "TurnConfig" + urls;
    }
}
