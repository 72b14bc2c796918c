package io.sluice.calls;

import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiKeys;
import io.sluice.api.RequestRates;
import io.sluice.api.SignalingProtocol;
import io.sluice.api.SocketGate;
import io.sluice.api.TokenReview;
import io.sluice.api.rest.Operation;
import io.sluice.api.rest.OperationRoutes;
import io.sluice.room.RoomSettings;
import io.sluice.room.Rooms;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Calls by code, for people without accounts: whoever makes one is its host, others join by its code. They take place
 * in rooms of their own, which are joined by LiveKit's protocol with a token that is given here. Used from any thread.
 */
public final class Calls implements AutoCloseable {
    private final CallsConfig config;
    private final InstantSource clock;
    private final SecureRandom random;
    private final CallCounters counters;
    private final CallBook book;
    private final Lobbies lobbies;
    private final Passwords passwords;
    private final Dialing dialing;

    private Calls(
            CallsConfig config,
            InstantSource clock,
            SecureRandom random,
            CallCounters counters,
            CallBook book,
            Consumer<MissedCall> onMissed) {
        this.config = config;
        this.clock = clock;
        this.random = random;
        this.counters = counters;
        this.book = book;
        lobbies = new Lobbies(random);
        passwords = new Passwords(random, counters);
        dialing = new Dialing(random, book::remove, onMissed);
    }

    /**
     * Opens what is kept of calls; blocks while the database is opened, if there is one.
     *
     * @param onMissed hears, on any thread, of each call that nobody took; must not block
     */
    public static Calls open(
            CallsConfig config,
            InstantSource clock,
            SecureRandom random,
            Consumer<MissedCall> onMissed) {
        CallCounters counters = new CallCounters();
        return new Calls(
                config,
                clock,
                random,
                counters,
                CallBook.open(config, clock, random, counters),
                onMissed);
    }

    /** The server's keys, and the one by which the tokens of calls are signed. */
    public ApiKeys keys(ApiKeys operators) {
        return operators.with(CallReview.API_KEY, book.signingSecret());
    }

    /**
     * Has the last word on tokens for the rooms of calls.
     *
     * @param devMode whether everybody knows the operator's key
     */
    public TokenReview review(boolean devMode) {
        return new CallReview(book, !devMode);
    }

    /** What the room of this name is to be made with, if it is the room of a call. */
    public Optional<RoomSettings> settings(String room) {
        return CallCodes.ofRoom(room).flatMap(book::find).map(CallRooms::settings);
    }

    /**
     * Calls over HTTP, under {@code /api/v1/calls} and {@code /api/v1/dial}.
     *
     * @param tokens with {@link #keys} and {@link #review}
     * @param rates of each address and key, shared with the other interfaces
     * @param maxParticipants of a room
     */
    public SignalingProtocol protocol(
            ApiConfig api,
            AccessTokens tokens,
            SocketGate gate,
            RequestRates rates,
            Rooms rooms,
            int maxParticipants) {
        OperationRoutes routes = new OperationRoutes(api, tokens, gate, null, rates);
        List<Operation> operations = operations(tokens, rooms, maxParticipants);
        return router -> routes.mount(router, operations);
    }

    List<Operation> operations(AccessTokens tokens, Rooms rooms, int maxParticipants) {
        CallAccess access = new CallAccess(book, counters, config);
        CallRooms callRooms = new CallRooms(rooms);
        Entrance entrance =
                new Entrance(book, callRooms, tokens, counters, config.tokenValidity(), clock);
        List<Operation> operations = new ArrayList<>();
        CallOperations callOperations =
                new CallOperations(
                        book,
                        access,
                        entrance,
                        callRooms,
                        lobbies,
                        passwords,
                        config,
                        maxParticipants,
                        random,
                        clock);
        operations.addAll(callOperations.operations());
        operations.addAll(new DialOperations(dialing, callOperations, config, clock).operations());
        operations.addAll(
                new JoinOperations(access, entrance, lobbies, passwords, counters, clock)
                        .operations());
        operations.addAll(new LobbyOperations(access, entrance, lobbies).operations());
        operations.addAll(new ModerationOperations(book, access, callRooms).operations());
        return operations;
    }

    public CallCounters counters() {
        return counters;
    }

    /** Calls that have a code now. */
    public int known() {
        return book.size();
    }

    /** For tests, which keep it busy. */
    Passwords passwords() {
        return passwords;
    }

    /** Guests that wait in lobbies. */
    public int waiting() {
        return lobbies.size();
    }

    /** Writes down what is not yet. */
    @Override
    public void close() {
        passwords.close();
        book.close();
    }
}
