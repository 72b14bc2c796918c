package io.sluice.room;

import io.sluice.loop.Loop;
import io.sluice.rtp.PacketRecord;
import io.sluice.transport.Transport;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Has the headers of some participants' packets kept, for whoever looks into what goes wrong with them.
 *
 * <p>Owned by the room's home loop; what is kept belongs to the participant's.
 */
final class PacketRecords {
    /** Of one room, for each takes memory; one more ends the one that began first. */
    static final int RECORDED_MAX = 4;

    private final Loop home;
    private final Participants participants;

    /** By their ids, who began first in front. */
    private final Set<String> recorded = new LinkedHashSet<>();

    PacketRecords(Loop home, Participants participants) {
        this.home = home;
        this.participants = participants;
    }

    /**
     * Takes an order; the reply is for who has carried it out on the participant's loop.
     *
     * @throws RoomException if there is no such participant
     */
    void apply(Room room, RoomCommand.RecordPackets command) {
        Participant participant = participants.findByIdentity(command.identity());
        if (participant == null) {
            throw Room.nobody(command.identity());
        }
        List<Transport> legs = legs(participant);
        command.order().ifPresent(begins -> note(participant.info().participantId(), begins));
        Loop loop = participant.loop();
        room.on(
                loop,
                command,
                () -> {
                    command.order().ifPresent(on -> legs.forEach(leg -> leg.record(on)));
                    List<PacketRecord.Excerpt> excerpts = new ArrayList<>();
                    for (Transport leg : legs) {
                        PacketRecord record = leg.record();
                        if (record != null) {
                            excerpts.add(record.excerpt(loop.nowNanos()));
                        }
                    }
                    Optional<List<PacketRecord.Excerpt>> reply =
                            excerpts.isEmpty() ? Optional.empty() : Optional.of(excerpts);
                    home.execute(() -> command.reply().complete(reply));
                });
    }

    private static List<Transport> legs(Participant participant) {
        Transport first = participant.transport(Leg.FIRST);
        return participant.hasWatching()
                ? List.of(first, participant.transport(Leg.WATCHING))
                : List.of(first);
    }

    private void note(String participantId, boolean begins) {
        recorded.removeIf(id -> participants.find(id) == null);
        if (!begins) {
            recorded.remove(participantId);
        } else if (recorded.add(participantId) && recorded.size() > RECORDED_MAX) {
            Participant first = participants.required(recorded.iterator().next());
            recorded.remove(first.info().participantId());
            List<Transport> legs = legs(first);
            first.loop().execute(() -> legs.forEach(leg -> leg.record(false)));
        }
    }
}
