package io.sluice.livekit;

import io.sluice.api.OfferExchange;
import io.sluice.api.RateLimit;
import io.sluice.api.SessionTurn;
import io.sluice.api.TrackExchange;
import io.sluice.codec.MediaKind;
import io.sluice.livekit.DeclaredTracks.Declaration;
import io.sluice.livekit.LiveKitCounters.Refusal;
import io.sluice.room.CommandSink;
import io.sluice.room.Joined;
import io.sluice.room.Muting;
import io.sluice.room.Origin;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.RoomCommand;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.Answer;
import io.sluice.sdp.Missing;
import io.sluice.sdp.Negotiator;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SessionDescription;
import io.sluice.sdp.UnavailableReason;
import io.sluice.transport.ReceiveSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import livekit.LivekitRtc;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.MediaSectionsRequirement;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SubscriptionPermission;
import livekit.LivekitRtc.TrackPublishedResponse;
import org.jspecify.annotations.Nullable;

/**
 * Offers of a client: what it publishes, under the names it announced, and, where it has but one connection, what it
 * is sent.
 *
 * <p>Owned by its session's turn.
 */
final class LiveKitNegotiation implements Forwarding, OfferExchange.Client {
    /** Three are usual. */
    private static final int MAX_LAYERS = 8;

    private static final int MAX_NAME_CHARS = 256;

    private static final long NO_TIMER = -1;

    private final LiveKitPresence presence;
    private final LiveKitProtocol protocol;
    private final SessionTurn turn;
    private final CommandSink room;
    private final LiveKitView view;
    private final DeclaredTracks declared;
    private final Negotiator negotiator;
    private final OfferExchange exchange;
    private final RateLimit changes;

    private Permissions permissions;

    /** The newest offer that has to wait: for the one before it, or for what its tracks are. */
    private LivekitRtc.@Nullable SessionDescription waiting;

    private long waitTimer = NO_TIMER;

    /** Of the offer that is being answered: clients take an answer for theirs by it. */
    private int offerId;

    private String firstMid = "0";

    LiveKitNegotiation(
            LiveKitPresence presence,
            LiveKitProtocol protocol,
            SessionTurn turn,
            CommandSink room,
            Joined joined,
            LiveKitView view) {
        this.presence = presence;
        this.protocol = protocol;
        this.turn = turn;
        this.room = room;
        this.view = view;
        LiveKitConfig config = protocol.config();
        permissions = joined.self().permissions();
        changes = new RateLimit(config.changes(), System.nanoTime());
        negotiator =
                new Negotiator(
                        config.negotiator().withCodecs(joined.room().settings().codecs()),
                        permissions,
                        protocol.random());
        declared = new DeclaredTracks(negotiator);
        exchange =
                new OfferExchange(
                        turn,
                        room,
                        joined.self().participantId(),
                        joined.transport(),
                        negotiator,
                        new OfferExchange.Limits(
                                config.renegotiateDelay(), config.maxHeldCandidates()),
                        this);
    }

    // ---- tracks of others

    @Override
    public TrackExchange exchange() {
        return exchange;
    }

    @Override
    public void onPermitted(Permissions changed) {
        permissions = changed;
        exchange.permit(changed);
    }

    // ---- announced tracks

    void onAddTrack(AddTrackRequest request) {
        if (!changes.pass(System.nanoTime())
                || declared.pending() >= protocol.config().maxDeclaredTracks()) {
            protocol.count(Refusal.TOO_MANY_TRACKS);
            refuse(request, RequestResponse.Reason.LIMIT_EXCEEDED, "too many tracks at once");
        } else if (isTooLarge(request)) {
            protocol.count(Refusal.TOO_MANY_TRACKS);
            refuse(
                    AddTrackRequest.newBuilder().setSid(request.getSid()).build(),
                    RequestResponse.Reason.LIMIT_EXCEEDED,
                    "a track has %d layers and codecs at most, and names of %d characters"
                            .formatted(MAX_LAYERS, MAX_NAME_CHARS));
        } else if (declared.isPending(request.getCid())) {
            refuse(request, RequestResponse.Reason.QUEUED, "this track is announced already");
        } else if (!request.getSid().isEmpty()) {
            addBackup(request);
        } else if (!permissions.mayPublish(
                LiveKitModels.source(request.getSource(), LiveKitModels.kind(request.getType())))) {
            protocol.count(Refusal.NOT_PERMITTED);
            refuse(
                    request,
                    RequestResponse.Reason.NOT_ALLOWED,
                    "the token does not allow to publish this source");
        } else {
            tellDeclared(request, declared.declare(request));
        }
    }

