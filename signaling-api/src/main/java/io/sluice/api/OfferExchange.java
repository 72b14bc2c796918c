package io.sluice.api;

import io.sluice.room.CommandSink;
import io.sluice.room.Leg;
import io.sluice.room.Permissions;
import io.sluice.room.RoomCommand;
import io.sluice.room.TrackDetails;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.Answer;
import io.sluice.sdp.Declarations;
import io.sluice.sdp.Missing;
import io.sluice.sdp.Negotiator;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SessionDescription;
import io.sluice.sdp.UnavailableReason;
import io.sluice.transport.LocalTransport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Offers of one client and our answers: one at a time, and a request for the next one when tracks came or
 * went. Candidates of both sides wait for the description that they belong to.
 *
 * <p>Owned by its session's turn.
 */
public final class OfferExchange implements TrackExchange {
    private final SessionTurn turn;
    private final CommandSink room;
    private final String participantId;
    private final Negotiator negotiator;
    private final Limits limits;
    private final Client client;
    private final RemoteCandidates remoteCandidates;
    private final Queue<String> localCandidates = new ArrayDeque<>();
    private final UnavailableTracks unavailable;
    private final NeededBackups backups;
    private final Deferred check;

    private LocalTransport local;

    /** Between an offer and its answer. */
    private boolean answering;

    /** Whether the client has a description of ours, to which candidates can be added. */
    private boolean answered;

    /** Whether the client was asked for an offer that did not come yet. */
    private boolean offerAsked;

    private boolean closed;

    /**
     * @param renegotiateDelay between a change of the room's tracks and the request for an offer
     * @param maxHeldCandidates that wait for a description, each way
     */
    public record Limits(Duration renegotiateDelay, int maxHeldCandidates) {}

    /** One offer, read and allowed. */
    public record Request(
            SessionDescription offer,
            Declarations declarations,
            Function<Answer, Map<String, TrackDetails>> details) {
        /** Of whose tracks nothing more is known. */
        public Request(SessionDescription offer, Declarations declarations) {
            this(offer, declarations, _ -> Map.of());
        }
    }

    /** Tells the client in its protocol's words; called in the session's turn. */
    public interface Client {
        void onAnswer(Answer answer);

        /** The offer changed nothing: an {@link SdpException}, or what the room said. */
        void onRefused(@Nullable Throwable why);

        void onOfferWanted(Missing missing);

        void onUnavailable(String trackId, UnavailableReason reason);

        void onLocalCandidate(String value);

        /** More candidates waited than may. */
        void onCandidateLost();
    }

    public OfferExchange(
            SessionTurn turn,
            CommandSink room,
            String participantId,
            LocalTransport local,
            Negotiator negotiator,
            Limits limits,
            Client client) {
        this.turn = turn;
        this.room = room;
        this.participantId = participantId;
        this.local = local;
        this.negotiator = negotiator;
        this.limits = limits;
        this.client = client;
        unavailable = new UnavailableTracks(client::onUnavailable);
        backups = new NeededBackups(room, participantId);
        check = new Deferred(turn, limits.renegotiateDelay(), this::check);
        remoteCandidates =
                new RemoteCandidates(
                        room,
                        participantId,
                        Leg.FIRST,
                        limits.maxHeldCandidates(),
                        client::onCandidateLost);
    }

    /** Between an offer and its answer. */
    public boolean isAnswering() {
        return answering;
    }

    /** Whether the client was asked for an offer that did not come yet. */
    public boolean isOfferAsked() {
        return offerAsked;
    }

    // ---- tracks of others

    @Override
    public void trackPublished(TrackInfo track) {
        if (!track.participantId().equals(participantId)) {
            negotiator.trackPublished(track);
            checkSoon();
        }
    }

    @Override
    public void trackChanged(TrackInfo track) {
        negotiator.trackChanged(track);
        checkSoon();
    }

    @Override
    public void trackUnpublished(String trackId) {
        negotiator.trackUnpublished(trackId);
        unavailable.forget(trackId);
        checkSoon();
    }

