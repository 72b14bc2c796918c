package io.sluice.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A STUN server that this server itself asks.
 *
 * @param host its name or address
 * @param port its UDP port
 */
public record StunServer(String host, int port) {
    private static final Pattern URL =
            Pattern.compile("stun:(\\[[0-9a-fA-F:]+]|[^:?\\[\\]/]+)(?::([0-9]{1,5}))?");

    private static final int USUAL_PORT = 3_478;
    private static final int MAX_PORT = 65_535;

    /** Reads {@code stun:host} or {@code stun:host:port}; says what is wrong with anything else. */
    static StunServer parse(String url) {
        Matcher parts = URL.matcher(url);
        boolean fits = parts.matches();
        int port = fits && parts.group(2) != null ? Integer.parseInt(parts.group(2)) : USUAL_PORT;
        if (!fits || port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException(
                    "\"" + url + "\" is no STUN server: it looks like stun:stun.example:3478.");
        }
        return new StunServer(parts.group(1), port);
    }

    @Override
    public String toString() {
        return "stun:" + host + ":" + port;
    }
}
