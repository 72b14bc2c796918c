package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.RoomQuestions;
import io.sluice.codec.Codec;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomConfig;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomSettings;
import io.sluice.room.Rooms;
import io.sluice.room.Topology;
import io.vertx.core.http.HttpHeaders;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Creates, lists, shows, changes and deletes rooms. Used from all event loops. */
final class RoomOperations {
    static final String ROOMS = "/api/v1/rooms";
    static final String ROOM = "/api/v1/rooms/{room}";

    /** The longest that a room may wait, and be told so in whole seconds. */
    private static final long MAX_EMPTY_TIMEOUT_SECONDS = Duration.ofDays(1).toSeconds();

    private static final int MAX_PAGE_ROOMS = RoomQuestions.MAX_AT_ONCE;

    private static final int DEFAULT_PAGE_ROOMS = 100;

    /** Less leaves no room for a picture. */
    static final long MIN_MAX_BITRATE = 50_000;

    static final long MAX_MAX_BITRATE = 1_000_000_000;

    private final Rooms rooms;
    private final RoomConfig config;

    RoomOperations(Rooms rooms, RoomConfig config) {
        this.rooms = rooms;
        this.config = config;
    }

    List<Operation> operations() {
        return List.of(
                Operation.post(ROOMS, Operation.Access.BEARER, this::create),
                Operation.get(ROOMS, Operation.Access.BEARER, this::list),
                Operation.get(ROOM, Operation.Access.BEARER, this::show),
                Operation.patch(ROOM, this::update),
                Operation.delete(ROOM, this::delete));
    }

    static Room find(Rooms rooms, String name) throws Refusal {
        return rooms.find(name).orElseThrow(Refusal::roomNotFound);
    }

    /** What a request asks of a room; null is left to the server. */
    private record Wish(
            @Nullable Long maxParticipants,
            @Nullable Long emptyTimeoutSeconds,
            @Nullable String metadata,
            @Nullable List<Codec> codecs,
            @Nullable Boolean unmuteAllowed,
            @Nullable Long maxBitrate,
            @Nullable Topology topology) {

        RoomSettings settings(RoomConfig config) {
            RoomSettings usual = RoomSettings.defaults(config);
            Topology way = topology == null ? usual.topology() : topology;
            return new RoomSettings(
                    maxParticipants == null
                            ? usualMaxParticipants(usual, way)
                            : Math.toIntExact(maxParticipants),
                    emptyTimeoutSeconds == null
                            ? RoomSettings.CREATED_EMPTY_TIMEOUT
                            : Duration.ofSeconds(emptyTimeoutSeconds),
                    metadata == null ? usual.metadata() : metadata,
                    codecs == null ? usual.codecs() : codecs,
                    unmuteAllowed == null ? usual.unmuteAllowed() : unmuteAllowed,
                    maxBitrate == null ? usual.maxBitrate() : maxBitrate,
                    way);
        }

        private static int usualMaxParticipants(RoomSettings usual, Topology way) {
            return way == Topology.MESH
                    ? Math.min(usual.maxParticipants(), Topology.MAX_MESH_PARTICIPANTS)
                    : usual.maxParticipants();
        }

        /** The first field in which a room that is there differs, or null. */
        @Nullable String difference(RoomSettings wished, RoomSettings present) {
            if (maxParticipants != null && wished.maxParticipants() != present.maxParticipants()) {
                return "maxParticipants";
            }
            if (emptyTimeoutSeconds != null
                    && !wished.emptyTimeout().equals(present.emptyTimeout())) {
                return "emptyTimeoutSeconds";
            }
            if (metadata != null && !wished.metadata().equals(present.metadata())) {
                return "metadata";
            }
            if (codecs != null && !wished.codecs().equals(present.codecs())) {
                return "codecs";
            }
            if (unmuteAllowed != null && wished.unmuteAllowed() != present.unmuteAllowed()) {
                return "unmuteAllowed";
            }
            if (maxBitrate != null && wished.maxBitrate() != present.maxBitrate()) {
                return "maxBitrate";
            }
            if (topology != null && wished.topology() != present.topology()) {
                return "topology";
            }
            return null;
        }
    }

