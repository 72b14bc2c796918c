package io.sluice.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What every WebSocket has to pass before its upgrade, whatever its protocol: origin, token, how often an address
 * comes, and the number of sockets. Shared by all event loops of the web server.
 */
public final class SocketGate {
    private final AccessTokens tokens;
    private final Origins origins;
    private final int maxSockets;
    private final AtomicInteger sockets = new AtomicInteger();
    private final LongAdder foreignOrigins = new LongAdder();
    private final LongAdder refusedTokens = new LongAdder();
    private final LongAdder full = new LongAdder();
    private final AddressRates rates;

    public SocketGate(ApiConfig config, AccessTokens tokens) {
        this.tokens = tokens;
        this.origins = new Origins(config.access().allowedOrigins(), config.http().isLoopback());
        this.maxSockets = config.maxSockets();
        rates = new AddressRates(config.socketLimits().joins(), config.limits().maxAddresses());
    }

    /** Says why a request's origin may not connect. */
    public Optional<Problem> checkOrigin(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origins.allows(origin, request.getHeader(HttpHeaders.HOST))) {
            return Optional.empty();
        }
        foreignOrigins.increment();
        return Optional.of(
                new Problem(
                        403,
                        "origin-not-allowed",
                        "Not allowed",
                        "Pages of this origin may not connect; the server's allowed origins do not"
                                + " name it."));
    }

    /** Says why a request's address may not connect now. To be asked once for each. */
    public Optional<Problem> checkRate(SocketAddress remote, long nowNanos) {
        String literal = remote.hostAddress();
        // A socket of this machine's file system has none, and whoever may open it is trusted.
        if (literal == null || rates.pass(literal, nowNanos)) {
            return Optional.empty();
        }
        return Optional.of(
                new Problem(
                        429,
                        "too-many-joins",
                        "Too many joins",
                        "Too many connections come from your address at once; try again in some"
                                + " seconds."));
    }

    /** Verifies a token that has to open {@code room}. */
    public Grants admit(String token, String room) throws TokenException {
        try {
            Grants grants = tokens.verify(token);
            grants.requireJoin(room);
            return grants;
        } catch (TokenException refused) {
            refusedTokens.increment();
            throw refused;
        }
    }

    /** Counts a socket in; each one that was counted in must {@link #leave}. */
    public @Nullable Problem enter() {
        if (sockets.incrementAndGet() <= maxSockets) {
            return null;
        }
        sockets.decrementAndGet();
        full.increment();
        return new Problem(
                503, "server-full", "Try later", "This server has no room for more connections.");
    }

    public void leave() {
        sockets.decrementAndGet();
    }

    /** Sockets that are open now. */
    public int sockets() {
        return sockets.get();
    }

    /** Requests refused for their origin. */
    public long foreignOrigins() {
        return foreignOrigins.sum();
    }

    /** Tokens refused. */
    public long refusedTokens() {
        return refusedTokens.sum();
    }

    /** Requests refused because their address came too often. */
    public long refusedHasty() {
        return rates.refused();
    }

    /** Addresses whose joins are counted now. */
    public int addresses() {
        return rates.addresses();
    }

    /** Sockets refused because there were too many. */
    public long refusedFull() {
        return full.sum();
    }
}
