package io.sluice.calls;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.AddressRates;
import io.sluice.api.rest.Call;
import io.sluice.api.rest.Fields;
import io.sluice.api.rest.Operation;
import io.sluice.api.rest.Refusal;
import io.sluice.room.Topology;
import io.vertx.core.http.HttpMethod;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes, shows, changes and ends calls. Used from all event loops. */
final class CallOperations {
    static final int MAX_PASSWORD_CHARS = 128;

    private final CallBook book;
    private final CallAccess access;
    private final Entrance entrance;
    private final CallRooms rooms;
    private final Lobbies lobbies;
    private final Passwords passwords;
    private final AddressRates rates;
    private final CallsConfig config;
    private final int maxParticipants;
    private final RandomGenerator random;
    private final InstantSource clock;

    /**
     * @param maxParticipants of a room
     */
    CallOperations(
            CallBook book,
            CallAccess access,
            Entrance entrance,
            CallRooms rooms,
            Lobbies lobbies,
            Passwords passwords,
            CallsConfig config,
            int maxParticipants,
            RandomGenerator random,
            InstantSource clock) {
        this.book = book;
        this.access = access;
        this.entrance = entrance;
        this.rooms = rooms;
        this.lobbies = lobbies;
        this.passwords = passwords;
        this.config = config;
        this.maxParticipants = maxParticipants;
        this.random = random;
        this.clock = clock;
        rates = new AddressRates(config.callInterval(), config.callBurst(), config.maxAddresses());
    }

    List<Operation> operations() {
        return List.of(
                Operation.post(CallAccess.CALLS, Operation.Access.OPEN, this::make),
                Operation.get(CallAccess.CALL, Operation.Access.OPEN, this::show),
                Operation.patch(CallAccess.CALL, this::change),
                new Operation(
                        HttpMethod.DELETE,
                        CallAccess.CALL,
                        Operation.Access.BEARER,
                        false,
                        this::end));
    }

    private void make(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        Fields body = call.body();
        String name = PersonNames.name(body);
        String device = CallAccess.device(body);
        String title = body.text("title", PersonNames.maxSentChars());
        String password = body.text("password", MAX_PASSWORD_CHARS);
        boolean lobby = body.flag("lobby", false);
        boolean audioOnly = body.flag("audioOnly", false);
        boolean broadcast = body.flag("broadcast", false);
        Topology topology = topology(body, broadcast);
        boolean keepChat = body.flag("keepChat", false);
        Long most = body.whole("maxParticipants", 2, maxParticipants);
        body.requireNoOthers();
        int maximum = most(most, topology);
        if (!rates.pass(call.address(), System.nanoTime())) {
            throw CallAccess.tooMany(
                    call,
                    config.callInterval().toSeconds(),
                    "too-many-calls",
                    "Too many calls are made from your address.");
        }
        CallSettings settings =
                new CallSettings(
                        title == null ? "" : PersonNames.title(title),
                        null,
                        lobby,
                        audioOnly,
                        false,
                        broadcast,
                        topology,
                        maximum,
                        keepChat);
        if (password == null || password.isEmpty()) {
            make(call, name, device, settings);
        } else {
            call.awaitWork(
                    passwords.hash(password, call.address()),
                    hash -> make(call, name, device, settings.withPassword(hash)));
        }
    }

    private static Topology topology(Fields body, boolean broadcast) throws Refusal {
        Topology topology = body.topology();
        if (topology == null) {
            return Topology.SFU;
        }
        if (broadcast && topology.isDirectAllowed()) {
            throw Fields.invalid("topology", "must be sfu in a broadcast");
        }
        return topology;
    }

    private int most(@Nullable Long asked, Topology topology) throws Refusal {
        int most =
                topology == Topology.MESH
                        ? Math.min(maxParticipants, Topology.MAX_MESH_PARTICIPANTS)
                        : maxParticipants;
        if (asked != null && asked > most) {
            throw Fields.invalid("maxParticipants", "must be from 2 to " + most + " in a mesh");
        }
        return asked == null ? most : asked.intValue();
    }