    private void create(Call call) throws Refusal {
        call.requireRoomCreate();
        call.requireQueryOf(Set.of());
        Fields body = call.body();
        String name = Call.roomName(body.requiredText("name", Integer.MAX_VALUE));
        Wish wish =
                new Wish(
                        body.whole("maxParticipants", 1, config.maxParticipants()),
                        body.whole("emptyTimeoutSeconds", 0, MAX_EMPTY_TIMEOUT_SECONDS),
                        body.text("metadata", config.maxMetadataChars()),
                        codecs(body.texts("codecs", Codec.values().length)),
                        body.flag("unmuteAllowed"),
                        body.whole("maxBitrate", MIN_MAX_BITRATE, MAX_MAX_BITRATE),
                        body.topology());
        body.requireNoOthers();
        RoomSettings settings = wish.settings(config);
        Rooms.Created created = rooms.create(name, settings, call.apiKey());
        Room room = created.room();
        if (created.isNew()) {
            call.routing().response().putHeader(HttpHeaders.LOCATION, location(name));
            call.answer(
                    201,
                    RestJson.room(name, room.roomId(), room.createdAt(), room.settings(), 0, 0));
            return;
        }
        String difference = wish.difference(settings, room.settings());
        if (difference != null) {
            throw new Refusal(
                    409,
                    "room-exists",
                    "Room exists",
                    "There is a room of this name with another "
                            + difference
                            + ": leave the field out, delete the room first, or choose another"
                            + " name.");
        }
        call.routing().response().putHeader(HttpHeaders.CONTENT_LOCATION, location(name));
        call.await(RoomQuestions.describe(room), info -> call.answer(200, RestJson.room(info)));
    }

    private static @Nullable List<Codec> codecs(@Nullable List<String> names) throws Refusal {
        if (names == null) {
            return null;
        }
        List<Codec> codecs = new ArrayList<>();
        for (String name : names) {
            codecs.add(
                    Codec.named(name)
                            .orElseThrow(() ->
                                    Fields.invalid(
                                            "codecs",
                                            "may name VP8, H264, VP9, AV1 and opus only")));
        }
        if (codecs.isEmpty()) {
            throw Fields.invalid("codecs", "is empty: leave it out for all codecs");
        }
        return codecs;
    }

    static String location(String room) {
        // A space in a path is not a plus.
        return ROOMS + "/" + URLEncoder.encode(room, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private void list(Call call) throws Refusal {
        call.requireRoomList();
        call.requireQueryOf(Set.of("limit", "after"));
        int limit = limit(call.query("limit"));
        String after = Objects.requireNonNullElse(call.query("after"), "");
        List<Room> found =
                rooms.all().stream()
                        .filter(room -> room.name().compareTo(after) > 0)
                        .sorted(Comparator.comparing(Room::name))
                        .limit(limit + 1L)
                        .toList();
        call.await(
                RoomQuestions.describeAll(found.subList(0, Math.min(limit, found.size()))),
                described -> {
                    ObjectNode page = RestJson.object();
                    ArrayNode list = page.putArray("rooms");
                    described.forEach(info -> list.add(RestJson.room(info)));
                    if (found.size() > limit) {
                        page.put("next", found.get(limit - 1).name());
                    }
                    call.answer(200, page);
                });
    }

    private static int limit(@Nullable String text) throws Refusal {
        if (text == null) {
            return DEFAULT_PAGE_ROOMS;
        }
        // Four digits are enough for any that is allowed.
        int limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_PAGE_ROOMS) {
            throw Refusal.invalid(
                    "invalid-parameter",
                    "The parameter limit must be a whole number from 1 to " + MAX_PAGE_ROOMS + ".");
        }
        return limit;
    }

    private void show(Call call) throws Refusal {
        String name = call.room();
        call.requireListOrAdminOf(name);
        call.requireQueryOf(Set.of());
        call.await(
                RoomQuestions.describe(find(rooms, name)),
                info -> call.answer(200, RestJson.room(info)));
    }

    private void update(Call call) throws Refusal {
        String name = call.room();
        call.requireAdminOf(name);
        call.requireQueryOf(Set.of());
        String metadata = call.body().requiredText("metadata", config.maxMetadataChars());
        call.body().requireNoOthers();
        CompletableFuture<RoomInfo> reply = new CompletableFuture<>();
        find(rooms, name).submit(new RoomCommand.UpdateRoom(metadata, reply));
        call.await(reply, info -> call.answer(200, RestJson.room(info)));
    }

    private void delete(Call call) throws Refusal {
        String name = call.room();
        call.requireRoomCreate();
        call.requireQueryOf(Set.of());
        CompletableFuture<Void> reply = new CompletableFuture<>();
        find(rooms, name).submit(new RoomCommand.Close(RoomEnd.DELETED, reply));
        call.await(reply, _ -> call.answerNothing());
    }
}
