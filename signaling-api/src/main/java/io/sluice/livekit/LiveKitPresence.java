package io.sluice.livekit;

import io.sluice.api.SessionTurn;
import io.sluice.codec.Codec;
import io.sluice.codec.MediaKind;
import io.sluice.livekit.LiveKitCounters.Refusal;
import io.sluice.room.CommandSink;
import io.sluice.room.Joined;
import io.sluice.room.LeaveReason;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomException;
import io.sluice.room.RoomInfo;
import io.sluice.room.Speaker;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.ForwardedTrack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import livekit.LivekitModels;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.ParticipantUpdate;
import livekit.LivekitRtc.PublishDataTrackRequest;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.RoomUpdate;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalTarget;
import livekit.LivekitRtc.StreamState;
import livekit.LivekitRtc.SyncState;
import livekit.LivekitRtc.TrickleRequest;
import livekit.LivekitRtc.UpdateParticipantMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one participant says and hears while it is in its room.
 *
 * <p>Owned by its session's turn.
 */
final class LiveKitPresence {
    private static final Logger LOG = LoggerFactory.getLogger(LiveKitPresence.class);

    private final LiveKitSession session;
    private final LiveKitProtocol protocol;
    private final SessionTurn turn;
    private final CommandSink room;
    private final LiveKitDataTracks dataTracks;
    private final LiveKitView view;
    private final LiveKitNegotiation negotiation;
    private final Forwarding forwarding;
    private final LiveKitWishes wishes;
    private final LiveKitCalls calls;
    private List<Speaker> speakers = List.of();

    /**
     * @param mode how many connections the client makes
     * @param settings what is wanted of which the client says nothing
     */
    LiveKitPresence(
            LiveKitSession session,
            LiveKitProtocol protocol,
            SessionTurn turn,
            CommandSink room,
            Joined joined,
            ConnectionMode mode,
            ConnectionSettings settings) {
        this.session = session;
        this.protocol = protocol;
        this.turn = turn;
        this.room = room;
        dataTracks =
                new LiveKitDataTracks(
                        protocol,
                        turn,
                        this::send,
                        joined.room().roomId(),
                        joined.self(),
                        settings.getAutoSubscribeDataTrack(),
                        this::onDataTracks);
        view = new LiveKitView(joined.self(), joined.room(), dataTracks::of);
        negotiation = new LiveKitNegotiation(this, protocol, turn, room, joined, view);
        forwarding =
                switch (mode) {
                    case ONE -> negotiation;
                    case TWO -> new LiveKitOffers(this, protocol, turn, room, joined);
                };
        wishes =
                new LiveKitWishes(
                        this, protocol, turn, room, view, forwarding, settings.getAutoSubscribe());
        calls = new LiveKitCalls(turn, room);
    }

    String participantId() {
        return self().participantId();
    }

    /** As the room describes it now. */
    ParticipantInfo self() {
        return view.self();
    }

    /** What the client needs before all. */
    JoinResponse welcome(Joined joined) {
        List<LivekitModels.Codec> codecs = new ArrayList<>();
        for (MediaKind kind : List.of(MediaKind.VIDEO, MediaKind.AUDIO)) {
            for (Codec codec : joined.room().settings().codecs()) {
                if (codec.kind() == kind) {
                    codecs.add(LiveKitModels.codec(codec));
                }
            }
        }
        return JoinResponse.newBuilder()
                .setRoom(view.room())
                .setParticipant(view.describeSelf())
                .addAllOtherParticipants(view.describeOthers())
                .setServerVersion(LiveKitProtocol.SERVER.getVersion())
                .setServerInfo(LiveKitProtocol.SERVER)
                .setPingInterval((int) protocol.config().pingInterval().toSeconds())
                .setPingTimeout((int) protocol.config().pingTimeout().toSeconds())
                .addAllIceServers(protocol.iceServers())
                .addAllEnabledPublishCodecs(codecs)
                .setFastPublish(joined.self().permissions().canPublish())
                .build();
    }

    /** Begins with what the client asked for while it joined. */
    void start(JoinRequest wish) {
        view.tracks().forEach(wishes::onPublished);
        wish.getAddTrackRequestsList().forEach(negotiation::onAddTrack);
        if (wish.hasPublisherOffer()) {
            negotiation.onOffer(wish.getPublisherOffer());
        }
    }

    /** What happened while the client was away nobody has heard. */
    void tellAll() {
        send(
                SignalResponse.newBuilder()
                        .setUpdate(
                                ParticipantUpdate.newBuilder()
                                        .addAllParticipants(view.describeAll())));
        sendRoom();
    }

    /** The client is to show itself in another room from now on, which it joins with a token. */
    void tellMoved(RoomInfo there, String token) {
        send(LiveKitMessages.moved(there, token, view.describeSelf()));
    }

    /** The client is back after it lost its WebSocket. */
    void resume() {
        negotiation.askAgain();
        forwarding.resume();
        dataTracks.resume();
    }

