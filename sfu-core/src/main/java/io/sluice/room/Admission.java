package io.sluice.room;

import io.sluice.loop.Loop;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.DataListener;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.Transport;
import io.sluice.transport.TransportListener;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets participants into a room: counts them, places them on a loop and makes their transports there.
 *
 * <p>Owned by the room's home loop.
 */
final class Admission {
    private final Room room;
    private final Rooms rooms;
    private final Participants participants;
    private final Distribution distribution;

    /** Identities on their way in: their transport is being made on another loop. */
    private final Map<String, Arrival> joining = new HashMap<>();

    /** Somebody on the way in, who counts for its API key already. */
    private record Arrival(RoomCommand.Join join, KeyQuotas.Seat seat) {
        /** Is not to come in. */
        boolean refuse(RoomException why) {
            seat.leave();
            return join.reply().completeExceptionally(why);
        }
    }

    Admission(Room room, Rooms rooms, Participants participants, Distribution distribution) {
        this.distribution = distribution;
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
        Arrival arrival =
                new Arrival(
                        join,
                        rooms.quotas()
                                .enter(
                                        join.apiKey(),
                                        rooms.config().perKey(),
                                        seatOf(join.identity())));
        Arrival overtaken = joining.put(join.identity(), arrival);
        if (overtaken != null) {
            overtaken.refuse(replaced());
        }
        place(arrival);
    }

    /** The place of whoever is replaced; guests have none. */
    private KeyQuotas.@Nullable Seat seatOf(String identity) {
        Arrival arriving = joining.get(identity);
        if (arriving != null) {
            return arriving.seat();
        }
        Participant present = participants.findByIdentity(identity);
        return present == null ? null : present.seat();
    }

    private boolean isKnown(String identity) {
        return joining.containsKey(identity) || participants.findByIdentity(identity) != null;
    }

    private static RoomException replaced() {
        return new RoomException(
                Reason.NO_SUCH_PARTICIPANT,
                "the same identity joined again at the same time; use one connection an identity");
    }

    private void place(Arrival arrival) {
        RoomCommand.Join join = arrival.join();
        Loop home = room.home();
        Loop loop = home.busyShare() < rooms.config().spillBusyShare() ? home : rooms.leastBusy();
        ParticipantInfo info =
                new ParticipantInfo(
                        Ids.participant(rooms.random()),
                        join.identity(),
                        join.name(),
                        join.metadata(),
                        join.attributes(),
                        join.guise(),
                        join.permissions(),
                        false,
                        rooms.clock().instant());
        long maxBitrate = join.permissions().maxBitrate(room.settings());
        TransportListener listener = room.transportListener(info.participantId(), Leg.FIRST);
        room.on(
                loop,
                join,
                () -> {
                    Mailbox mailbox = distribution.mailbox(loop, info, join);
                    Transport transport = transport(loop, listener, mailbox);
                    mailbox.attach(transport::data, transport::defect);
                    transport.allow(maxBitrate);
                    LocalTransport local = transport.local();
                    // Whatever breaks there, too, the place of the key is given back.
                    room.on(
                            home,
                            join,
                            () -> welcome(arrival, info, mailbox, transport, local),
                            () -> loop.execute(transport::close));
                });
    }

    private Transport transport(
            Loop loop, TransportListener listener, @Nullable DataListener data) {
        return new Transport(
                loop,
                rooms.transportConfig(),
                rooms.identity(),
                rooms.handshakes(),
                rooms.random(),
                listener,
                data);
    }

    /**
     * Makes a participant's second transport, beside its first one.
     *
     * @throws RoomException if it is not in the room
     */
    void open(RoomCommand.OpenWatching open) {
        Participant participant = participants.required(open.participantId());
        Loop loop = participant.loop();
        TransportListener listener =
                room.transportListener(participant.info().participantId(), Leg.WATCHING);
        room.on(
                loop,
                open,
                () -> {
                    // Data stays on the first.
                    Transport transport = transport(loop, listener, null);
                    LocalTransport local = transport.local();
                    room.home().execute(() -> opened(open, participant, transport, local));
                });
    }

    private void opened(
            RoomCommand.OpenWatching open,
            Participant participant,
            Transport transport,
            LocalTransport local) {
        boolean gone = participants.find(open.participantId()) != participant;
        if (gone || participant.hasWatching() || !participant.subscribed().isEmpty()) {
            participant.loop().execute(transport::close);
            open.reply()
                    .completeExceptionally(
                            new RoomException(
                                    Reason.INVALID_DESCRIPTION,
                                    "a second transport is opened once, before anything is watched"));
            return;
        }
        participant.watching(transport);
        open.reply().complete(local);
    }

    private void welcome(
            Arrival arrival,
            ParticipantInfo info,
            Mailbox mailbox,
            Transport transport,
            LocalTransport local) {
        Loop loop = mailbox.loop();
        RoomCommand.Join join = arrival.join();
        if (joining.get(join.identity()) != arrival) {
            loop.execute(transport::close);
            arrival.refuse(replaced());
            return;
        }
        Participant older = participants.findByIdentity(join.identity());
        if (older != null) {
            room.depart(older, LeaveReason.REPLACED);
        }
        Joined joined = new Joined(info, local, room.describe().withoutHidden());
        participants.tellOf(info, new RoomEvent.ParticipantJoined(info));
        Participant newcomer =
                new Participant(info, join.listener(), loop, transport, mailbox, arrival.seat());
        joining.remove(join.identity());
        participants.add(newcomer);
        join.reply().complete(joined);
        room.catchUp(newcomer);
    }

    /** A join that was refused or broke. */
    void forget(RoomCommand.Join join) {
        Arrival arrival = joining.get(join.identity());
        if (arrival != null && arrival.join() == join) {
            joining.remove(join.identity());
            arrival.seat().leave();
        }
    }

    /** Stops the coming in of an identity; answers whether it was on its way. */
    boolean refuse(String identity, RoomException why) {
        Arrival arrival = joining.remove(identity);
        return arrival != null && arrival.refuse(why);
    }

    void refuseAll(RoomException why) {
        joining.values().forEach(arrival -> arrival.refuse(why));
        joining.clear();
    }
}
