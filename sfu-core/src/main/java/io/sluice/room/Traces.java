package io.sluice.room;

import io.sluice.bandwidth.BandwidthTrace;
import io.sluice.forward.PathTrace;
import io.sluice.loop.Loop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Has written down what is found of the paths to some participants, and what was granted to them for it: for
 * whoever looks into why somebody sees little.
 *
 * <p>Owned by the room's home loop; what is written down belongs to the viewer's.
 */
final class Traces {
    /** Of one room, for each takes memory; one more ends the one that began first. */
    static final int TRACED_MAX = 8;

    private final Loop home;
    private final Participants participants;

    /** By their ids, who began first in front. */
    private final Set<String> traced = new LinkedHashSet<>();

    Traces(Loop home, Participants participants) {
        this.home = home;
        this.participants = participants;
    }

    /**
     * Takes an order; the reply is for who has carried it out on the viewer's loop.
     *
     * @throws RoomException if there is no such participant
     */
    void apply(Room room, RoomCommand.Trace command) {
        Participant viewer = participants.findByIdentity(command.identity());
        if (viewer == null) {
            throw Room.nobody(command.identity());
        }
        PathTrace trace = viewer.transport(Leg.WATCHING).trace();
        command.order().ifPresent(begins -> note(viewer.info().participantId(), begins));
        room.on(
                viewer.loop(),
                command,
                () -> {
                    command.order().ifPresent(begins -> turn(trace, begins));
                    Optional<List<BandwidthTrace.Sample>> samples = trace.samples();
                    home.execute(() -> command.reply().complete(samples));
                });
    }

    private static void turn(PathTrace trace, boolean on) {
        if (on) {
            trace.begin();
        } else {
            trace.end();
        }
    }

    private void note(String participantId, boolean begins) {
        traced.removeIf(id -> participants.find(id) == null);
        if (!begins) {
            traced.remove(participantId);
        } else if (traced.add(participantId) && traced.size() > TRACED_MAX) {
            Participant first = participants.required(traced.iterator().next());
            traced.remove(first.info().participantId());
            first.loop().execute(first.transport(Leg.WATCHING).trace()::end);
        }
    }
}
