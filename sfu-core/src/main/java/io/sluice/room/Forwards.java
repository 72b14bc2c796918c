package io.sluice.room;

import io.sluice.room.RoomException.Reason;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * Participants of this room who are shown in others too, as guests: what happens to them here is told there, and what
 * is needed of their tracks there is asked for here.
 *
 * <p>Owned by the home loop of the room they are at home in.
 */
final class Forwards {
    /** Of one participant: each costs a hand-off of all it publishes for each loop with viewers. */
    static final int MAX_ROOMS = 16;

    private final Room room;
    private final Participants participants;
    private final Publications publications;
    private final Wishes wishes;
    private final RandomGenerator random;
    private final InstantSource clock;

    /** By participant id: where it is shown, with its id there. */
    private final Map<String, Map<Room, String>> shown = new HashMap<>(2);

    Forwards(
            Room room,
            Participants participants,
            Publications publications,
            Wishes wishes,
            RandomGenerator random,
            InstantSource clock) {
        this.room = room;
        this.participants = participants;
        this.publications = publications;
        this.wishes = wishes;
        this.random = random;
        this.clock = clock;
    }

    /**
     * Begins to show a participant in another room; the reply is that room's.
     *
     * @throws RoomException if it cannot be
     */
    void begin(RoomCommand.Forward forward) {
        Participant participant = participants.findByIdentity(forward.identity());
        if (participant == null) {
            throw Room.nobody(forward.identity());
        }
        if (participant.isGuest()) {
            throw new RoomException(
                    Reason.NOT_PERMITTED,
                    forward.identity() + " is a guest here: forward it from its own room");
        }
        Room destination = forward.destination();
        String participantId = participant.info().participantId();
        Map<Room, String> rooms = shown.getOrDefault(participantId, Map.of());
        if (destination == room || rooms.size() >= MAX_ROOMS) {
            throw new RoomException(
                    Reason.INVALID_SETTINGS,
                    destination == room
                            ? "the participant is in this room already"
                            : "a participant can be in " + MAX_ROOMS + " other rooms at most");
        }
        if (rooms.containsKey(destination)) {
            forward.reply().complete(null);
            return;
        }
        String guestId = Ids.participant(random);
        shown.computeIfAbsent(participantId, _ -> new LinkedHashMap<>(2)).put(destination, guestId);
        CompletableFuture<Void> entered = new CompletableFuture<>();
        CompletableFuture<Void> _ =
                entered.whenComplete((_, failure) ->
                        room.home()
                                .execute(() -> {
                                    if (failure == null) {
                                        forward.reply().complete(null);
                                    } else {
                                        forget(participantId, destination);
                                        forward.reply().completeExceptionally(failure);
                                    }
                                }));
        destination.receive(
                new GuestArrival(
                        participant.info().asGuest(guestId, clock.instant()),
                        participant.viewerRule(),
                        participant.loop(),
                        publications.of(participant).stream().map(GuestTrack::of).toList(),
                        event ->
                                room.home()
                                        .execute(() -> onEvent(participantId, destination, event)),
                        entered));
    }

    private void forget(String participantId, Room destination) {
        Map<Room, String> rooms = shown.get(participantId);
        if (rooms != null && rooms.remove(destination) != null && rooms.isEmpty()) {
            shown.remove(participantId);
        }
    }

    /** What another room says to a guest of ours. */
    private void onEvent(String participantId, Room destination, RoomEvent event) {
        if (event instanceof RoomEvent.Left) {
            forget(participantId, destination);
            Participant participant = participants.find(participantId);
            if (participant != null) {
                publications
                        .of(participant)
                        .forEach(track -> wishes.elsewhere(track, destination.roomId(), Map.of()));
            }
        } else if (event instanceof RoomEvent.EncodingsWanted(var trackId, var active)) {
            publications
                    .find(trackId)
                    .ifPresent(track -> wishes.elsewhere(track, destination.roomId(), active));
        } else if (event instanceof RoomEvent.TrackWatched(var trackId)) {
            publications.find(trackId).ifPresent(publications::watchedElsewhere);
        }
    }

    // ---- what happens here

    /** Takes whatever is told in this room. */
    void onEvent(RoomEvent event) {
        if (shown.isEmpty()) {
            return;
        }
        if (event instanceof RoomEvent.TrackPublished(var track)) {
            publications
                    .find(track.trackId())
                    .ifPresent(published -> {
                        GuestTrack guest = GuestTrack.of(published);
                        tell(track, (guests, id) -> guests.publish(id, guest));
                    });
        } else if (event instanceof RoomEvent.TrackUnpublished(var track)) {
            tell(track, (guests, id) -> guests.unpublish(id, track.trackId()));
        } else if (event instanceof RoomEvent.TrackMuted(var track)) {
            tell(track, (guests, id) -> guests.mute(id, track.trackId(), track.muting()));
        } else if (event instanceof RoomEvent.TrackUnmuted(var track)) {
            tell(track, (guests, id) -> guests.mute(id, track.trackId(), track.muting()));
        } else if (event instanceof RoomEvent.ParticipantUpdated(var who)) {
            tell(who.participantId(), (guests, id) -> guests.update(id, who));
        } else if (event instanceof RoomEvent.ParticipantLeft(var who, _)) {
            tell(who.participantId(), (guests, id) -> guests.leave(id, LeaveReason.LEFT));
            shown.remove(who.participantId());
        }
    }

    /** A participant says who may watch, in all rooms. */
    void permit(String participantId, ViewerRule rule) {
        tell(participantId, (guests, id) -> guests.permit(id, rule));
    }

    private void tell(TrackInfo track, BiConsumer<Guests, String> news) {
        tell(track.participantId(), news);
    }

    private void tell(String participantId, BiConsumer<Guests, String> news) {
        shown.getOrDefault(participantId, Map.of())
                .forEach((destination, guestId) ->
                        destination.withGuests(guests -> news.accept(guests, guestId)));
    }
}
