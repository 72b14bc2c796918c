package io.sluice.livekit;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.sluice.api.Grants;
import io.sluice.api.RoomQuestions;
import io.sluice.room.Origin;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomException;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomMessage;
import io.sluice.room.Rooms;
import io.sluice.room.TrackInfo;
import io.sluice.sctp.DataMessage;
import io.sluice.transport.TrackSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import livekit.LivekitModels;
import livekit.LivekitModels.ParticipantPermission;
import livekit.LivekitRoom.ListParticipantsRequest;
import livekit.LivekitRoom.ListParticipantsResponse;
import livekit.LivekitRoom.MuteRoomTrackRequest;
import livekit.LivekitRoom.MuteRoomTrackResponse;
import livekit.LivekitRoom.RemoveParticipantResponse;
import livekit.LivekitRoom.RoomParticipantIdentity;
import livekit.LivekitRoom.SendDataRequest;
import livekit.LivekitRoom.SendDataResponse;
import livekit.LivekitRoom.UpdateParticipantRequest;

/** Shows, changes, mutes and removes participants, and sends them data. Used from all event loops. */
final class RoomServiceParticipants {
    private final Rooms rooms;

    RoomServiceParticipants(Rooms rooms) {
        this.rooms = rooms;
    }

    Map<String, RoomServiceMethod<?>> methods() {
        return Map.of(
                "ListParticipants",
                new RoomServiceMethod<>(ListParticipantsRequest.getDefaultInstance(), this::list),
                "GetParticipant",
                new RoomServiceMethod<>(RoomParticipantIdentity.getDefaultInstance(), this::show),
                "RemoveParticipant",
                new RoomServiceMethod<>(RoomParticipantIdentity.getDefaultInstance(), this::remove),
                "UpdateParticipant",
                new RoomServiceMethod<>(
                        UpdateParticipantRequest.getDefaultInstance(), this::update),
                "MutePublishedTrack",
                new RoomServiceMethod<>(MuteRoomTrackRequest.getDefaultInstance(), this::mute),
                "SendData",
                new RoomServiceMethod<>(SendDataRequest.getDefaultInstance(), this::send));
    }

    private Room administered(Grants grants, String room) {
        return RoomServiceAccess.administered(grants, rooms, room);
    }

    /** In a room that is not there nobody is, as in LiveKit. */
    private CompletableFuture<ListParticipantsResponse> list(
            Grants grants, ListParticipantsRequest request) {
        RoomServiceAccess.requireAdmin(grants, request.getRoom());
        List<Room> found = rooms.find(request.getRoom()).stream().toList();
        return RoomQuestions.describeAll(found)
                .thenApply(described -> {
                    ListParticipantsResponse.Builder answer = ListParticipantsResponse.newBuilder();
                    for (RoomInfo room : described) {
                        room.participants()
                                .forEach(one ->
                                        answer.addParticipants(
                                                LiveKitModels.participant(room, one)));
                    }
                    return answer.build();
                });
    }

    private CompletableFuture<LivekitModels.ParticipantInfo> show(
            Grants grants, RoomParticipantIdentity request) {
        Room room = administered(grants, request.getRoom());
        return shown(room, request.getIdentity());
    }

    private static CompletableFuture<LivekitModels.ParticipantInfo> shown(
            Room room, String identity) {
        return RoomQuestions.describe(room)
                .thenApply(info ->
                        info.participants().stream()
                                .filter(one -> one.identity().equals(identity))
                                .findFirst()
                                .map(one -> LiveKitModels.participant(info, one).build())
                                .orElseThrow(TwirpException::noParticipant));
    }

    private CompletableFuture<RemoveParticipantResponse> remove(
            Grants grants, RoomParticipantIdentity request) {
        Room room = administered(grants, request.getRoom());
        CompletableFuture<Void> reply = new CompletableFuture<>();
        room.submit(new RoomCommand.Remove(request.getIdentity(), reply));
        return reply.thenCompose(
                _ -> completedFuture(RemoveParticipantResponse.getDefaultInstance()));
    }

    /** An empty text leaves what was there, as in LiveKit; permissions are given as a whole. */
    private CompletableFuture<LivekitModels.ParticipantInfo> update(
            Grants grants, UpdateParticipantRequest request) {
        Room room = administered(grants, request.getRoom());
        UnaryOperator<Permissions> permissions =
                request.hasPermission()
                        ? before -> permissions(request.getPermission(), before)
                        : UnaryOperator.identity();
        CompletableFuture<ParticipantInfo> reply = new CompletableFuture<>();
        room.submit(
                new RoomCommand.UpdateParticipant(
                        request.getIdentity(),
                        request.getName().isEmpty() ? null : request.getName(),
                        request.getMetadata().isEmpty() ? null : request.getMetadata(),
                        request.getAttributesMap(),
                        permissions,
                        reply));
        return reply.thenCompose(_ -> shown(room, request.getIdentity()));
    }

