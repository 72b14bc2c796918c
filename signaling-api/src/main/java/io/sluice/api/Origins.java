package io.sluice.api;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which pages' scripts may connect. A browser sends the page's origin with each WebSocket request and
 * does not stop a foreign page itself: the server must. Immutable.
 */
final class Origins {
    private final Set<String> allowed;
    private final boolean loopbackOnly;

    /**
     * @param loopbackOnly whether the server is reachable from its own machine alone: then a host name that
     *     is not the loopback's is a foreign page's name, rebound to our address (DNS rebinding), unless page and
     *     request came by TLS: nobody has a certificate of a name that is not theirs
     */
    Origins(Set<String> allowed, boolean loopbackOnly) {
        this.allowed = allowed;
        this.loopbackOnly = loopbackOnly;
    }

    /**
     * Returns whether to go on; a client that names no origin is no browser and needs no protection.
     *
     * @param byTls whether the request came by TLS, to us or to a proxy on this machine
     */
    boolean allows(@Nullable String origin, @Nullable String host, boolean byTls) {
        if (origin == null || allowed.contains("*") || allowed.contains(origin)) {
            return true;
        }
        int scheme = origin.indexOf("://");
        if (host == null || scheme <= 0) {
            return false;
        }
        boolean isOurName =
                !loopbackOnly
                        || namesLoopback(host)
                        || (byTls && origin.substring(0, scheme).equalsIgnoreCase("https"));
        return isOurName && origin.substring(scheme + 3).equalsIgnoreCase(host);
    }

    private static boolean namesLoopback(String host) {
        String name = hostName(host).toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("[::1]")
                || name.matches("127(\\.[0-9]{1,3}){3}");
    }

    private static String hostName(String host) {
        try {
            String name = URI.create("http://" + host).getHost();
            return name == null ? "" : name;
        } catch (IllegalArgumentException malformed) {
            return "";
        }
    }
}
