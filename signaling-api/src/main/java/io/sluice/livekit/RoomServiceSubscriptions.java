package io.sluice.livekit;

import io.sluice.api.Grants;
import io.sluice.forward.ViewerWish;
import io.sluice.room.Origin;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomException;
import io.sluice.room.RoomMessage;
import io.sluice.room.Rooms;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import livekit.LivekitRoom.UpdateSubscriptionsRequest;
import livekit.LivekitRoom.UpdateSubscriptionsResponse;
import org.jspecify.annotations.Nullable;

/**
 * Decides for a participant what it is sent. Nothing is sent of a track that it is unsubscribed from; a LiveKit client
 * loses it from its session description too, or gets it there. Used from all event loops.
 */
final class RoomServiceSubscriptions {
    /** As many as can be asked of one room at a time elsewhere. */
    private static final int MAX_TRACKS = RoomMessage.MAX_RECEIVERS;

    private final Rooms rooms;

    RoomServiceSubscriptions(Rooms rooms) {
        this.rooms = rooms;
    }

    Map<String, RoomServiceMethod<?>> methods() {
        return Map.of(
                "UpdateSubscriptions",
                new RoomServiceMethod<>(
                        UpdateSubscriptionsRequest.getDefaultInstance(), this::update));
    }

    private CompletableFuture<UpdateSubscriptionsResponse> update(
            Grants grants, UpdateSubscriptionsRequest request) {
        Room room = RoomServiceAccess.administered(grants, rooms, request.getRoom());
        Set<String> tracks = new LinkedHashSet<>(request.getTrackSidsList());
        request.getParticipantTracksList().forEach(of -> tracks.addAll(of.getTrackSidsList()));
        if (tracks.size() > MAX_TRACKS) {
            throw new TwirpException(
                    TwirpError.INVALID_ARGUMENT, "at most " + MAX_TRACKS + " tracks can be named");
        }
        boolean paused = !request.getSubscribe();
        List<CompletableFuture<?>> replies = new ArrayList<>();
        CompletableFuture<Void> asked = new CompletableFuture<>();
        replies.add(asked);
        room.submit(
                new RoomCommand.Subscribe(
                        request.getIdentity(), List.copyOf(tracks), request.getSubscribe(), asked));
        for (String track : tracks) {
            CompletableFuture<ViewerWish> reply = new CompletableFuture<>();
            replies.add(reply.handle((_, failure) -> unlessNotSubscribed(failure)));
            room.submit(
                    new RoomCommand.Wish(
                            request.getIdentity(),
                            track,
                            Origin.ROOM,
                            before ->
                                    new ViewerWish(
                                            paused,
                                            before.maxHeight(),
                                            before.maxFramesPerSecond(),
                                            before.priority()),
                            reply));
        }
        return CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new))
                .thenApply(_ -> UpdateSubscriptionsResponse.getDefaultInstance());
    }

    /** Who is not sent a track has nothing to be stopped, or gets it with its next session description. */
    private static @Nullable Void unlessNotSubscribed(@Nullable Throwable failure) {
        if (failure != null
                && !(failure instanceof RoomException refused
                        && refused.reason() == RoomException.Reason.NOT_SUBSCRIBED)) {
            throw new CompletionException(failure);
        }
        return null;
    }
}
