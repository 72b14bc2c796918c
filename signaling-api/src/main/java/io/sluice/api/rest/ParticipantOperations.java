package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.RoomQuestions;
import io.sluice.api.WishLimits;
import io.sluice.forward.ViewerWish;
import io.sluice.room.Origin;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomConfig;
import io.sluice.room.RoomInfo;
import io.sluice.room.Rooms;
import io.sluice.room.TrackInfo;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Lists, shows, changes and removes participants, and mutes their tracks. Used from all event loops. */
final class ParticipantOperations {
    private static final String PARTICIPANTS = RoomOperations.ROOM + "/participants";
    private static final String PARTICIPANT = PARTICIPANTS + "/{identity}";
    private static final String SUBSCRIPTION = PARTICIPANT + "/subscriptions/{trackId}";
    private static final String MUTE = RoomOperations.ROOM + "/tracks/{trackId}/mute";

    /** LiveKit's limit for names. */
    private static final int MAX_NAME_CHARS = 256;

    /** In one request. */
    private static final int MAX_ATTRIBUTES = 100;

    /** Instead of a bound. */
    private static final long NO_BOUND = 0;

    private final Rooms rooms;
    private final RoomConfig config;

    ParticipantOperations(Rooms rooms, RoomConfig config) {
        this.rooms = rooms;
        this.config = config;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(PARTICIPANTS, Operation.Access.BEARER, this::list),
                Operation.get(PARTICIPANT, Operation.Access.BEARER, this::show),
                Operation.patch(PARTICIPANT, this::update),
                Operation.delete(PARTICIPANT, this::remove),
                Operation.patch(SUBSCRIPTION, this::bound),
                Operation.post(MUTE, Operation.Access.BEARER, this::mute));
    }

    /** The room in the path, for those who administer it. */
    private Room administered(Call call) throws Refusal {
        String name = call.room();
        call.requireAdminOf(name);
        call.requireQueryOf(Set.of());
        return RoomOperations.find(rooms, name);
    }

    private void list(Call call) throws Refusal {
        call.await(
                RoomQuestions.describe(administered(call)),
                info -> {
                    ObjectNode answer = RestJson.object();
                    ArrayNode list = answer.putArray("participants");
                    info.participants()
                            .forEach(one -> list.add(RestJson.participant(one, info.tracks())));
                    call.answer(200, answer);
                });
    }

    private void show(Call call) throws Refusal {
        show(call, administered(call));
    }

    private static void show(Call call, Room room) {
        String identity = call.parameter("identity");
        call.await(
                RoomQuestions.describe(room),
                info ->
                        call.answer(
                                200, RestJson.participant(find(info, identity), info.tracks())));
    }

    private static ParticipantInfo find(RoomInfo info, String identity) throws Refusal {
        for (ParticipantInfo participant : info.participants()) {
            if (participant.identity().equals(identity)) {
                return participant;
            }
        }
        throw Call.participantNotFound();
    }

    private void update(Call call) throws Refusal {
        Room room = administered(call);
        Fields body = call.body();
        String name = body.text("name", MAX_NAME_CHARS);
        String metadata = body.text("metadata", config.maxMetadataChars());
        Map<String, String> attributes =
                body.textsByName("attributes", MAX_ATTRIBUTES, config.maxMetadataChars());
        Boolean canPublish = body.flag("canPublish");
        Boolean canSubscribe = body.flag("canSubscribe");
        Boolean canPublishData = body.flag("canPublishData");
        body.requireNoOthers();
        boolean permits = canPublish != null || canSubscribe != null || canPublishData != null;
        if (name == null && metadata == null && attributes.isEmpty() && !permits) {
            throw Refusal.invalid(
                    "nothing-to-change",
                    "Give a name, metadata, attributes or what is allowed: nothing would change.");
        }
        CompletableFuture<ParticipantInfo> reply = new CompletableFuture<>();
        room.submit(
                new RoomCommand.UpdateParticipant(
                        call.parameter("identity"),
                        name,
                        metadata,
                        attributes,
                        before -> permitted(before, canPublish, canSubscribe, canPublishData),
                        reply));
        call.await(reply, _ -> show(call, room));
    }

    private static Permissions permitted(
            Permissions before,
            @Nullable Boolean canPublish,
            @Nullable Boolean canSubscribe,
            @Nullable Boolean canPublishData) {
        return new Permissions(
                canPublish == null ? before.canPublish() : canPublish,
                canSubscribe == null ? before.canSubscribe() : canSubscribe,
                canPublishData == null ? before.canPublishData() : canPublishData,
                before.maxBitrate(),
                before.publishSources(),
                before.canUpdateMetadata());
    }

    private void remove(Call call) throws Refusal {
        Room room = administered(call);
        CompletableFuture<Void> reply = new CompletableFuture<>();
        room.submit(new RoomCommand.Remove(call.parameter("identity"), reply));
        call.await(reply, _ -> call.answerNothing());
    }

    /** Bounds what somebody may get of a track. */
    private void bound(Call call) throws Refusal {
        Room room = administered(call);
        Fields body = call.body();
        Boolean paused = body.flag("paused");
        Long maxHeight = body.whole("maxHeight", NO_BOUND, WishLimits.MAX_HEIGHT);
        Long maxFps = body.whole("maxFps", NO_BOUND, WishLimits.MAX_FPS);
        Long priority = body.whole("priority", 0, WishLimits.MAX_PRIORITY);
        body.requireNoOthers();
        if (paused == null && maxHeight == null && maxFps == null && priority == null) {
            throw Refusal.invalid(
                    "nothing-to-change",
                    "Give paused, maxHeight, maxFps or priority: nothing would change.");
        }
        String identity = call.parameter("identity");
        String trackId = call.parameter("trackId");
        CompletableFuture<ViewerWish> reply = new CompletableFuture<>();
        room.submit(
                new RoomCommand.Wish(
                        identity,
                        trackId,
                        Origin.ROOM,
                        before ->
                                new ViewerWish(
                                        paused == null ? before.paused() : paused,
                                        changed(before.maxHeight(), maxHeight),
                                        changed(before.maxFramesPerSecond(), maxFps),
                                        priority == null ? before.priority() : priority.intValue()),
                        reply));
        call.await(reply, wish -> call.answer(200, RestJson.wish(identity, trackId, wish)));
    }

    private static int changed(int before, @Nullable Long bound) {
        if (bound == null) {
            return before;
        }
        return bound == NO_BOUND ? Integer.MAX_VALUE : bound.intValue();
    }

    private void mute(Call call) throws Refusal {
        Room room = administered(call);
        Boolean muted = call.body().flag("muted");
        call.body().requireNoOthers();
        if (muted == null) {
            throw Fields.invalid("muted", "is missing");
        }
        CompletableFuture<TrackInfo> reply = new CompletableFuture<>();
        room.submit(new RoomCommand.Mute(call.parameter("trackId"), muted, Origin.ROOM, "", reply));
        call.await(reply, track -> call.answer(200, RestJson.track(track)));
    }
}