    private static Permissions permissions(ParticipantPermission wanted, Permissions before) {
        Set<TrackSource> sources = EnumSet.noneOf(TrackSource.class);
        for (LivekitModels.TrackSource source : wanted.getCanPublishSourcesList()) {
            switch (source) {
                case CAMERA -> sources.add(TrackSource.CAMERA);
                case MICROPHONE -> sources.add(TrackSource.MICROPHONE);
                case SCREEN_SHARE -> sources.add(TrackSource.SCREEN_SHARE);
                case SCREEN_SHARE_AUDIO -> sources.add(TrackSource.SCREEN_SHARE_AUDIO);
                case UNKNOWN, UNRECOGNIZED -> {}
            }
        }
        return new Permissions(
                wanted.getCanPublish(),
                wanted.getCanSubscribe(),
                wanted.getCanPublishData(),
                before.maxBitrate(),
                sources,
                wanted.getCanUpdateMetadata());
    }

    private CompletableFuture<MuteRoomTrackResponse> mute(
            Grants grants, MuteRoomTrackRequest request) {
        Room room = administered(grants, request.getRoom());
        return RoomQuestions.describe(room)
                .thenCompose(info -> {
                    requireTrackOf(info, request.getIdentity(), request.getTrackSid());
                    CompletableFuture<TrackInfo> reply = new CompletableFuture<>();
                    room.submit(
                            new RoomCommand.Mute(
                                    request.getTrackSid(),
                                    request.getMuted(),
                                    Origin.ROOM,
                                    "",
                                    reply));
                    return reply;
                })
                .handle((track, failure) -> {
                    if (track == null) {
                        throw unmuteRefused(failure);
                    }
                    return MuteRoomTrackResponse.newBuilder()
                            .setTrack(LiveKitModels.track(track))
                            .build();
                });
    }

    private static void requireTrackOf(RoomInfo room, String identity, String trackId) {
        boolean present =
                room.participants().stream().anyMatch(one -> one.identity().equals(identity));
        if (!present) {
            throw TwirpException.noParticipant();
        }
        boolean isTheirs =
                room.tracks().stream()
                        .anyMatch(track ->
                                track.trackId().equals(trackId)
                                        && track.identity().equals(identity));
        if (!isTheirs) {
            throw TwirpException.noTrack();
        }
    }

    /** What its publisher muted nobody unmutes; that is not a matter of the caller's grants. */
    private static RuntimeException unmuteRefused(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof RoomException refused
                && refused.reason() == RoomException.Reason.NOT_PERMITTED) {
            return new TwirpException(
                    TwirpError.FAILED_PRECONDITION, "its publisher muted the track itself");
        }
        return TwirpException.of(failure);
    }

    /** Receivers that are not there are left out, as in LiveKit. */
    private CompletableFuture<SendDataResponse> send(Grants grants, SendDataRequest request) {
        Room room = administered(grants, request.getRoom());
        boolean toAll = isToAll(request);
        CompletableFuture<List<String>> receivers =
                toAll
                        ? completedFuture(List.of())
                        : RoomQuestions.describe(room).thenApply(info -> present(info, request));
        return receivers
                .thenCompose(to ->
                        toAll || !to.isEmpty() ? publish(room, request, to) : completedFuture(0))
                .thenApply(_ -> SendDataResponse.getDefaultInstance());
    }

    @SuppressWarnings("deprecation")
    private static boolean isToAll(SendDataRequest request) {
        return request.getDestinationIdentitiesCount() == 0
                && request.getDestinationSidsCount() == 0;
    }

    @SuppressWarnings("deprecation")
    private static List<String> present(RoomInfo room, SendDataRequest request) {
        Set<String> wanted = new LinkedHashSet<>(request.getDestinationIdentitiesList());
        Set<String> wantedIds = new LinkedHashSet<>(request.getDestinationSidsList());
        if (wanted.size() + wantedIds.size() > RoomMessage.MAX_RECEIVERS) {
            throw new TwirpException(
                    TwirpError.INVALID_ARGUMENT,
                    "at most " + RoomMessage.MAX_RECEIVERS + " receivers can be named");
        }
        List<String> there = new ArrayList<>();
        for (ParticipantInfo one : room.participants()) {
            if (wanted.contains(one.identity()) || wantedIds.contains(one.participantId())) {
                there.add(one.identity());
            }
        }
        return there;
    }

    private static CompletableFuture<Integer> publish(
            Room room, SendDataRequest request, List<String> to) {
        CompletableFuture<Integer> reply = new CompletableFuture<>();
        room.submit(
                new RoomCommand.Publish(
                        request.getTopic(),
                        request.getKind() == LivekitModels.DataPacket.Kind.RELIABLE,
                        new DataMessage(DataMessage.Kind.BINARY, request.getData().toByteArray()),
                        to,
                        reply));
        return reply;
    }
}
