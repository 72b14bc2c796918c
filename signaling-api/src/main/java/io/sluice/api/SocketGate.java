package io.sluice.api;

import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.TokenException.Reason;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
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
    private final RevokedTokens revoked = new RevokedTokens();
    private volatile Door door = (_, _, _) -> Optional.empty();
    private volatile Supplier<List<IceServer>> iceServers = List::of;

    /** Whether the node as a whole takes anybody in; asked from any thread. */
    @FunctionalInterface
    public interface Door {
        /**
         * Says why somebody may not come in now.
         *
         * @param apiKey of its token
         * @param returning whether it was in the room a moment ago and comes back
         */
        Optional<Problem> check(String room, String apiKey, boolean returning);
    }

    public SocketGate(ApiConfig config, AccessTokens tokens) {
        this.tokens = tokens;
        this.origins = new Origins(config.access().allowedOrigins(), config.http().isLoopback());
        this.maxSockets = config.maxSockets();
        rates = new AddressRates(config.socketLimits().joins(), config.limits().maxAddresses());
    }

    /** Says why a request's origin may not connect. */
    public Optional<Problem> checkOrigin(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        // A script of another origin cannot set that header without asking first, and is refused
        // then.
        boolean byTls = request.isSSL() || ClientAddress.isForwarded(request);
        if (origins.allows(origin, request.getHeader(HttpHeaders.HOST), byTls)) {
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
    public Optional<Problem> checkRate(HttpServerRequest request, long nowNanos) {
        if (rates.pass(ClientAddress.of(request), nowNanos)) {
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

    /** Asks this door too, from now on. */
    public void guard(Door changed) {
        door = changed;
    }

    /** Tells those who come in of these from now on; asked each time, since credentials end. */
    public void tell(Supplier<List<IceServer>> changed) {
        iceServers = changed;
    }

    /** What somebody who has come in is told to reach us by, beside our own addresses. */
    public List<IceServer> iceServers() {
        return iceServers.get();
    }

    /** Says why the node takes nobody into this room now. To be asked once for each who would join. */
    public Optional<Problem> checkDoor(String room, String apiKey, boolean returning) {
        return door.check(room, apiKey, returning);
    }

    /** Lets another number of joins of each address through from now on. */
    public void limitJoins(Rate joins) {
        rates.limit(joins);
    }

    /** Verifies a token that has to open the room that it names. */
    public Bearer admit(String token) throws TokenException {
        return open(token, null);
    }

    /** Verifies a token that has to open {@code room}, or the room that it names if that is null. */
    public Bearer open(String token, @Nullable String room) throws TokenException {
        try {
            Bearer bearer = known(token);
            String wanted = room == null ? bearer.grants().room() : room;
            bearer.grants().requireJoin(wanted == null ? "" : wanted);
            return bearer;
        } catch (TokenException refused) {
            refusedTokens.increment();
            throw refused;
        }
    }

    /** Verifies a token of somebody who is in already, whatever it opens. */
    public Grants recognize(String token) throws TokenException {
        return known(token).grants();
    }

    private Bearer known(String token) throws TokenException {
        if (revoked.contains(token)) {
            throw new TokenException(
                    Reason.NOT_GRANTED,
                    "The token's bearer was removed from the room; ask for a new one.");
        }
        return tokens.open(token);
    }

    /** Refuses a token from now on, and until it expires: its bearer was removed. */
    public void revoke(String token, Instant expiresAt) {
        revoked.add(token, expiresAt, Instant.now());
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
