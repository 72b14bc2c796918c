package io.sluice.api.rest;

import io.sluice.room.RoomCommand;
import io.sluice.room.RoomMessage;
import io.sluice.room.Rooms;
import io.sluice.sctp.DataMessage;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sends messages to the data channels of rooms. Used from all event loops. */
final class DataOperations {
    private static final String DATA = "/api/v1/rooms/{room}/data";

    /** In UTF-8 it fits into what a data channel's name may have. */
    private static final int MAX_LABEL_CHARS = 256;

    private final Rooms rooms;

    DataOperations(Rooms rooms) {
        this.rooms = rooms;
    }

    List<Operation> operations() {
        return List.of(Operation.post(DATA, Operation.Access.BEARER, this::send));
    }

    private void send(Call call) throws Refusal {
        String name = call.room();
        call.requireAdminOf(name);
        call.requireQueryOf(Set.of());
        Fields body = call.body();
        String label = body.requiredText("label", MAX_LABEL_CHARS);
        DataMessage content =
                content(
                        body.text("text", Integer.MAX_VALUE),
                        body.text("base64", Integer.MAX_VALUE));
        boolean reliable = body.flag("reliable", true);
        List<String> to = body.texts("to", RoomMessage.MAX_RECEIVERS);
        body.requireNoOthers();
        CompletableFuture<Integer> reply = new CompletableFuture<>();
        RoomOperations.find(rooms, name)
                .submit(
                        new RoomCommand.Publish(
                                label, reliable, content, to == null ? List.of() : to, reply));
        call.await(
                reply,
                receivers -> call.answer(200, RestJson.object().put("receivers", receivers)));
    }

    private static DataMessage content(@Nullable String text, @Nullable String base64)
            throws Refusal {
        if (text != null && base64 == null) {
            return new DataMessage(DataMessage.Kind.STRING, text.getBytes(StandardCharsets.UTF_8));
        }
        if (base64 == null || text != null) {
            throw Fields.invalid("text", "must be there, or base64 instead, and not both");
        }
        try {
            return new DataMessage(DataMessage.Kind.BINARY, Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException malformed) {
            throw Fields.invalid("base64", "is not Base64 (RFC 4648 4)");
        }
    }
}