    /** All of it is shown to everybody, each time that the track changes. */
    private static boolean isTooLarge(AddTrackRequest request) {
        return request.getLayersCount() > MAX_LAYERS
                || request.getSimulcastCodecsCount() > MAX_LAYERS
                || request.getSimulcastCodecsList().stream()
                        .anyMatch(codec -> codec.getLayersCount() > MAX_LAYERS)
                || Stream.of(request.getCid(), request.getName(), request.getStream())
                        .anyMatch(text -> text.length() > MAX_NAME_CHARS);
    }

    /** A published track in another codec. */
    private void addBackup(AddTrackRequest request) {
        Declaration first =
                declared.published(request.getSid()).filter(one -> !one.isBackup()).orElse(null);
        if (first == null
                || first.kind() != MediaKind.VIDEO
                || LiveKitModels.kind(request.getType()) != MediaKind.VIDEO) {
            refuse(
                    request,
                    RequestResponse.Reason.NOT_FOUND,
                    "you publish no video track of this sid");
        } else if (declared.hasBackup(first)) {
            refuse(
                    request,
                    RequestResponse.Reason.UNSUPPORTED_TYPE,
                    "a track is published in two codecs at most");
        } else {
            tellDeclared(request, declared.declareBackup(request, first));
        }
    }

    private void tellDeclared(AddTrackRequest request, Declaration declaration) {
        presence.send(
                SignalResponse.newBuilder()
                        .setTrackPublished(
                                TrackPublishedResponse.newBuilder()
                                        .setCid(request.getCid())
                                        .setTrack(declaration.describe())));
        answerWaiting(false);
    }

    private void refuse(AddTrackRequest request, RequestResponse.Reason reason, String text) {
        presence.send(
                SignalResponse.newBuilder()
                        .setRequestResponse(
                                RequestResponse.newBuilder()
                                        .setReason(reason)
                                        .setMessage(text)
                                        .setAddTrack(request)));
    }

    void onMute(String trackId, boolean muted) {
        if (!isTooOften() && !declared.mutePending(trackId, muted)) {
            mute(trackId, muted);
        }
    }

    /** Whether the client changes more than the others should be told of. */
    boolean isTooOften() {
        if (changes.pass(System.nanoTime())) {
            return false;
        }
        protocol.count(Refusal.TOO_MANY_CHANGES);
        return true;
    }

    private void mute(String trackId, boolean muted) {
        CompletableFuture<TrackInfo> reply =
                turn.reply((_, failure) -> presence.onRefusedQuietly(failure));
        room.submit(
                new RoomCommand.Mute(
                        trackId, muted, Origin.PARTICIPANT, view.self().participantId(), reply));
    }

    /** The client says who may watch what it publishes. */
    void onViewers(SubscriptionPermission said) {
        if (!isTooOften()) {
            room.submit(
                    new RoomCommand.PermitViewers(
                            view.self().participantId(), LiveKitModels.rule(said)));
        }
    }

    // ---- offers

    void onOffer(LivekitRtc.SessionDescription offer) {
        if (!exchange.isOfferAsked() && !changes.pass(System.nanoTime())) {
            // No client that works sends so many: its next one is answered.
            protocol.count(Refusal.TOO_MANY_CHANGES);
            return;
        }
        waiting = offer;
        answerWaiting(false);
    }

    /** @param late whether the offer has waited long enough for what its tracks are */
    private void answerWaiting(boolean late) {
        LivekitRtc.SessionDescription offer = waiting;
        if (offer == null || exchange.isAnswering()) {
            return;
        }
        SessionDescription description;
        try {
            description = Forwarding.read(offer, protocol.config());
        } catch (SdpException malformed) {
            waiting = null;
            onRefused(malformed);
            return;
        }
        if (!late && declared.lacks(description)) {
            if (waitTimer == NO_TIMER) {
                waitTimer =
                        turn.after(
                                protocol.config().declarationTimeout(),
                                () -> {
                                    waitTimer = NO_TIMER;
                                    answerWaiting(true);
                                });
            }
            return;
        }
        stopWaiting();
        waiting = null;
        offerId = offer.getId();
        if (!description.bundle().isEmpty()) {
            firstMid = description.bundle().getFirst();
        }
        declared.begin();
        exchange.offer(new OfferExchange.Request(description, declared, _ -> declared.details()));
    }

