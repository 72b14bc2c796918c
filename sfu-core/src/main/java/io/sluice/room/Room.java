package io.sluice.room;

import io.sluice.dtls.DtlsFailure;
import io.sluice.loop.Loop;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.PathMeasure;
import io.sluice.transport.Transport;
import io.sluice.transport.TransportEnd;
import io.sluice.transport.TransportListener;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A room's life, and the way of its commands to those who carry them out.
 *
 * <p>Owned by its home loop, but for what says otherwise. Commands come in by {@link #submit}, events go
 * out to each participant's {@link RoomListener}; transports and tracks on other loops are reached by
 * tasks only.
 */
public final class Room implements CommandSink {
    /** A room that ends with its last participant was made for a join that is on its way. */
    private static final Duration FIRST_JOIN_TIMEOUT = Duration.ofSeconds(20);

    private final String roomId;
    private final String name;
    private final Instant createdAt;
    private final Loop home;
    private final Rooms rooms;
    private final Participants participants;
    private final Publications publications;
    private final Distribution distribution;
    private final Admission admission;
    private final Negotiation negotiation;
    private final SpeakerWatch speakerWatch;
    private final Wishes wishes;
    private final Traces traces;
    private final PacketRecords records;
    private final Updates updates;
    private final Forwards forwards;
    private final Guests guests;
    private volatile RoomSettings settings;
    private @Nullable Future<?> emptyTimer;
    private @Nullable RoomEnd ending;

    Room(String name, RoomSettings settings, Loop home, Rooms rooms) {
        this.name = name;
        this.settings = settings;
        this.home = home;
        this.rooms = rooms;
        roomId = Ids.room(rooms.random());
        createdAt = rooms.clock().instant();
        participants = new Participants(this::told, home::countDefect);
        publications = new Publications(participants, new Loudest(rooms.config().loudestAudio()));
        distribution =
                new Distribution(
                        home,
                        participants,
                        rooms.transportConfig().sctp().sendBufferBytes(),
                        message -> rooms.tellSaid(this, message));
        admission = new Admission(this, rooms, participants, distribution);
        boolean isForwarding = settings.topology() != Topology.MESH;
        wishes = new Wishes(rooms.config(), home, participants, publications, isForwarding);
        traces = new Traces(home, participants);
        records = new PacketRecords(home, participants);
        updates = new Updates(rooms.config(), participants, publications, wishes);
        negotiation = new Negotiation(this, rooms.config(), participants, publications, wishes);
        speakerWatch = new SpeakerWatch(home, publications, participants);
        forwards =
                new Forwards(
                        this, participants, publications, wishes, rooms.random(), rooms.clock());
        guests = new Guests(this, participants, publications, wishes);
    }

    /** What was told in the room. */
    private void told(RoomEvent event) {
        rooms.tell(this, event);
        forwards.onEvent(event);
    }

    /** Begins its life; before anybody else knows it. */
    void start() {
        home.execute(() -> {
            rooms.tellStarted(this, describe());
            Duration timeout = settings.emptyTimeout();
            endWhenEmptyAfter(timeout.isZero() ? FIRST_JOIN_TIMEOUT : timeout);
        });
    }

    /** The application's name for it; from any thread. */
    public String name() {
        return name;
    }

    /** Ours, new for each life of a room; from any thread. */
    public String roomId() {
        return roomId;
    }

    /** From any thread. */
    public Instant createdAt() {
        return createdAt;
    }

    /** Those of this moment; from any thread. */
    public RoomSettings settings() {
        return settings;
    }

    /** From any thread. */
    Loop home() {
        return home;
    }

    /** Queues a command; from any thread. */
    @Override
    public void submit(RoomCommand command) {
        home.execute(() -> {
            try {
                if (ending == null) {
                    apply(command);
                } else {
                    refuse(command, closed());
                }
            } catch (RoomException refusal) {
                refuse(command, refusal);
            } catch (RuntimeException | Error defect) {
                home.countDefect(defect);
                refuse(command, defect);
            }
        });
    }

    /** Shows a participant of another room; from any thread. */
    void receive(GuestArrival arrival) {
        home.execute(() -> {
            try {
                if (ending != null) {
                    throw closed();
                }
                guests.enter(arrival);
                stopEmptyTimer();
            } catch (RoomException refusal) {
                arrival.reply().completeExceptionally(refusal);
            }
        });
    }

    /** Does something about guests, unless the room has ended; from any thread. */
    void withGuests(Consumer<Guests> task) {
        home.execute(() -> {
            if (ending == null) {
                task.accept(guests);
                endIfEmpty();
            }
        });
    }

    private static RoomException closed() {
        return new RoomException(Reason.ROOM_CLOSED, "the room has ended");
    }

    /** Nobody waits for ever for a command that was refused or broke. */
    private void refuse(RoomCommand command, Throwable why) {
        switch (command) {
            case RoomCommand.Join join -> {
                admission.forget(join);
                join.reply().completeExceptionally(why);
                endIfEmpty();
            }
            case RoomCommand.Negotiated negotiated -> negotiated.reply().completeExceptionally(why);
            case RoomCommand.OpenWatching open -> open.reply().completeExceptionally(why);
            case RoomCommand.RestartIce restart -> restart.reply().completeExceptionally(why);
            case RoomCommand.Mute mute -> mute.reply().completeExceptionally(why);
            case RoomCommand.LastHeard heard -> heard.reply().completeExceptionally(why);
            case RoomCommand.Wish wish -> wish.reply().completeExceptionally(why);
            case RoomCommand.KnowChannel known -> known.reply().completeExceptionally(why);
            case RoomCommand.Subscribe asked -> asked.reply().completeExceptionally(why);
            case RoomCommand.Publish publish -> publish.reply().completeExceptionally(why);
            case RoomCommand.Remove remove -> remove.reply().completeExceptionally(why);
            case RoomCommand.Forward forward -> forward.reply().completeExceptionally(why);
            case RoomCommand.Describe(var reply) -> reply.completeExceptionally(why);
            case RoomCommand.UpdateRoom update -> update.reply().completeExceptionally(why);
            case RoomCommand.UpdateParticipant update -> update.reply().completeExceptionally(why);
            case RoomCommand.Trace trace -> trace.reply().completeExceptionally(why);
            case RoomCommand.RecordPackets order -> order.reply().completeExceptionally(why);
            case RoomCommand.Close close -> close.reply().completeExceptionally(why);
            case RoomCommand.Unanswered _ -> {}
        }
    }

    /** Runs a part of a command on another loop; if it breaks there, the command is refused. */
    void on(Loop loop, RoomCommand command, Runnable part) {
        on(loop, command, part, () -> {});
    }

    /** As before; if the part breaks, {@code undo} runs on the room's home loop before the refusal. */
    void on(Loop loop, RoomCommand command, Runnable part, Runnable undo) {
        loop.execute(() -> {
            try {
                part.run();
            } catch (RuntimeException | Error defect) {
                loop.countDefect(defect);
                home.execute(() -> {
                    undo.run();
                    refuse(command, defect);
                });
            }
        });
    }

    /** There may be something new to listen to. */
    void onPublished() {
        if (ending == null) {
            speakerWatch.wake();
            wishes.wake();
        }
    }

    private void apply(RoomCommand command) {
        switch (command) {
            case RoomCommand.Join join -> {
                updates.check(join);
                admission.join(join);
                stopEmptyTimer();
            }
            case RoomCommand.Negotiated negotiated -> negotiation.negotiate(negotiated);
            case RoomCommand.OpenWatching open -> admission.open(open);
            case RoomCommand.RestartIce restart -> negotiation.restartIce(restart);
            case RoomCommand.RemoteCandidate(String id, Leg leg, String candidate) -> {
                Participant participant = participants.find(id);
                if (participant != null) {
                    Transport transport = participant.transport(leg);
                    participant.loop().execute(() -> transport.addRemoteCandidate(candidate));
                }
            }
            case RoomCommand.Leave(String id, LeaveReason reason) -> leave(id, reason);
            case RoomCommand.Mute mute -> mute(mute);
            case RoomCommand.PermitViewers(String id, ViewerRule rule) -> {
                if (wishes.permit(id, rule)) {
                    forwards.permit(id, rule);
                }
            }
            case RoomCommand.NeedBackups(String id, var trackIds) ->
                    wishes.needBackups(id, trackIds);
            case RoomCommand.LastHeard(String id, var reply) ->
                    reply.complete(participants.required(id).mailbox().lastSequence());
            case RoomCommand.Wish wish -> wishes.change(this, wish);
            case RoomCommand.KnowChannel known -> distribution.know(this, known);
            case RoomCommand.Subscribe asked -> ask(asked);
            case RoomCommand.Publish publish -> distribution.publish(publish);
            case RoomCommand.Remove remove -> remove(remove);
            case RoomCommand.Forward forward -> forwards.begin(forward);
            case RoomCommand.Describe(var reply) -> reply.complete(describe());
            case RoomCommand.UpdateRoom update -> update(update);
            case RoomCommand.UpdateParticipant update ->
                    update.reply().complete(updates.update(update));
            case RoomCommand.Trace trace -> traces.apply(this, trace);
            case RoomCommand.RecordPackets order -> records.apply(this, order);
            case RoomCommand.Close(RoomEnd reason, var reply) -> {
                close(reason);
                reply.complete(null);
            }
        }
    }

    RoomInfo describe() {
        return new RoomInfo(
                roomId, name, createdAt, settings, participants.infos(), publications.infos());
    }

    /** The reply comes when the publisher's loop has carried it out. */
    private void mute(RoomCommand.Mute mute) {
        PublishedTrack published = publications.mute(mute, settings.unmuteAllowed());
        TrackInfo info = published.info();
        on(published.publisherLoop(), mute, () -> home.execute(() -> mute.reply().complete(info)));
    }

    private void ask(RoomCommand.Subscribe asked) {
        Participant viewer = participants.findByIdentity(asked.identity());
        if (viewer == null) {
            throw nobody(asked.identity());
        }
        asked.trackIds().forEach(publications::required);
        participants.tell(
                viewer, new RoomEvent.SubscriptionAsked(asked.trackIds(), asked.subscribed()));
        asked.reply().complete(null);
    }

    private void remove(RoomCommand.Remove remove) {
        String identity = remove.identity();
        RoomException why =
                new RoomException(Reason.NOT_PERMITTED, identity + " was removed from the room");
        boolean wasJoining = admission.refuse(identity, why);
        Participant participant = participants.findByIdentity(identity);
        if (participant != null) {
            depart(participant, LeaveReason.REMOVED);
        } else if (!wasJoining) {
            throw nobody(identity);
        }
        remove.reply().complete(null);
        endIfEmpty();
    }

    static RoomException nobody(String identity) {
        return new RoomException(
                Reason.NO_SUCH_PARTICIPANT, "nobody in the room has the identity " + identity);
    }

    private void update(RoomCommand.UpdateRoom update) {
        RoomSettings.checkMetadata(update.metadata(), rooms.config());
        if (!update.metadata().equals(settings.metadata())) {
            settings = settings.withMetadata(update.metadata());
            participants.tell(new RoomEvent.RoomUpdated(update.metadata()));
        }
        update.reply().complete(describe());
    }

    private void leave(String participantId, LeaveReason reason) {
        Participant participant = participants.find(participantId);
        if (participant != null) {
            depart(participant, reason);
            endIfEmpty();
        }
    }

    /** Lets a participant go and tells the others; the room stays, even if nobody is left. */
    void depart(Participant participant, LeaveReason reason) {
        if (participant.isGuest()) {
            // Its tracks go on without this room, whose viewers they would still feed.
            boolean _ = wishes.permit(participant.info().participantId(), ViewerRule.NOBODY);
        }
        participants.remove(participant);
        publications.release(participant);
        participant.close();
        participant.listener().onEvent(new RoomEvent.Left(reason));
        participants.tellOf(
                participant.info(), new RoomEvent.ParticipantLeft(participant.info(), reason));
    }

    private void endIfEmpty() {
        if (ending != null || !isEmpty()) {
            return;
        }
        Duration timeout = settings.emptyTimeout();
        if (timeout.isZero()) {
            close(RoomEnd.EMPTY);
        } else if (emptyTimer == null) {
            endWhenEmptyAfter(timeout);
        }
    }

    private boolean isEmpty() {
        return participants.isEmpty() && admission.isEmpty();
    }

    private void endWhenEmptyAfter(Duration timeout) {
        emptyTimer =
                home.schedule(
                        () -> {
                            emptyTimer = null;
                            if (ending == null && isEmpty()) {
                                close(RoomEnd.EMPTY);
                            }
                        },
                        timeout.toNanos());
    }

    private void stopEmptyTimer() {
        if (emptyTimer != null) {
            emptyTimer.cancel(false);
            emptyTimer = null;
        }
    }

    private void close(RoomEnd reason) {
        ending = reason;
        stopEmptyTimer();
        speakerWatch.close();
        wishes.close();
        participants.tell(new RoomEvent.RoomClosing(reason));
        participants.all().forEach(one -> depart(one, LeaveReason.ROOM_CLOSED));
        admission.refuseAll(closed());
        rooms.ended(this, reason);
    }

    private void connected(Participant participant) {
        participant.listener().onEvent(new RoomEvent.TransportConnected());
        if (!participant.info().connected()) {
            participant.info(participant.info().asConnected());
            participants.tellAllBut(
                    participant, new RoomEvent.ParticipantConnected(participant.info()));
        }
    }

    private void qualityChanged(String participantId, Leg leg, ConnectionQuality quality) {
        Participant participant = participants.find(participantId);
        if (participant == null) {
            return;
        }
        ConnectionQuality before = participant.quality();
        participant.quality(leg, quality);
        if (participant.quality() != before) {
            participants.tellOf(participant.info(), qualityOf(participant));
        }
    }

    private static RoomEvent qualityOf(Participant participant) {
        ParticipantInfo info = participant.info();
        return new RoomEvent.ConnectionQualityChanged(
                info.participantId(), info.identity(), participant.quality());
    }

    /** Tells a newcomer what was told before and is no part of the room's description. */
    void catchUp(Participant newcomer) {
        for (Participant participant : participants.all()) {
            if (participant.quality() != ConnectionQuality.EXCELLENT
                    && (participant == newcomer || !participant.info().guise().hidden())) {
                newcomer.listener().onEvent(qualityOf(participant));
            }
        }
        if (!speakerWatch.current().isEmpty()) {
            newcomer.listener().onEvent(new RoomEvent.ActiveSpeakers(speakerWatch.current()));
        }
        RoomEvent.DominantSpeakerChanged leads = speakerWatch.dominant();
        if (leads != null) {
            newcomer.listener().onEvent(leads);
        }
    }

    /** Carries a transport's fate from its loop to the room's; from any thread. */
    TransportListener transportListener(String participantId, Leg leg) {
        return new TransportReport(participantId, leg);
    }

    private final class TransportReport implements TransportListener {
        private final String participantId;
        private final Leg leg;

        /** Of the transport's loop. */
        private final QualityScore score = new QualityScore();

        private TransportReport(String participantId, Leg leg) {
            this.participantId = participantId;
            this.leg = leg;
        }

        @Override
        public void onConnected() {
            home.execute(() -> {
                Participant participant = participants.find(participantId);
                if (participant != null && leg == Leg.FIRST) {
                    connected(participant);
                }
            });
        }

        @Override
        public void onHandshakeFailed(DtlsFailure reason) {
            home.execute(() -> {
                Participant participant = participants.find(participantId);
                if (participant != null) {
                    rooms.tellHandshakeFailed(Room.this, participant.info(), reason);
                }
            });
        }

        @Override
        public void onMeasured(PathMeasure measure) {
            if (score.update(measure)) {
                ConnectionQuality quality = score.quality();
                home.execute(() -> qualityChanged(participantId, leg, quality));
            }
        }

        @Override
        public void onAllocated(int ssrc, int encoding) {
            home.execute(() -> wishes.allocated(participantId, ssrc, encoding));
        }

        @Override
        public void onEnded(TransportEnd reason) {
            home.execute(() -> leave(participantId, leaveReason(reason)));
        }
    }

    private static LeaveReason leaveReason(TransportEnd end) {
        return switch (end) {
            case CLOSED_BY_CLIENT -> LeaveReason.TRANSPORT_CLOSED;
            case CONNECTION_LOST -> LeaveReason.CONNECTION_LOST;
            case HANDSHAKE_FAILED -> LeaveReason.HANDSHAKE_FAILED;
            case DEFECT -> LeaveReason.INTERNAL;
        };
    }
}
