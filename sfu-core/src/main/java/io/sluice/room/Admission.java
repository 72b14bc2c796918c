package io.sluice.room;

import io.sluice.loop.Loop;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.Transport;
import io.sluice.transport.TransportListener;
import java.util.HashMap;
import java.util.Map;

/**
 * Lets participants into a room: counts them, places them on a loop and makes their transports there.
 *
 * <p>Owned by the room's home loop.
 */
final class Admission {
    private final Room room;
    private final Rooms rooms;
    private final Participants participants;

    /** Identities on their way in: their transport is being made on another loop. */
    private final Map<String, RoomCommand.Join> joining = new HashMap<>();

    Admission(Room room, Rooms rooms, Participants participants) {
        this.room = room;
        this.rooms = rooms;
        this.participants = participants;
    }

    boolean isEmpty() {
        return joining.isEmpty();
    }

    void join(RoomCommand.Join join) {
        int limit = room.settings().maxParticipants();
        if (participants.size() + joining.size() >= limit && !isKnown(join.identity())) {
            throw new RoomException(
                    Reason.ROOM_FULL,
                    "room "
                            + room.name()
                            + " is full: it takes "
                            + limit
                            + " participants. Try again when somebody has left.");
        }
        RoomCommand.Join overtaken = joining.put(join.identity(), join);
        if (overtaken != null) {
            overtaken.reply().completeExceptionally(replaced());
        }
        place(join);
    }

    private boolean isKnown(String identity) {
        return joining.containsKey(identity) || participants.findByIdentity(identity) != null;
    }

    private static RoomException replaced() {
        return new RoomException(
                Reason.NO_SUCH_PARTICIPANT,
                "the same identity joined again at the same time; use one connection an identity");
    }

    private void place(RoomCommand.Join join) {
        Loop home = room.home();
        Loop loop = home.busyShare() < rooms.config().spillBusyShare() ? home : rooms.leastBusy();
        ParticipantInfo info =
                new ParticipantInfo(
                        Ids.participant(rooms.random()),
                        join.identity(),
                        join.name(),
                        join.metadata(),
                        rooms.clock().instant());
        TransportListener listener = room.transportListener(info.participantId());
        room.on(
                loop,
                join,
                () -> {
                    Transport transport =
                            new Transport(
                                    loop,
                                    rooms.transportConfig(),
                                    rooms.identity(),
                                    rooms.handshakes(),
                                    rooms.random(),
                                    listener);
                    LocalTransport local = transport.local();
                    home.execute(() -> welcome(join, info, loop, transport, local));
                });
    }

    private void welcome(
            RoomCommand.Join join,
            ParticipantInfo info,
            Loop loop,
            Transport transport,
            LocalTransport local) {
        if (joining.get(join.identity()) != join) {
            loop.execute(transport::close);
            join.reply().completeExceptionally(replaced());
            return;
        }
        Participant older = participants.findByIdentity(join.identity());
        if (older != null) {
            room.depart(older, LeaveReason.REPLACED);
        }
        joining.remove(join.identity());
        Joined joined = new Joined(info, local, room.describe());
        participants.tell(new RoomEvent.ParticipantJoined(info));
        Participant newcomer =
                new Participant(info, join.permissions(), join.listener(), loop, transport);
        participants.add(newcomer);
        join.reply().complete(joined);
        room.catchUp(newcomer);
    }

    /** A join that was refused or broke. */
    void forget(RoomCommand.Join join) {
        joining.remove(join.identity(), join);
    }

    /** Stops the coming in of an identity; answers whether it was on its way. */
    boolean refuse(String identity, RoomException why) {
        RoomCommand.Join join = joining.remove(identity);
        return join != null && join.reply().completeExceptionally(why);
    }

    void refuseAll(RoomException why) {
        joining.values().forEach(join -> join.reply().completeExceptionally(why));
        joining.clear();
    }
}