    @Override
    public void permit(Permissions changed) {
        negotiator.permit(changed);
        checkSoon();
    }

    /** Before the first offer there is nothing to ask for: it comes anyway. */
    private void checkSoon() {
        if (answered) {
            check.soon();
        }
    }

    private void check() {
        if (answering || offerAsked || closed) {
            return;
        }
        backups.tell(negotiator.awaited());
        unavailable.tell(negotiator.unavailable());
        Missing missing = negotiator.missing();
        if (missing.offerNeeded()) {
            askForOffer(missing);
        }
    }

    /** Asks for an offer, whatever it brings. */
    public void askForOffer(Missing missing) {
        offerAsked = true;
        client.onOfferWanted(missing);
    }

    /** The client may not have heard what it was asked: it is asked again. */
    public void askAgain() {
        if (offerAsked && !answering) {
            offerAsked = false;
            check();
        }
    }

    // ---- offers

    /**
     * Whether an offer comes with other ICE credentials than the one before.
     *
     * @throws SdpException if it cannot be used
     */
    public boolean restartsIce(SessionDescription offer) {
        return negotiator.restartsIce(offer);
    }

    /** Answers an offer; none may be on its way. */
    public void offer(Request request) {
        answering = true;
        try {
            if (negotiator.restartsIce(request.offer())) {
                restartIce(request);
            } else {
                answer(request);
            }
        } catch (SdpException refused) {
            fail(refused);
        }
    }

    private void restartIce(Request request) {
        // The client's next candidates belong to the new credentials, which the room does not know
        // yet.
        remoteCandidates.known(false);
        CompletableFuture<LocalTransport> reply =
                turn.reply((restarted, failure) -> onRestarted(request, restarted, failure));
        room.submit(new RoomCommand.RestartIce(participantId, Leg.FIRST, reply));
    }

    private void onRestarted(
            Request request, @Nullable LocalTransport restarted, @Nullable Throwable failure) {
        if (closed) {
            return;
        }
        if (restarted == null) {
            fail(failure);
            return;
        }
        local = restarted;
        try {
            answer(request);
        } catch (SdpException refused) {
            fail(refused);
        }
    }

    private void answer(Request request) {
        Answer answer = negotiator.answer(request.offer(), local, request.declarations());
        CompletableFuture<Void> reply = turn.reply((_, failure) -> onNegotiated(answer, failure));
        room.submit(
                new RoomCommand.Negotiated(
                        participantId,
                        Leg.FIRST,
                        answer.remote(),
                        answer.receive(),
                        answer.send(),
                        request.details().apply(answer),
                        reply));
        remoteCandidates.known(true);
    }

    private void onNegotiated(Answer answer, @Nullable Throwable failure) {
        if (closed) {
            return;
        }
        if (failure != null) {
            fail(failure);
            return;
        }
        answering = false;
        answered = true;
        offerAsked = false;
        client.onAnswer(answer);
        String candidate;
        while ((candidate = localCandidates.poll()) != null) {
            client.onLocalCandidate(candidate);
        }
        // At once: who has just come in waits for a picture.
        check();
    }

    /** An offer that could not even be tried. */
    public void refuse(SdpException why) {
        fail(why);
    }

    private void fail(@Nullable Throwable why) {
        answering = false;
        // The client's next offer, if any, answers an older request too.
        offerAsked = false;
        remoteCandidates.known(answered);
        client.onRefused(why);
    }

    // ---- candidates

    @Override
    public void remoteCandidate(String value) {
        remoteCandidates.add(value);
    }

    /** One of ours. */
    public void localCandidate(String value) {
        if (answered && !answering) {
            client.onLocalCandidate(value);
        } else if (localCandidates.size() < limits.maxHeldCandidates()) {
            localCandidates.add(value);
        } else {
            client.onCandidateLost();
        }
    }

    @Override
    public void close() {
        closed = true;
        check.cancel();
    }
}
