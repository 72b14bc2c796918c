package io.sluice.room;

import io.sluice.loop.Loop;
import io.sluice.room.RoomException.Reason;
import io.sluice.sctp.ChannelOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings a room's messages to its participants.
 *
 * <p>Owned by the room's home loop; mailboxes on other loops are reached by tasks.
 */
final class Distribution implements Outbox.Route {
    /** What may wait in one room: its receivers share it, and each may have one message at least. */
    private static final long ROOM_BYTES = 128 << 20;

    private final Loop home;
    private final Participants participants;
    private final Consumer<RoomMessage> listener;
    private final long receiverBytes;
    private final RecentMessages recent = new RecentMessages();

    /** Messages of the application, the first of them under way: to many it takes more turns than one. */
    private final Deque<Dispatch> ofApplication = new ArrayDeque<>(2);

    /**
     * @param receiverBytes what may wait for one receiver where the room's share allows it
     * @param listener hears what participants say to the room, before it is sent
     */
    Distribution(
            Loop home,
            Participants participants,
            long receiverBytes,
            Consumer<RoomMessage> listener) {
        this.listener = listener;
        this.receiverBytes = receiverBytes;
        this.home = home;
        this.participants = participants;
    }

    /** The mailbox of somebody who comes in, on its loop. */
    Mailbox mailbox(Loop loop, ParticipantInfo self, RoomCommand.Join join) {
        return new Mailbox(
                loop,
                self,
                join.dialect(),
                join.permissions().canPublishData(),
                new MailboxOutlet(self));
    }

    /** The reply comes when messages on the channel are taken. */
    void know(Room room, RoomCommand.KnowChannel known) {
        Participant participant = participants.find(known.participantId());
        if (participant == null) {
            throw Room.nobody(known.participantId());
        }
        Mailbox mailbox = participant.mailbox();
        room.on(
                mailbox.loop(),
                known,
                () -> {
                    boolean taken = mailbox.know(known.id(), known.options());
                    home.execute(() -> {
                        if (taken) {
                            known.reply().complete(null);
                        } else {
                            known.reply()
                                    .completeExceptionally(
                                            new RoomException(
                                                    Reason.INVALID_SETTINGS,
                                                    "there are no data channels yet, or another has"
                                                            + " this id, or there are too many"));
                        }
                    });
                });
    }

    /** Carries out the application's word: the number of those it goes to. */
    void publish(RoomCommand.Publish publish) {
        for (String identity : publish.to()) {
            if (participants.findByIdentity(identity) == null) {
                throw Room.nobody(identity);
            }
        }
        if (publish.label().length() > ChannelOptions.MAX_NAME_BYTES / 4) {
            throw new RoomException(Reason.INVALID_SETTINGS, "the label is too long");
        }
        ChannelOptions channel =
                new ChannelOptions(
                        publish.label(),
                        "",
                        publish.reliable(),
                        publish.reliable() ? ChannelOptions.UNLIMITED : 0,
                        ChannelOptions.UNLIMITED);
        RoomMessage message =
                new RoomMessage(
                        null,
                        channel,
                        publish.content(),
                        publish.to(),
                        publish.original(),
                        publish.original() != null,
                        0);
        int receivers = distribute(message);
        home.endTurn();
        publish.reply().complete(receivers);
    }

    private int distribute(RoomMessage message) {
        List<Mailbox> receivers = receivers(message);
        Dispatch dispatch = new Dispatch(home, this::sendNext);
        dispatch.add(message, receivers, limitBytes());
        ofApplication.add(dispatch);
        if (ofApplication.size() == 1) {
            dispatch.send();
        }
        return receivers.size();
    }

    private void sendNext() {
        ofApplication.remove();
        Dispatch next = ofApplication.peek();
        if (next != null) {
            next.send();
            home.endTurn();
        }
    }

    @Override
    public long limitBytes() {
        return Math.min(receiverBytes, ROOM_BYTES / Math.max(1, participants.size()));
    }

    @Override
    public List<Mailbox> receivers(RoomMessage message) {
        ParticipantInfo sender = message.sender();
        List<Mailbox> receivers = new ArrayList<>();
        if (message.to().isEmpty()) {
            for (Participant participant : participants.each()) {
                boolean own =
                        sender != null
                                && participant
                                        .info()
                                        .participantId()
                                        .equals(sender.participantId());
                if (!own && participant.mailbox().listening()) {
                    receivers.add(participant.mailbox());
                }
            }
            return receivers;
        }
        for (String identity : new LinkedHashSet<>(message.to())) {
            Participant named = participants.findByIdentity(identity);
            if (named != null && named.mailbox().listening()) {
                receivers.add(named.mailbox());
            }
        }
        return receivers;
    }

    /** Carries what a mailbox says from its loop to the room's. */
    private final class MailboxOutlet implements Mailbox.Outlet {
        private final ParticipantInfo self;
        private @Nullable Outbox outbox;

        private MailboxOutlet(ParticipantInfo self) {
            this.self = self;
        }

        @Override
        public void publish(Mailbox from, List<RoomMessage> messages) {
            home.execute(() -> {
                if (outbox == null) {
                    outbox = outbox(from);
                }
                if (participant() != null) {
                    messages.forEach(listener);
                }
                recent.note(messages, home.nowNanos());
                outbox.add(messages);
            });
        }

        @Override
        public void ready(Mailbox from) {
            home.execute(() -> {
                Dispatch dispatch = new Dispatch(home, () -> {});
                for (RoomMessage message : recent.messagesFor(self, home.nowNanos())) {
                    dispatch.add(message, List.of(from), limitBytes());
                }
                dispatch.send();
                home.endTurn();
            });
        }

        private Outbox outbox(Mailbox from) {
            return new Outbox(
                    home,
                    Distribution.this,
                    () -> participant() != null,
                    bytes -> {
                        if (from.loop() == home) {
                            from.settle(bytes);
                        } else {
                            from.loop().execute(() -> from.settle(bytes));
                        }
                    },
                    new Allowance(
                            Outbox.DELIVERIES_PER_SECOND, Outbox.BURST_DELIVERIES, home.nowNanos()),
                    from.waitsForReceivers());
        }

        private @Nullable Participant participant() {
            return participants.find(self.participantId());
        }

        @Override
        public void slow(String label) {
            tell(new RoomEvent.DataSlow(label));
        }

        @Override
        public void cutOff(String label) {
            home.execute(() -> {
                if (participant() != null) {
                    participants.tellOf(
                            self,
                            new RoomEvent.DataCutOff(self.participantId(), self.identity(), label));
                }
            });
        }

        @Override
        public void refused(String label, DataRefusal reason) {
            tell(new RoomEvent.DataRefused(label, reason));
        }

        private void tell(RoomEvent event) {
            home.execute(() -> {
                Participant participant = participant();
                if (participant != null) {
                    participants.tell(participant, event);
                }
            });
        }
    }
}
