package io.sluice.calls;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.RoomQuestions;
import io.sluice.room.Origin;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomException;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomSettings;
import io.sluice.room.Rooms;
import io.sluice.transport.TrackSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The rooms in which calls take place; they are there while somebody is in them. Used from any thread. */
final class CallRooms {
    private final Rooms rooms;

    CallRooms(Rooms rooms) {
        this.rooms = rooms;
    }

    private Optional<Room> find(CallRecord call) {
        return rooms.find(CallCodes.room(call.code()));
    }

    /** What a call's room is made with. */
    static RoomSettings settings(CallRecord call) {
        return new RoomSettings(
                call.settings().maxParticipants(),
                Duration.ZERO,
                metadata(call),
                RoomSettings.DEFAULT_CODECS,
                true,
                RoomSettings.ANY_BITRATE,
                call.settings().topology());
    }

    /** What everybody in a call is told of it; no secret. */
    private static String metadata(CallRecord call) {
        return describe(call).toString();
    }

    static ObjectNode describe(CallRecord call) {
        CallSettings settings = call.settings();
        return JsonNodeFactory.instance
                .objectNode()
                .put("code", call.code())
                .put("title", settings.title())
                .put("passwordNeeded", settings.passwordHash() != null)
                .put("lobby", settings.lobby())
                .put("audioOnly", settings.audioOnly())
                .put("locked", settings.locked())
                .put("broadcast", settings.broadcast())
                .put("topology", settings.topology().word())
                .put("keepChat", settings.keepChat());
    }

    /** Who is there; empty if nobody is. */
    CompletableFuture<List<ParticipantInfo>> participants(CallRecord call) {
        return RoomQuestions.describeAll(find(call).stream().toList())
                .thenApply(rooms -> rooms.isEmpty() ? List.of() : rooms.getFirst().participants());
    }

    /** Tells everybody there how the call is now. */
    CompletableFuture<Void> tell(CallRecord call) {
        return ask(
                call,
                room -> {
                    CompletableFuture<RoomInfo> reply = new CompletableFuture<>();
                    room.submit(new RoomCommand.UpdateRoom(metadata(call), reply));
                    return reply;
                });
    }

    /** Mutes what somebody publishes from a source, or everything if that is null. */
    CompletableFuture<Void> mute(CallRecord call, String identity, @Nullable TrackSource source) {
        return ask(
                call,
                room ->
                        RoomQuestions.describe(room)
                                .thenCompose(info -> mute(room, info, identity, source)));
    }

    private static CompletableFuture<Void> mute(
            Room room, RoomInfo info, String identity, @Nullable TrackSource source) {
        List<CompletableFuture<?>> replies = new ArrayList<>();
        info.tracks().stream()
                .filter(track -> track.identity().equals(identity))
                .filter(track -> source == null || track.source() == source)
                .forEach(track -> {
                    RoomCommand.Mute command =
                            new RoomCommand.Mute(
                                    track.trackId(),
                                    true,
                                    Origin.ROOM,
                                    "",
                                    new CompletableFuture<>());
                    room.submit(command);
                    replies.add(command.reply());
                });
        return CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new));
    }

    /** Sends somebody away who is there or coming in. */
    CompletableFuture<Void> remove(CallRecord call, String identity) {
        return ask(
                call,
                room -> {
                    CompletableFuture<Void> reply = new CompletableFuture<>();
                    room.submit(new RoomCommand.Remove(identity, reply));
                    return reply;
                });
    }

    /** Puts a role into force for somebody who is there. */
    CompletableFuture<Void> setRole(CallRecord call, String identity, Role role) {
        return ask(
                call,
                room -> {
                    CompletableFuture<ParticipantInfo> reply = new CompletableFuture<>();
                    room.submit(
                            new RoomCommand.UpdateParticipant(
                                    identity,
                                    null,
                                    null,
                                    Map.of(CallReview.ROLE_ATTRIBUTE, role.word()),
                                    before ->
                                            new Permissions(
                                                    CallReview.mayPublish(role),
                                                    before.canSubscribe(),
                                                    before.canPublishData(),
                                                    before.maxBitrate(),
                                                    before.publishSources(),
                                                    false),
                                    reply));
                    return reply;
                });
    }

    /** Ends it for everybody. */
    CompletableFuture<Void> end(CallRecord call) {
        return ask(
                call,
                room -> {
                    CompletableFuture<Void> reply = new CompletableFuture<>();
                    room.submit(new RoomCommand.Close(RoomEnd.DELETED, reply));
                    return reply;
                });
    }

    /** What a room does; that nobody is there is no fault: what matters stands in the book. */
    private interface Wish {
        CompletableFuture<?> of(Room room);
    }

    private CompletableFuture<Void> ask(CallRecord call, Wish wish) {
        Optional<Room> room = find(call);
        if (room.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        CompletableFuture<?> _ =
                wish.of(room.get())
                        .whenComplete((_, failure) -> {
                            if (failure == null || isAbsence(failure)) {
                                done.complete(null);
                            } else {
                                done.completeExceptionally(failure);
                            }
                        });
        return done;
    }

    private static boolean isAbsence(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RoomException refused
                && switch (refused.reason()) {
                    case NO_SUCH_PARTICIPANT, NO_SUCH_TRACK, ROOM_CLOSED -> true;
                    case NOT_SUBSCRIBED,
                            ROOM_FULL,
                            NOT_PERMITTED,
                            INVALID_DESCRIPTION,
                            INVALID_SETTINGS,
                            TOO_MANY_ROOMS,
                            KEY_LIMIT,
                            TOO_MANY_LISTENERS ->
                            false;
                };
    }
}
