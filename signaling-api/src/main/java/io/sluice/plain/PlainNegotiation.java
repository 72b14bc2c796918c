package io.sluice.plain;

import io.sluice.api.Grants;
import io.sluice.api.RateLimit;
import io.sluice.codec.Codec;
import io.sluice.codec.MediaKind;
import io.sluice.forward.ViewerWish;
import io.sluice.plain.PlainCounters.Refusal;
import io.sluice.room.CommandSink;
import io.sluice.room.LeaveReason;
import io.sluice.room.Origin;
import io.sluice.room.Permissions;
import io.sluice.room.RoomCommand;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.Answer;
import io.sluice.sdp.Direction;
import io.sluice.sdp.MediaSection;
import io.sluice.sdp.Missing;
import io.sluice.sdp.Negotiator;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SessionDescription;
import io.sluice.sdp.UnavailableReason;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.TrackSource;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Offers and answers of one session: one at a time, and a request for the next one when tracks came or went.
 *
 * <p>Owned by its session's context.
 */
final class PlainNegotiation {
    private static final long NO_TIMER = -1;
    private static final String OFFER = "offer";
    private static final String MUTE = "mute";
    private static final String WISH = "wish";

    private final PlainSession session;
    private final PlainProtocol protocol;
    private final Vertx vertx;
    private final CommandSink room;
    private final String participantId;
    private final Grants grants;
    private final Negotiator negotiator;
    private final RateLimit changes;
    private final RateLimit wishes;
    private final Queue<String> remoteCandidates = new ArrayDeque<>();
    private final Queue<String> localCandidates = new ArrayDeque<>();

    /** Tracks of which the client knows that it cannot get them. */
    private final Set<String> toldUnavailable = new HashSet<>();

    private LocalTransport local;

    /** Between an offer and its answer. */
    private boolean answering;

    /** Whether the client has a description of ours, to which candidates can be added. */
    private boolean answered;

    /** Whether the room knows the description that the client's candidates belong to. */
    private boolean submitted;

    /** Whether the client was asked for an offer that did not come yet. */
    private boolean offerAsked;

    private long checkTimer = NO_TIMER;

    PlainNegotiation(
            PlainSession session,
            PlainProtocol protocol,
            Vertx vertx,
            CommandSink room,
            String participantId,
            LocalTransport local,
            List<Codec> codecs,
            Grants grants) {
        this.session = session;
        this.protocol = protocol;
        this.vertx = vertx;
        this.room = room;
        this.participantId = participantId;
        this.local = local;
        this.grants = grants;
        changes = new RateLimit(protocol.config().changes(), System.nanoTime());
        wishes = new RateLimit(protocol.config().wishes(), System.nanoTime());
        this.negotiator =
                new Negotiator(
                        protocol.config().negotiator().withCodecs(codecs),
                        new Permissions(grants.canPublish(), grants.canSubscribe()),
                        protocol.random());
    }

    // ---- tracks of others

    void onTrackPublished(TrackInfo track) {
        if (!track.participantId().equals(participantId)) {
            negotiator.trackPublished(track);
            checkSoon();
        }
    }

    void onTrackUnpublished(TrackInfo track) {
        negotiator.trackUnpublished(track.trackId());
        toldUnavailable.remove(track.trackId());
        checkSoon();
    }

    /** Before the first offer there is nothing to ask for: it comes anyway. */
    private void checkSoon() {
        if (checkTimer == NO_TIMER && answered) {
            checkTimer =
                    vertx.setTimer(
                            protocol.config().renegotiateDelay().toMillis(),
                            _ -> {
                                checkTimer = NO_TIMER;
                                check();
                            });
        }
    }

    private void check() {
        if (answering || offerAsked || session.isOver()) {
            return;
        }
        tellUnavailable(negotiator.unavailable());
        Missing missing = negotiator.missing();
        if (missing.offerNeeded()) {
            offerAsked = true;
            session.send(new ServerMessage.Renegotiate(missing.audio(), missing.video()));
        }
    }

    private void tellUnavailable(Map<String, UnavailableReason> unavailable) {
        toldUnavailable.retainAll(unavailable.keySet());
        unavailable.forEach((trackId, reason) -> {
            if (toldUnavailable.add(trackId)) {
                session.send(new ServerMessage.Unavailable(trackId, reason));
            }
        });
    }

