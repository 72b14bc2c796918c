package io.sluice.room;

import io.sluice.room.RoomException.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is in a room, and how they and the node's listeners hear of it.
 *
 * <p>Owned by the room's home loop.
 */
final class Participants {
    /** What happens in the room, for those outside. */
    private final RoomListener outside;

    private final Map<String, Participant> byId = new LinkedHashMap<>();
    private final Map<String, Participant> byIdentity = new LinkedHashMap<>();

    private final Consumer<Throwable> onDefect;

    /**
     * @param onDefect hears what a listener throws: it is no reason not to tell the others
     */
    Participants(RoomListener outside, Consumer<Throwable> onDefect) {
        this.outside = outside;
        this.onDefect = onDefect;
    }

    void add(Participant participant) {
        byId.put(participant.info().participantId(), participant);
        byIdentity.put(participant.info().identity(), participant);
    }

    void remove(Participant participant) {
        byId.remove(participant.info().participantId());
        byIdentity.remove(participant.info().identity());
    }

    @Nullable Participant find(String participantId) {
        return byId.get(participantId);
    }

    /** The participant of an id; throws if it has gone. */
    Participant required(String participantId) {
        Participant participant = find(participantId);
        if (participant == null) {
            throw new RoomException(
                    Reason.NO_SUCH_PARTICIPANT,
                    "participant " + participantId + " is not in the room any more; join again");
        }
        return participant;
    }

    @Nullable Participant findByIdentity(String identity) {
        return byIdentity.get(identity);
    }

    int size() {
        return byId.size();
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    /** Those of this moment, whoever leaves meanwhile. */
    List<Participant> all() {
        return List.copyOf(byId.values());
    }

    /** Those of this moment, for a look that nobody comes or goes in. */
    Iterable<Participant> each() {
        return byId.values();
    }

    List<ParticipantInfo> infos() {
        return byId.values().stream().map(Participant::info).toList();
    }

    /** Tells one of them only, and nobody outside. */
    void tell(Participant one, RoomEvent event) {
        tell(one.listener(), event);
    }

    void tell(RoomEvent event) {
        byId.values().forEach(participant -> tell(participant.listener(), event));
        tell(outside, event);
    }

    /** Tells what happens to one of them: of one that is hidden the others hear nothing. */
    void tellOf(ParticipantInfo one, RoomEvent event) {
        if (!one.guise().hidden()) {
            tell(event);
            return;
        }
        Participant self = find(one.participantId());
        if (self != null) {
            tell(self, event);
        }
        tell(outside, event);
    }

    /** The same, but for the one itself. */
    void tellAllBut(Participant one, RoomEvent event) {
        if (!one.info().guise().hidden()) {
            for (Participant participant : byId.values()) {
                if (participant != one) {
                    tell(participant.listener(), event);
                }
            }
        }
        tell(outside, event);
    }

    boolean isHidden(String participantId) {
        Participant participant = find(participantId);
        return participant != null && participant.info().guise().hidden();
    }

    private void tell(RoomListener listener, RoomEvent event) {
        try {
            listener.onEvent(event);
        } catch (RuntimeException | Error e) {
            onDefect.accept(e);
        }
    }
}