    /** Asks for the number of the client's last reliable message; a room that does not say has ended. */
    void askLastHeard(LongConsumer then) {
        CompletableFuture<Long> reply =
                turn.reply((last, _) -> {
                    if (last != null) {
                        then.accept(last);
                    }
                });
        room.submit(new RoomCommand.LastHeard(participantId(), reply));
    }

    /** Whether the client has a WebSocket at this moment. */
    boolean isHeard() {
        return session.isHeard();
    }

    void leave(LeaveReason reason) {
        room.submit(new RoomCommand.Leave(participantId(), reason));
    }

    /** Calls a method of the client, whose answer completes {@code reply}. */
    void call(String method, String payload, Duration timeout, CompletableFuture<String> reply) {
        calls.call(self().identity(), method, payload, timeout, reply);
    }

    void onAnswered(DataPacket answer) {
        calls.onAnswer(answer);
    }

    void close() {
        calls.close();
        dataTracks.close();
        negotiation.close();
        forwarding.close();
    }

    // ---- from the client

    void onRequest(SignalRequest request) {
        switch (request.getMessageCase()) {
            case OFFER -> negotiation.onOffer(request.getOffer());
            case ANSWER -> forwarding.onAnswer(request.getAnswer());
            case TRICKLE -> onTrickle(request.getTrickle());
            case ADD_TRACK -> negotiation.onAddTrack(request.getAddTrack());
            case MUTE ->
                    negotiation.onMute(request.getMute().getSid(), request.getMute().getMuted());
            case SUBSCRIPTION -> wishes.onSubscription(request.getSubscription());
            case TRACK_SETTING -> wishes.onTrackSetting(request.getTrackSetting());
            case SUBSCRIPTION_PERMISSION ->
                    negotiation.onViewers(request.getSubscriptionPermission());
            case UPDATE_METADATA -> onUpdateMetadata(request.getUpdateMetadata());
            case SYNC_STATE -> onSyncState(request.getSyncState());
            case PUBLISH_DATA_TRACK_REQUEST -> onPublish(request.getPublishDataTrackRequest());
            case UNPUBLISH_DATA_TRACK_REQUEST -> {
                if (!negotiation.isTooOften()) {
                    dataTracks.onUnpublish(request.getUnpublishDataTrackRequest());
                }
            }
            case UPDATE_DATA_SUBSCRIPTION -> {
                if (!wishes.isTooOften()) {
                    dataTracks.onSubscription(request.getUpdateDataSubscription());
                }
            }
            // A leave is the session's.
            case LEAVE,
                    UPDATE_LAYERS,
                    SIMULATE,
                    PING,
                    PING_REQ,
                    UPDATE_AUDIO_TRACK,
                    UPDATE_VIDEO_TRACK,
                    MESSAGE_NOT_SET -> {}
        }
    }

    private void onPublish(PublishDataTrackRequest request) {
        if (negotiation.isTooOften()) {
            dataTracks.refuse(
                    request,
                    RequestResponse.Reason.LIMIT_EXCEEDED,
                    "too many changes at once; try again in a second");
        } else {
            dataTracks.onPublish(request);
        }
    }

    private void onTrickle(TrickleRequest trickle) {
        Forwarding connection =
                trickle.getTarget() == SignalTarget.SUBSCRIBER ? forwarding : negotiation;
        Candidates.read(trickle)
                .ifPresentOrElse(
                        connection::onRemoteCandidate, () -> protocol.count(Refusal.BAD_MESSAGE));
    }

    /** What a client believes that it publishes after it has come back: with other tracks it begins anew. */
    private void onSyncState(SyncState believed) {
        if (!negotiation.knowsAll(believed.getPublishTracksList())) {
            protocol.count(Refusal.STATE_MISMATCH);
            session.onNegotiationFailed(null);
        }
    }

    private void onUpdateMetadata(UpdateParticipantMetadata request) {
        if (!view.self().permissions().canUpdateMetadata()) {
            protocol.count(Refusal.NOT_PERMITTED);
            send(
                    LiveKitMessages.response(
                            request.getRequestId(),
                            RequestResponse.Reason.NOT_ALLOWED,
                            "the token does not allow to change one's own name and metadata"));
            return;
        }
        if (negotiation.isTooOften()) {
            send(
                    LiveKitMessages.response(
                            request.getRequestId(),
                            RequestResponse.Reason.LIMIT_EXCEEDED,
                            "too many changes at once; try again in a second"));
            return;
        }
        CompletableFuture<ParticipantInfo> reply =
                turn.reply((_, failure) ->
                        send(
                                LiveKitMessages.response(
                                        request.getRequestId(),
                                        failure == null
                                                ? RequestResponse.Reason.OK
                                                : RequestResponse.Reason.LIMIT_EXCEEDED,
                                        failure == null ? "" : "too long")));
        room.submit(
                new RoomCommand.UpdateParticipant(
                        view.self().identity(),
                        request.getName().isEmpty() ? null : request.getName(),
                        request.getMetadata().isEmpty() ? null : request.getMetadata(),
                        request.getAttributesMap(),
                        UnaryOperator.identity(),
                        reply));
    }

    void onNegotiationFailed(@Nullable Throwable why) {
        session.onNegotiationFailed(why);
    }

