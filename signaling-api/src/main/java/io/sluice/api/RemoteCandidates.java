package io.sluice.api;

import io.sluice.room.CommandSink;
import io.sluice.room.Leg;
import io.sluice.room.RoomCommand;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A client's candidates for one leg, which wait until the room knows the description that they belong to.
 *
 * <p>Owned by its session's turn.
 */
final class RemoteCandidates {
    private final CommandSink room;
    private final String participantId;
    private final Leg leg;
    private final int maxHeld;
    private final Runnable onLost;
    private final Queue<String> held = new ArrayDeque<>();
    private boolean known;

    /**
     * @param onLost more waited than {@code maxHeld}
     */
    RemoteCandidates(
            CommandSink room, String participantId, Leg leg, int maxHeld, Runnable onLost) {
        this.room = room;
        this.participantId = participantId;
        this.leg = leg;
        this.maxHeld = maxHeld;
        this.onLost = onLost;
    }

    /** Takes one; an empty one says that there are no more, which ICE here does not wait for. */
    void add(String value) {
        if (value.isEmpty()) {
            return;
        }
        if (known) {
            room.submit(new RoomCommand.RemoteCandidate(participantId, leg, value));
        } else if (held.size() < maxHeld) {
            held.add(value);
        } else {
            onLost.run();
        }
    }

    /** Says whether the room knows the description that the next ones belong to. */
    void known(boolean now) {
        known = now;
        String candidate;
        while (known && (candidate = held.poll()) != null) {
            room.submit(new RoomCommand.RemoteCandidate(participantId, leg, candidate));
        }
    }
}
