package io.sluice.api;

import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.List;

/** Whose request it is that came, for what is limited or granted by address. Used from any thread. */
public final class ClientAddress {
    private static final String THIS_MACHINE = "127.0.0.1";
    private static final String FORWARDED_FOR = "x-forwarded-for";

    private ClientAddress() {}

    /**
     * The client's address, an IP literal. A proxy on this machine says whose request it passes on, at the end of the
     * last such header; what others write there nobody has to believe. A proxy on another machine is one client.
     */
    public static String of(HttpServerRequest request) {
        String remote = request.remoteAddress().hostAddress();
        // A socket of this machine's file system has no address.
        return remote == null
                ? of(THIS_MACHINE, request.headers().getAll(FORWARDED_FOR))
                : of(remote, request.headers().getAll(FORWARDED_FOR));
    }

    /** Whether a proxy says that it passes the request on. */
    static boolean isForwarded(HttpServerRequest request) {
        return request.headers().contains(FORWARDED_FOR);
    }

    /**
     * As above, of a request that came from {@code remote}, an IP literal.
     *
     * @param forwardedFor the values of each X-Forwarded-For, in their order: some proxies lengthen the header that
     *     came, others (HAProxy) add one behind it
     */
    static String of(String remote, List<String> forwardedFor) {
        if (forwardedFor.isEmpty() || !InetAddress.ofLiteral(remote).isLoopbackAddress()) {
            return remote;
        }
        String header = forwardedFor.getLast();
        String last = header.substring(header.lastIndexOf(',') + 1).strip();
        try {
            return InetAddress.ofLiteral(last).getHostAddress();
        } catch (IllegalArgumentException noAddress) {
            return remote;
        }
    }
}
