package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.Rooms;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What is kept of a participant while an administrator of its room wants it: turned on and off by POST, read by GET, as
 * JSON or in a format of its own. Used from all event loops.
 *
 * @param <T> what is kept
 */
final class Observation<T> {
    private static final String JSON = "json";

    /** The order to a room, which replies with what is kept; nothing is if nobody wanted it. */
    interface Order<T> {
        RoomCommand of(String identity, Optional<Boolean> on, CompletableFuture<Optional<T>> reply);
    }

    /** How it is written in JSON. */
    interface Table<T> {
        ObjectNode of(String identity, Optional<T> kept);
    }

    /** How else it is written. */
    record Format<T>(String name, String mediaType, Function<Optional<T>, Buffer> writer) {}

    private final Rooms rooms;
    private final String path;
    private final String flag;
    private final Order<T> order;
    private final Table<T> table;
    private final Format<T> format;

    /**
     * Of a participant's path.
     *
     * @param path with {@code {room}} and {@code {identity}}
     * @param flag in the body of POST and in its answer: whether it is kept
     */
    Observation(
            Rooms rooms,
            String path,
            String flag,
            Order<T> order,
            Table<T> table,
            Format<T> format) {
        this.rooms = rooms;
        this.path = path;
        this.flag = flag;
        this.order = order;
        this.table = table;
        this.format = format;
    }

    List<Operation> operations() {
        return List.of(
                Operation.post(path, Operation.Access.BEARER, this::turn),
                Operation.get(path, Operation.Access.BEARER, this::read));
    }

    private Room administered(Call call, Set<String> query) throws Refusal {
        String name = call.room();
        call.requireAdminOf(name);
        call.requireQueryOf(query);
        return RoomOperations.find(rooms, name);
    }

    private void turn(Call call) throws Refusal {
        Room room = administered(call, Set.of());
        Boolean on = call.body().flag(flag);
        call.body().requireNoOthers();
        if (on == null) {
            throw Fields.invalid(flag, "is missing");
        }
        String identity = call.parameter("identity");
        call.await(
                ask(room, identity, Optional.of(on)),
                kept ->
                        call.answer(
                                200,
                                RestJson.object()
                                        .put("identity", identity)
                                        .put(flag, kept.isPresent())));
    }

    private void read(Call call) throws Refusal {
        String identity = call.parameter("identity");
        Room room = administered(call, Set.of("format"));
        String wanted = Optional.ofNullable(call.query("format")).orElse(JSON);
        if (!wanted.equals(JSON) && !wanted.equals(format.name())) {
            throw Refusal.invalid(
                    "invalid-format", "This is read as json or %s.".formatted(format.name()));
        }
        call.await(
                ask(room, identity, Optional.empty()),
                kept -> {
                    if (wanted.equals(JSON)) {
                        call.answer(200, table.of(identity, kept));
                    } else {
                        call.answer(200, format.mediaType(), format.writer().apply(kept));
                    }
                });
    }

    private CompletableFuture<Optional<T>> ask(Room room, String identity, Optional<Boolean> on) {
        CompletableFuture<Optional<T>> reply = new CompletableFuture<>();
        room.submit(order.of(identity, on, reply));
        return reply;
    }
}