    // ---- offers

    void onOffer(ClientMessage.Offer message) {
        if (answering) {
            protocol.count(Refusal.OFFER_IN_PROGRESS);
            refuse(
                    ErrorCode.OFFER_IN_PROGRESS,
                    "The offer before this one is not answered yet.",
                    OFFER);
            return;
        }
        if (!offerAsked && isTooOften(OFFER)) {
            return;
        }
        try {
            SessionDescription offer =
                    SessionDescription.parse(
                            message.sdp(), protocol.config().negotiator().sdpLimits());
            if (!maySend(offer, message.sources())) {
                refuse(
                        ErrorCode.NOT_PERMITTED,
                        "The token does not allow to publish all of these sources.",
                        OFFER);
                return;
            }
            boolean restart = negotiator.restartsIce(offer);
            // What is asked for is other sections: whoever never adds them is asked without end.
            if (restart && offerAsked && isTooOften(OFFER)) {
                return;
            }
            answering = true;
            if (restart) {
                restartIce(offer, message.sources());
            } else {
                answer(offer, message.sources());
            }
        } catch (SdpException refused) {
            refuseOffer(refused);
        }
    }

    private boolean maySend(SessionDescription offer, Map<String, TrackSource> sources) {
        if (grants.publishSources().isEmpty()) {
            return true;
        }
        for (MediaSection section : offer.sections()) {
            boolean sends =
                    section.direction() == Direction.SENDRECV
                            || section.direction() == Direction.SENDONLY;
            TrackSource usual =
                    section.media().equals("audio") ? TrackSource.MICROPHONE : TrackSource.CAMERA;
            if (sends
                    && isMedia(section)
                    && !grants.publishSources()
                            .contains(sources.getOrDefault(section.mid(), usual))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isMedia(MediaSection section) {
        for (MediaKind kind : MediaKind.values()) {
            if (kind.name().equalsIgnoreCase(section.media())) {
                return true;
            }
        }
        return false;
    }

    private void restartIce(SessionDescription offer, Map<String, TrackSource> sources) {
        // The client's next candidates belong to the new credentials, which the room does not know
        // yet.
        submitted = false;
        CompletableFuture<LocalTransport> reply =
                session.reply(
                        (restarted, failure) -> onRestarted(offer, sources, restarted, failure));
        room.submit(new RoomCommand.RestartIce(participantId, reply));
    }

    private void onRestarted(
            SessionDescription offer,
            Map<String, TrackSource> sources,
            @Nullable LocalTransport restarted,
            @Nullable Throwable failure) {
        if (session.isOver()) {
            return;
        }
        if (restarted == null) {
            onNegotiationFailed(failure);
            return;
        }
        local = restarted;
        try {
            answer(offer, sources);
        } catch (SdpException refused) {
            refuseOffer(refused);
        }
    }

    private void answer(SessionDescription offer, Map<String, TrackSource> sources) {
        Answer answer = negotiator.answer(offer, local, sources);
        CompletableFuture<Void> reply =
                session.reply((_, failure) -> onNegotiated(answer, failure));
        room.submit(
                new RoomCommand.Negotiated(
                        participantId, answer.remote(), answer.receive(), answer.send(), reply));
        submitted = true;
        drainRemoteCandidates();
    }

    private void onNegotiated(Answer answer, @Nullable Throwable failure) {
        if (session.isOver()) {
            return;
        }
        if (failure != null) {
            onNegotiationFailed(failure);
            return;
        }
        answering = false;
        answered = true;
        offerAsked = false;
        Map<String, String> published = new HashMap<>();
        answer.receive().forEach(section -> published.put(section.mid(), section.trackId()));
        session.send(new ServerMessage.Answered(answer.sdp(), answer.tracks(), published));
        String candidate;
        while ((candidate = localCandidates.poll()) != null) {
            session.send(new ServerMessage.Candidate(candidate));
        }
        // At once: who has just come in waits for a picture.
        check();
    }

    private void refuseOffer(SdpException refused) {
        protocol.count(Refusal.INVALID_OFFER);
        failOffer(new RoomFailure(ErrorCode.INVALID_OFFER, String.valueOf(refused.getMessage())));
    }

    private void onNegotiationFailed(@Nullable Throwable failure) {
        failOffer(RoomFailure.of(failure));
    }

    private void failOffer(RoomFailure failure) {
        answering = false;
        // The client's next offer, if any, answers an older request too.
        offerAsked = false;
        submitted = answered;
        drainRemoteCandidates();
        refuse(failure.code(), failure.text(), OFFER);
    }

    private void refuse(ErrorCode code, String text, String about) {
        session.send(new ServerMessage.Failed(code, text, about));
    }

    /** Whether a client changes more than the others should be told of. */
    private boolean isTooOften(String about) {
        if (changes.pass(System.nanoTime())) {
            return false;
        }
        protocol.count(Refusal.TOO_MANY_CHANGES);
        refuse(
                ErrorCode.RATE_LIMITED,
                "More than "
                        + protocol.config().changes().perSecond()
                        + " mutes and offers per second; try again in a second.",
                about);
        return true;
    }

    // ---- muting

    void onMute(ClientMessage.Mute message) {
        if (isTooOften(MUTE)) {
            return;
        }
        String trackId = message.trackId();
        if (trackId == null && message.mid() != null) {
            trackId = negotiator.publishedTrack(message.mid()).orElse(null);
        }
        if (trackId == null) {
            refuse(
                    ErrorCode.NO_SUCH_TRACK,
                    "You publish nothing in this section; the answer's \"published\" says what you"
                            + " publish.",
                    MUTE);
            return;
        }
        CompletableFuture<TrackInfo> reply = session.reply(this::onMuted);
        room.submit(
                new RoomCommand.Mute(
                        trackId, message.muted(), Origin.PARTICIPANT, participantId, reply));
    }

    private void onMuted(@Nullable TrackInfo track, @Nullable Throwable failure) {
        if (session.isOver()) {
            return;
        }
        if (track != null) {
            session.send(new ServerMessage.Muted(track));
        } else {
            RoomFailure refused = RoomFailure.of(failure);
            refuse(refused.code(), refused.text(), MUTE);
        }
    }

    // ---- wishes

    void onWish(ClientMessage.Wish message) {
        if (!wishes.pass(System.nanoTime())) {
            protocol.count(Refusal.TOO_MANY_WISHES);
            refuse(
                    ErrorCode.RATE_LIMITED,
                    "More than "
                            + protocol.config().wishes().perSecond()
                            + " wishes per second; say the last one again in a second.",
                    WISH);
            return;
        }
        CompletableFuture<ViewerWish> reply = session.reply((_, failure) -> onWished(failure));
        room.submit(
                new RoomCommand.Wish(
                        participantId,
                        message.trackId(),
                        Origin.PARTICIPANT,
                        _ -> message.wish(),
                        reply));
    }

    /** What is carried out is seen, and not answered. */
    private void onWished(@Nullable Throwable failure) {
        if (failure != null && !session.isOver()) {
            RoomFailure refused = RoomFailure.of(failure);
            refuse(refused.code(), refused.text(), WISH);
        }
    }

    // ---- candidates

    void onRemoteCandidate(String value) {
        if (value.isEmpty()) {
            // No more of them: ICE here does not wait for candidates.
            return;
        }
        if (submitted) {
            room.submit(new RoomCommand.RemoteCandidate(participantId, value));
        } else {
            hold(remoteCandidates, value);
        }
    }

    private void drainRemoteCandidates() {
        String candidate;
        while (submitted && (candidate = remoteCandidates.poll()) != null) {
            room.submit(new RoomCommand.RemoteCandidate(participantId, candidate));
        }
    }

    void onLocalCandidate(String value) {
        if (answered && !answering) {
            session.send(new ServerMessage.Candidate(value));
        } else {
            hold(localCandidates, value);
        }
    }

    private void hold(Queue<String> candidates, String value) {
        if (candidates.size() < protocol.config().maxHeldCandidates()) {
            candidates.add(value);
        } else {
            protocol.count(Refusal.HELD_CANDIDATES);
        }
    }

    // ---- the end

    void leave(LeaveReason reason) {
        room.submit(new RoomCommand.Leave(participantId, reason));
    }

    void close() {
        if (checkTimer != NO_TIMER) {
            vertx.cancelTimer(checkTimer);
        }
    }
}