    private void make(Call call, String name, String device, CallSettings settings) throws Refusal {
        String hostKey = Secrets.next(random);
        CallRecord made = make(device, name, settings, Secrets.hash(hostKey));
        call.answer(201, door(call, made, device).put("hostKey", hostKey));
    }

    private CallRecord make(
            String device, String name, CallSettings settings, @Nullable String hostKeyHash)
            throws Refusal {
        return book.make(code ->
                        new CallRecord(
                                code,
                                settings,
                                hostKeyHash,
                                clock.millis(),
                                Map.of(
                                        Secrets.identity(code, device),
                                        new Member(Role.HOST, Standing.ADMITTED, name))))
                .orElseThrow(() ->
                        new Refusal(
                                503,
                                "too-many-calls",
                                "Try later",
                                "This server has as many calls as it keeps."));
    }

    /** Makes the call of one device that rings another. */
    CallRecord makeForTwo(String device, String name, boolean audioOnly) throws Refusal {
        return make(
                device,
                name,
                new CallSettings(
                        "",
                        null,
                        false,
                        audioOnly,
                        false,
                        false,
                        Topology.SFU,
                        maxParticipants,
                        false),
                null);
    }

    /** What a device needs to join a call that it is in. */
    ObjectNode door(Call call, CallRecord record, String device) throws Refusal {
        return entrance.door(call, record, Secrets.identity(record.code(), device));
    }

    /** Forgets a call to which nobody came. */
    void forget(String code) {
        book.remove(code);
    }

    private void show(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        CallRecord record = access.find(call);
        call.await(
                rooms.participants(record),
                there ->
                        call.answer(
                                200, CallRooms.describe(record).put("participants", there.size())));
    }

    private void change(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        CallRecord record = access.requireHost(call);
        Fields body = call.body();
        String title = body.text("title", PersonNames.maxSentChars());
        String password = body.text("password", MAX_PASSWORD_CHARS);
        Boolean lobby = body.flag("lobby");
        Boolean locked = body.flag("locked");
        Boolean keepChat = body.flag("keepChat");
        body.requireNoOthers();
        Wishes wishes = new Wishes(title, password != null, lobby, locked, keepChat);
        if (password == null || password.isEmpty()) {
            change(call, record.code(), wishes, null);
        } else {
            call.awaitWork(
                    passwords.hash(password, call.address()),
                    hash -> change(call, record.code(), wishes, hash));
        }
    }

    /** What the host wants to be otherwise; null stays. */
    private record Wishes(
            @Nullable String title,
            boolean password,
            @Nullable Boolean lobby,
            @Nullable Boolean locked,
            @Nullable Boolean keepChat) {
        CallSettings applied(CallSettings before, @Nullable String hash) {
            return new CallSettings(
                    title == null ? before.title() : PersonNames.title(title),
                    password ? hash : before.passwordHash(),
                    lobby == null ? before.lobby() : lobby,
                    before.audioOnly(),
                    locked == null ? before.locked() : locked,
                    before.broadcast(),
                    before.topology(),
                    before.maxParticipants(),
                    keepChat == null ? before.keepChat() : keepChat);
        }
    }

    private void change(Call call, String code, Wishes wishes, @Nullable String hash)
            throws Refusal {
        CallRecord changed =
                book.change(code, before -> before.with(wishes.applied(before.settings(), hash)))
                        .orElseThrow(CallAccess::noCall);
        if (!changed.settings().lobby()) {
            lobbies.waiting(code, System.nanoTime())
                    .guests()
                    .forEach(guest -> lobbies.answer(code, guest.id(), true));
        }
        call.await(rooms.tell(changed), _ -> call.answer(200, CallRooms.describe(changed)));
    }

    private void end(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        CallRecord record = access.requireHost(call);
        // First, so that nobody comes back in.
        book.remove(record.code());
        lobbies.end(record.code());
        call.await(rooms.end(record), _ -> call.answerNothing());
    }
}
