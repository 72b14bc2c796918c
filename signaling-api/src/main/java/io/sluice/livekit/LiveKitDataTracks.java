package io.sluice.livekit;

import io.sluice.api.SessionTurn;
import io.sluice.livekit.DataTrackRoom.Outcome;
import io.sluice.livekit.DataTrackRoom.Subscribed;
import io.sluice.livekit.LiveKitCounters.Refusal;
import io.sluice.room.ParticipantInfo;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import livekit.LivekitModels.DataTrackInfo;
import livekit.LivekitRtc.DataTrackSubscriberHandles;
import livekit.LivekitRtc.DataTrackSubscriberHandles.PublishedDataTrack;
import livekit.LivekitRtc.PublishDataTrackRequest;
import livekit.LivekitRtc.PublishDataTrackResponse;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.UnpublishDataTrackRequest;
import livekit.LivekitRtc.UnpublishDataTrackResponse;
import livekit.LivekitRtc.UpdateDataSubscription;

/**
 * The data tracks that one participant publishes and subscribes to.
 *
 * <p>Owned by its session's turn.
 */
final class LiveKitDataTracks {
    /** Subscriptions in one request; each may be a look-up for nothing. */
    private static final int MAX_UPDATES = 256;

    private final LiveKitProtocol protocol;
    private final Consumer<SignalResponse.Builder> client;
    private final DataTrackRoom room;
    private final DataTrackRoom.Member member;
    private ParticipantInfo self;

    /**
     * @param client what is to be said to it
     * @param onTracks hears, in the turn, whose tracks have changed
     * @param everything whether the client has subscribed to all there is
     */
    LiveKitDataTracks(
            LiveKitProtocol protocol,
            SessionTurn turn,
            Consumer<SignalResponse.Builder> client,
            String roomId,
            ParticipantInfo self,
            boolean everything,
            Consumer<String> onTracks) {
        this.protocol = protocol;
        this.client = client;
        this.self = self;
        DataTrackRoom.Listener listener =
                new DataTrackRoom.Listener() {
                    @Override
                    public void onDataTracks(String publisherId) {
                        turn.hop(() -> onTracks.accept(publisherId));
                    }

                    @Override
                    public void onHandles(Map<Integer, Subscribed> handles) {
                        turn.hop(() -> tellHandles(handles));
                    }
                };
        member =
                new DataTrackRoom.Member(
                        self.participantId(),
                        self.identity(),
                        everything && self.permissions().canSubscribe(),
                        listener);
        room = protocol.dataTracks().enter(roomId, member);
    }

    List<DataTrackInfo> of(String participantId) {
        return room.of(participantId);
    }

    void onPublish(PublishDataTrackRequest request) {
        if (!self.permissions().canPublishData()) {
            protocol.count(Refusal.NOT_PERMITTED);
            refuse(
                    request,
                    RequestResponse.Reason.NOT_ALLOWED,
                    "the token does not allow to publish data");
            return;
        }
        Outcome outcome =
                room.publish(
                        member, request.getPubHandle(), request.getName(), request.getEncryption());
        switch (outcome) {
            case Outcome.Published(DataTrackInfo track) ->
                    client.accept(
                            SignalResponse.newBuilder()
                                    .setPublishDataTrackResponse(
                                            PublishDataTrackResponse.newBuilder().setInfo(track)));
            case Outcome.Refused(DataTrackRoom.Reason why) -> {
                RequestResponse.Reason reason =
                        switch (why) {
                            case INVALID_HANDLE -> RequestResponse.Reason.INVALID_HANDLE;
                            case INVALID_NAME -> RequestResponse.Reason.INVALID_NAME;
                            case DUPLICATE_HANDLE -> RequestResponse.Reason.DUPLICATE_HANDLE;
                            case DUPLICATE_NAME -> RequestResponse.Reason.DUPLICATE_NAME;
                            case TOO_MANY -> RequestResponse.Reason.LIMIT_EXCEEDED;
                        };
                if (why == DataTrackRoom.Reason.TOO_MANY) {
                    protocol.count(Refusal.TOO_MANY_TRACKS);
                }
                refuse(request, reason, "the data track cannot be published");
            }
        }
    }

    /** Refuses a request, of a client that asks too often also. */
    void refuse(PublishDataTrackRequest request, RequestResponse.Reason reason, String text) {
        client.accept(
                SignalResponse.newBuilder()
                        .setRequestResponse(
                                RequestResponse.newBuilder()
                                        .setReason(reason)
                                        .setMessage(text)
                                        .setPublishDataTrack(request)));
    }

    void onUnpublish(UnpublishDataTrackRequest request) {
        tellEnded(room.unpublish(member, request.getPubHandle()));
    }

    private void tellEnded(List<DataTrackInfo> ended) {
        for (DataTrackInfo track : ended) {
            client.accept(
                    SignalResponse.newBuilder()
                            .setUnpublishDataTrackResponse(
                                    UnpublishDataTrackResponse.newBuilder().setInfo(track)));
        }
    }

    void onSubscription(UpdateDataSubscription request) {
        if (!self.permissions().canSubscribe()) {
            protocol.count(Refusal.NOT_PERMITTED);
            return;
        }
        request.getUpdatesList().stream()
                .limit(MAX_UPDATES)
                .forEach(update ->
                        room.subscribe(member, update.getTrackSid(), update.getSubscribe()));
    }

    /** What is not allowed any more ends. */
    void onSelfChanged(ParticipantInfo changed) {
        self = changed;
        if (!changed.permissions().canPublishData()) {
            tellEnded(room.unpublishAll(member));
        }
        if (!changed.permissions().canSubscribe()) {
            room.unsubscribeAll(member);
        }
    }

    /** The client is back after it lost its WebSocket. */
    void resume() {
        room.repeatHandles(member);
    }

    private void tellHandles(Map<Integer, Subscribed> handles) {
        DataTrackSubscriberHandles.Builder told = DataTrackSubscriberHandles.newBuilder();
        handles.forEach((handle, track) ->
                told.putSubHandles(
                        handle,
                        PublishedDataTrack.newBuilder()
                                .setPublisherIdentity(track.publisherIdentity())
                                .setPublisherSid(track.publisherId())
                                .setTrackSid(track.trackId())
                                .build()));
        client.accept(SignalResponse.newBuilder().setDataTrackSubscriberHandles(told));
    }

    void close() {
        protocol.dataTracks().leave(room, member);
    }
}