    private void stopWaiting() {
        if (waitTimer != NO_TIMER) {
            turn.cancel(waitTimer);
            waitTimer = NO_TIMER;
        }
    }

    @Override
    public void onAnswer(Answer answer) {
        presence.send(
                SignalResponse.newBuilder()
                        .setAnswer(
                                LiveKitMessages.description(
                                        "answer", answer.sdp(), offerId, answer.tracks())));
        List<Declaration> begun = declared.agreed(answer.receive());
        presence.onPublishing(own(answer.receive()));
        presence.onForwarded(this, answer.tracks());
        begun.stream()
                // A backup is muted as its first is.
                .filter(declaration -> declaration.muted() && !declaration.isBackup())
                .forEach(declaration -> mute(declaration.trackId(), true));
        answerWaiting(false);
    }

    private List<TrackInfo> own(List<ReceiveSection> sections) {
        ParticipantInfo self = view.self();
        List<TrackInfo> tracks = new ArrayList<>();
        for (ReceiveSection section : sections) {
            declared.published(section.trackId())
                    .filter(declaration -> !declaration.isBackup())
                    .ifPresent(declaration ->
                            tracks.add(
                                    new TrackInfo(
                                            section.trackId(),
                                            self.participantId(),
                                            self.identity(),
                                            section.kind(),
                                            section.source(),
                                            section.codecs().getFirst().format(),
                                            Muting.NONE,
                                            declaration.details(),
                                            backups(declaration, sections))));
        }
        return tracks;
    }

    private List<TrackInfo.Backup> backups(Declaration first, List<ReceiveSection> sections) {
        List<TrackInfo.Backup> backups = new ArrayList<>();
        for (ReceiveSection section : sections) {
            declared.published(section.trackId())
                    .filter(declaration -> declaration.isBackupOf(first))
                    .ifPresent(declaration ->
                            backups.add(
                                    new TrackInfo.Backup(
                                            section.codecs().getFirst().format(),
                                            declaration.details().layers())));
        }
        return backups;
    }

    /** The protocol has no word for it: only a new connection can go on. */
    @Override
    public void onRefused(@Nullable Throwable why) {
        protocol.count(Refusal.INVALID_OFFER);
        presence.onNegotiationFailed(why);
    }

    @Override
    public void onOfferWanted(Missing missing) {
        presence.send(
                SignalResponse.newBuilder()
                        .setMediaSectionsRequirement(
                                MediaSectionsRequirement.newBuilder()
                                        .setNumAudios(missing.audio())
                                        .setNumVideos(missing.video())));
    }

    /** A client that has lost its WebSocket may not have heard that an offer is wanted. */
    void askAgain() {
        exchange.askAgain();
    }

    @Override
    public void onUnavailable(String trackId, UnavailableReason reason) {
        presence.send(LiveKitMessages.unavailable(trackId, reason));
    }

    /** Whether these are tracks that the client has announced here. */
    boolean knowsAll(List<TrackPublishedResponse> tracks) {
        return tracks.stream().allMatch(track -> declared.isKnown(track.getTrack().getSid()));
    }

    /** Which encodings of a track of the client's own anybody needs. */
    void onEncodingsWanted(String trackId, Map<String, Boolean> active) {
        declared.published(trackId)
                .ifPresent(declaration -> {
                    declaration.wanted(active);
                    presence.send(declaration.tellWanted());
                });
    }

    /** Whether anybody needs a track of the client's own in another codec, and which encodings of that. */
    void onBackupWanted(String trackId, boolean wanted, Map<String, Boolean> active) {
        declared.published(trackId)
                .ifPresent(declaration -> {
                    declaration.wantedBackup(wanted, active);
                    presence.send(declaration.tellWanted());
                });
    }

    // ---- candidates

    void onLocalCandidateFound(String value) {
        exchange.localCandidate(value);
    }

    @Override
    public void onLocalCandidate(String value) {
        presence.send(Candidates.write(value, firstMid));
    }

    @Override
    public void onCandidateLost() {
        protocol.count(Refusal.HELD_CANDIDATES);
    }

    @Override
    public void close() {
        stopWaiting();
        exchange.close();
    }
}