    /** The room does not do what was asked, and the protocol has no word for it. */
    void onRefusedQuietly(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof RoomException) {
            protocol.count(Refusal.NOT_PERMITTED);
        } else if (cause != null) {
            LOG.error("A room failed to do what it was asked", cause);
        }
    }

    /** These are all tracks that the client publishes now. */
    void onPublishing(Collection<TrackInfo> tracks) {
        tell(view.publishing(tracks));
    }

    /** These are all tracks that the client is sent now in the connection of one that may forward. */
    void onForwarded(Forwarding by, List<ForwardedTrack> tracks) {
        if (by == forwarding) {
            wishes.onForwarded(
                    tracks.stream()
                            .map(forwarded -> forwarded.track().trackId())
                            .collect(Collectors.toSet()));
        }
    }

    // ---- from the room

    void onEvent(RoomEvent event) {
        switch (event) {
            case RoomEvent.ParticipantJoined(var who) -> tell(view.joined(who));
            case RoomEvent.ParticipantLeft(var who, var reason) -> tell(view.left(who, reason));
            case RoomEvent.ParticipantConnected(var who) -> tell(view.updated(who));
            case RoomEvent.ParticipantUpdated(var who) -> {
                ParticipantInfo before = view.self();
                tell(view.updated(who));
                if (view.isSelf(who.participantId())) {
                    session.onSelfChanged(before, who);
                    dataTracks.onSelfChanged(who);
                    if (!who.permissions().equals(before.permissions())) {
                        negotiation.onPermitted(who.permissions());
                        forwarding.onPermitted(who.permissions());
                    }
                }
            }
            case RoomEvent.TrackPublished(var track) -> {
                // Clients must know a track before its media comes.
                tell(view.published(track));
                wishes.onPublished(track);
            }
            case RoomEvent.TrackUnpublished(var track) -> {
                tell(view.unpublished(track));
                wishes.onUnpublished(track);
            }
            case RoomEvent.TrackMuted(var track) -> onMuted(track);
            case RoomEvent.TrackUnmuted(var track) -> onMuted(track);
            case RoomEvent.RoomUpdated(var metadata) -> {
                view.metadata(metadata);
                sendRoom();
            }
            case RoomEvent.LocalCandidate(var value) -> negotiation.onLocalCandidateFound(value);
            case RoomEvent.TransportConnected() -> {}
            case RoomEvent.ConnectionQualityChanged(var participantId, _, var quality) ->
                    send(LiveKitMessages.quality(participantId, quality));
            case RoomEvent.ActiveSpeakers(var now) -> {
                send(LiveKitMessages.speakers(speakers, now));
                speakers = now;
            }
            case RoomEvent.EncodingsWanted(var trackId, var active) ->
                    negotiation.onEncodingsWanted(trackId, active);
            case RoomEvent.BackupWanted(var trackId, boolean wanted, var active) ->
                    negotiation.onBackupWanted(trackId, wanted, active);
            case RoomEvent.BackupsChanged(var track) -> {
                tell(view.changed(track));
                forwarding.exchange().trackChanged(track);
            }
            case RoomEvent.SubscriptionAsked(var trackIds, var subscribed) ->
                    trackIds.forEach(trackId -> wishes.subscribe(trackId, subscribed));
            case RoomEvent.WatchingPermitted(var publisherId, var trackId, var permitted) ->
                    send(LiveKitMessages.permitted(publisherId, trackId, permitted));
            case RoomEvent.TrackWatched(var trackId) -> send(LiveKitMessages.watched(trackId));
            case RoomEvent.StreamPaused(var trackId) -> tellFlow(trackId, StreamState.PAUSED);
            case RoomEvent.StreamResumed(var trackId) -> tellFlow(trackId, StreamState.ACTIVE);
            // The end is the session's.
            case RoomEvent.Left _,
                    RoomEvent.DominantSpeakerChanged _,
                    RoomEvent.DataSlow _,
                    RoomEvent.DataCutOff _,
                    RoomEvent.DataRefused _,
                    RoomEvent.RoomClosing _ -> {}
        }
    }

    private void onDataTracks(String publisherId) {
        tell(view.described(publisherId));
    }

    private void onMuted(TrackInfo track) {
        tell(view.changed(track));
        if (view.isMutedByRoom(track)) {
            // So that the client's own buttons show it.
            send(LiveKitMessages.mute(track.trackId()));
        }
    }

    private void tellFlow(String trackId, StreamState flow) {
        view.track(trackId).ifPresent(track -> send(LiveKitMessages.flow(track, flow)));
    }

    // ---- to the client

    void send(SignalResponse.Builder message) {
        session.send(message);
    }

    private void tell(LivekitModels.@Nullable ParticipantInfo changed) {
        if (changed != null) {
            send(
                    SignalResponse.newBuilder()
                            .setUpdate(ParticipantUpdate.newBuilder().addParticipants(changed)));
        }
    }

    private void sendRoom() {
        send(
                SignalResponse.newBuilder()
                        .setRoomUpdate(RoomUpdate.newBuilder().setRoom(view.room())));
    }
}
