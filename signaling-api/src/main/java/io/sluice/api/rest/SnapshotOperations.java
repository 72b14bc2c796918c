package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.BodyReader;
import io.sluice.api.RoomQuestions;
import io.sluice.history.EventKind;
import io.sluice.history.EventQuery;
import io.sluice.history.History;
import io.sluice.history.ImageType;
import io.sluice.history.KeptEvent;
import io.sluice.history.PhotoStore;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomInfo;
import io.sluice.room.Rooms;
import io.sluice.sctp.DataMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Stills of videos in a call: taken by somebody who is there, told to everybody there, and shown to those with a
 * token for the room. Used from all event loops.
 */
final class SnapshotOperations {
    private static final String SNAPSHOTS = "/api/v1/rooms/{room}/snapshots";
    private static final String SNAPSHOT = SNAPSHOTS + "/{photoId}";

    /** The label of what pages tell each other in a call. */
    private static final String LABEL = "sluice";

    /** A still goes up within this, by the slowest of phones. */
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);

    private static final int MAX_LISTED = 1_000;
    private static final int MAX_IDENTITY_CHARS = 512;

    private final Rooms rooms;
    private final @Nullable History history;

    /**
     * @param history null: none is kept
     */
    SnapshotOperations(Rooms rooms, @Nullable History history) {
        this.rooms = rooms;
        this.history = history;
    }

    List<Operation> operations() {
        return List.of(
                // Its body is an image, which it reads by itself.
                new Operation(
                        HttpMethod.POST, SNAPSHOTS, Operation.Access.BEARER, false, this::take),
                Operation.get(SNAPSHOTS, Operation.Access.BEARER, this::list),
                Operation.get(SNAPSHOT, Operation.Access.BEARER, this::show),
                Operation.delete(SNAPSHOT, this::delete));
    }

    static Bearer requireOfRoom(Call call, String room) throws Refusal {
        Bearer bearer = call.bearer();
        boolean isOfRoom =
                bearer != null
                        && (bearer.grants().isAdminOf(room)
                                || (bearer.grants().roomJoin()
                                        && room.equals(bearer.grants().room())));
        if (bearer == null || !isOfRoom) {
            throw Call.forbidden(
                    "video.roomJoin or video.roomAdmin must be true and video.room this room's"
                            + " name");
        }
        return bearer;
    }

    // ---- taking one

    private void take(Call call) throws Refusal {
        String name = call.room();
        String identity = requireOfRoom(call, name).grants().identity();
        call.requireQueryOf(Set.of("of"));
        String of = call.query("of");
        if (of != null && of.length() > MAX_IDENTITY_CHARS) {
            throw Refusal.invalid("invalid-parameter", "The parameter of is nobody's identity.");
        }
        History there = HistoryOperations.required(history);
        Room room = RoomOperations.find(rooms, name);
        BodyReader.read(
                call.routing(),
                there.photos().maxBytes(),
                BODY_TIMEOUT,
                body ->
                        call.perform(() ->
                                take(call, there, room, identity, of == null ? "" : of, body)));
    }

    private void take(Call call, History there, Room room, String identity, String of, Buffer body)
            throws Refusal {
        byte[] image = body.getBytes();
        ImageType.Head head = ImageType.read(image).orElseThrow(SnapshotOperations::noImage);
        call.await(
                RoomQuestions.describe(room),
                info -> {
                    ParticipantInfo who = member(info, identity);
                    if (!who.permissions().canPublishData()) {
                        throw new Refusal(
                                403,
                                "not-permitted",
                                "Not allowed",
                                "Who may send nothing to the room sends no snapshot either.");
                    }
                    call.await(
                            told(there.photos().keep(info.name(), head.type(), image)),
                            photo -> {
                                there.tellSnapshot(
                                        info.roomId(), info.name(), who, photo, head, of);
                                ObjectNode told = told(photo, head, who, of);
                                tell(room, told);
                                call.answer(201, told);
                            });
                });
    }

    private static ParticipantInfo member(RoomInfo room, String identity) throws Refusal {
        Optional<ParticipantInfo> found =
                room.participants().stream()
                        .filter(one -> one.identity().equals(identity))
                        .findFirst();
        return found.orElseThrow(() ->
                new Refusal(
                        409,
                        "not-there",
                        "Not there",
                        "Snapshots are taken by those who are in the room."));
    }

    private static Refusal noImage() {
        return new Refusal(
                415,
                "no-image",
                "No image",
                "The body must be a JPEG, a PNG or a WebP of at most 8192 pixels a side.");
    }

    private static <T> CompletableFuture<T> told(CompletableFuture<T> reply) {
        return HistoryOperations.told(reply)
                .exceptionallyCompose(failure -> {
                    Throwable cause =
                            failure instanceof CompletionException ? failure.getCause() : failure;
                    return CompletableFuture.failedFuture(
                            cause instanceof PhotoStore.FullException ? full() : failure);
                });
    }

    private static Refusal full() {
        return new Refusal(
                507,
                "photos-full",
                "No place",
                "As many snapshots are kept on this server as may be.");
    }

    /** What everybody in the room hears, and its taker as an answer. */
    private static ObjectNode told(
            PhotoStore.Photo photo, ImageType.Head head, ParticipantInfo who, String of) {
        ObjectNode node =
                RestJson.object()
                        .put("type", "snapshot")
                        .put("photoId", photo.photoId())
                        .put("takenAt", RestJson.time(Instant.ofEpochMilli(photo.takenMillis())))
                        .put("by", who.identity())
                        .put("byName", who.name())
                        .put("mediaType", head.type().mediaType())
                        .put("width", head.width())
                        .put("height", head.height());
        return of.isEmpty() ? node : node.put("of", of);
    }

    /** Who has no data channel yet finds it in the list. */
    private static void tell(Room room, ObjectNode told) {
        DataMessage message =
                new DataMessage(
                        DataMessage.Kind.BINARY, told.toString().getBytes(StandardCharsets.UTF_8));
        room.submit(
                new RoomCommand.Publish(
                        LABEL, true, message, List.of(), new CompletableFuture<>()));
    }

    // ---- showing them

    private void list(Call call) throws Refusal {
        String room = call.room();
        requireOfRoom(call, room);
        call.requireQueryOf(Set.of());
        EventQuery query =
                new EventQuery(
                        null, room, null, EventKind.SNAPSHOT, null, null, null, 0, MAX_LISTED);
        History there = HistoryOperations.required(history);
        call.await(
                HistoryOperations.told(there.events(query)),
                events -> {
                    ObjectNode answer = RestJson.object();
                    var snapshots = answer.putArray("snapshots");
                    events.forEach(event -> snapshots.add(listed(event)));
                    call.answer(200, answer);
                });
    }

    private static ObjectNode listed(KeptEvent event) {
        ObjectNode node =
                RestJson.object()
                        .put("photoId", event.detail().path("photoId").asText())
                        .put("takenAt", RestJson.time(event.at()))
                        .put("by", event.identity())
                        .put("byName", event.name())
                        .put("mediaType", event.detail().path("mediaType").asText())
                        .put("width", event.detail().path("width").asInt())
                        .put("height", event.detail().path("height").asInt());
        String of = event.detail().path("of").asText();
        return of.isEmpty() ? node : node.put("of", of);
    }

    private void show(Call call) throws Refusal {
        String room = call.room();
        requireOfRoom(call, room);
        call.requireQueryOf(Set.of());
        History there = HistoryOperations.required(history);
        call.await(
                told(there.photos().read(room, call.parameter("photoId"))),
                found -> {
                    PhotoStore.Image image = found.orElseThrow(SnapshotOperations::notFound);
                    call.routing()
                            .response()
                            .putHeader("x-content-type-options", "nosniff")
                            .putHeader("content-security-policy", "sandbox; default-src 'none'")
                            .putHeader("cache-control", "private, max-age=3600");
                    call.answer(
                            200, image.photo().type().mediaType(), Buffer.buffer(image.bytes()));
                });
    }

    private void delete(Call call) throws Refusal {
        String room = call.room();
        call.requireAdminOf(room);
        call.requireQueryOf(Set.of());
        History there = HistoryOperations.required(history);
        call.await(
                HistoryOperations.told(there.deletePhoto(room, call.parameter("photoId"))),
                wasThere -> {
                    if (!wasThere) {
                        throw notFound();
                    }
                    call.answerNothing();
                });
    }

    private static Refusal notFound() {
        return new Refusal(
                404, "snapshot-not-found", "Not found", "The room has no snapshot of this id.");
    }
}
