package io.sluice.livekit;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.Grants;
import io.sluice.api.RoomQuestions;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomConfig;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomSettings;
import io.sluice.room.Rooms;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import livekit.LivekitModels;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRoom.DeleteRoomRequest;
import livekit.LivekitRoom.DeleteRoomResponse;
import livekit.LivekitRoom.ListRoomsRequest;
import livekit.LivekitRoom.ListRoomsResponse;
import livekit.LivekitRoom.UpdateRoomMetadataRequest;

/** Creates, lists, changes and deletes rooms. Used from all event loops. */
final class RoomServiceRooms {
    private final Rooms rooms;
    private final RoomConfig config;

    RoomServiceRooms(Rooms rooms, RoomConfig config) {
        this.rooms = rooms;
        this.config = config;
    }

    Map<String, RoomServiceMethod<?>> methods() {
        return Map.of(
                "CreateRoom",
                new RoomServiceMethod<>(
                        CreateRoomRequest.getDefaultInstance(), this::create, Duration.ZERO),
                "ListRooms",
                new RoomServiceMethod<>(ListRoomsRequest.getDefaultInstance(), this::list),
                "DeleteRoom",
                new RoomServiceMethod<>(DeleteRoomRequest.getDefaultInstance(), this::delete),
                "UpdateRoomMetadata",
                new RoomServiceMethod<>(
                        UpdateRoomMetadataRequest.getDefaultInstance(), this::updateMetadata));
    }

    /** A room that is there stays as it is. */
    private CompletableFuture<LivekitModels.Room> create(Bearer bearer, CreateRoomRequest request) {
        RoomServiceAccess.requireCreate(bearer.grants());
        RoomServiceAccess.requireName(request.getName());
        RoomSettings usual = RoomSettings.defaults(config);
        RoomSettings settings =
                new RoomSettings(
                        request.getMaxParticipants() == 0
                                ? usual.maxParticipants()
                                : request.getMaxParticipants(),
                        emptyTimeout(request),
                        request.getMetadata(),
                        usual.codecs(),
                        usual.unmuteAllowed());
        return described(rooms.create(request.getName(), settings, bearer.apiKey()).room());
    }

    /** Unsigned in the message: what does not fit is too long in any case. */
    private static Duration emptyTimeout(CreateRoomRequest request) {
        return request.getEmptyTimeout() == 0
                ? RoomSettings.CREATED_EMPTY_TIMEOUT
                : Duration.ofSeconds(Integer.toUnsignedLong(request.getEmptyTimeout()));
    }

    private static CompletableFuture<LivekitModels.Room> described(Room room) {
        return RoomQuestions.describe(room).thenApply(LiveKitModels::room);
    }

    private CompletableFuture<ListRoomsResponse> list(Grants grants, ListRoomsRequest request) {
        RoomServiceAccess.requireList(grants);
        List<Room> asked =
                request.getNamesCount() == 0
                        ? List.copyOf(rooms.all())
                        : request.getNamesList().stream()
                                .distinct()
                                .map(rooms::find)
                                .flatMap(Optional::stream)
                                .toList();
        return RoomQuestions.describeAll(asked).thenApply(RoomServiceRooms::list);
    }

    private static ListRoomsResponse list(List<RoomInfo> described) {
        ListRoomsResponse.Builder answer = ListRoomsResponse.newBuilder();
        described.forEach(info -> answer.addRooms(LiveKitModels.room(info)));
        return answer.build();
    }

    private CompletableFuture<DeleteRoomResponse> delete(Grants grants, DeleteRoomRequest request) {
        RoomServiceAccess.requireCreate(grants);
        Room room = rooms.find(request.getRoom()).orElseThrow(TwirpException::noRoom);
        CompletableFuture<Void> reply = new CompletableFuture<>();
        room.submit(new RoomCommand.Close(RoomEnd.DELETED, reply));
        return reply.thenCompose(_ -> completedFuture(DeleteRoomResponse.getDefaultInstance()));
    }

    private CompletableFuture<LivekitModels.Room> updateMetadata(
            Grants grants, UpdateRoomMetadataRequest request) {
        Room room = RoomServiceAccess.administered(grants, rooms, request.getRoom());
        CompletableFuture<RoomInfo> reply = new CompletableFuture<>();
        room.submit(new RoomCommand.UpdateRoom(request.getMetadata(), reply));
        return reply.thenApply(LiveKitModels::room);
    }
}
