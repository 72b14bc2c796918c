package io.sluice.api;

import io.sluice.room.CommandSink;
import io.sluice.room.Leg;
import io.sluice.room.Permissions;
import io.sluice.room.RoomCommand;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.ForwardedTrack;
import io.sluice.sdp.Offerer;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SessionDescription;
import io.sluice.sdp.UnavailableReason;
import io.sluice.transport.LocalTransport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Our offers to one client, which answers: one at a time, on a transport of its own that is opened with the first
 * track to be forwarded. The counterpart of the {@link OfferExchange}.
 *
 * <p>Owned by its session's turn.
 */
public final class AnswerExchange implements TrackExchange {
    private static final long NO_TIMER = -1;

    private final SessionTurn turn;
    private final CommandSink room;
    private final String participantId;
    private final Offerer offerer;
    private final Limits limits;
    private final Client client;
    private final RemoteCandidates remoteCandidates;
    private final UnavailableTracks unavailable;
    private final NeededBackups backups;
    private final Deferred check;

    private State state = State.IDLE;

    /** Null before there is anything to forward. */
    private @Nullable LocalTransport local;

    /** Of the last offer; an answer to an older one means nothing. */
    private int number;

    /** Whether an answer was carried out: the client has a transport that can be restarted. */
    private boolean agreed;

    private boolean restartWanted;
    private long answerTimer = NO_TIMER;

    private enum State {
        IDLE,
        /** The room is asked for our side of the transport. */
        PREPARING,
        /** The client is to answer. */
        OFFERED,
        /** The room carries an answer out. */
        CARRYING_OUT,
        CLOSED
    }

    /**
     * @param renegotiateDelay between a change of the room's tracks and an offer
     * @param answerTimeout for the client
     * @param maxHeldCandidates of the client, that wait for its answer
     */
    public record Limits(
            Duration renegotiateDelay, Duration answerTimeout, int maxHeldCandidates) {}

    /** Tells the client in its protocol's words; called in the session's turn. */
    public interface Client {

        /**
         * @param number grows with each offer; the answer brings it back
         */
        void onOffer(Offerer.Offered offer, int number);

        /** These are all tracks that the client is sent now. */
        void onForwarded(List<ForwardedTrack> tracks);

        void onUnavailable(String trackId, UnavailableReason reason);

        /** The client does not answer. */
        void onNoAnswer();

        /** It cannot go on: an {@link SdpException}, or what the room said. */
        void onFailed(@Nullable Throwable why);

        /** More candidates waited than may. */
        void onCandidateLost();
    }

    public AnswerExchange(
            SessionTurn turn,
            CommandSink room,
            String participantId,
            Offerer offerer,
            Limits limits,
            Client client) {
        this.turn = turn;
        this.room = room;
        this.participantId = participantId;
        this.offerer = offerer;
        this.limits = limits;
        this.client = client;
        unavailable = new UnavailableTracks(client::onUnavailable);
        backups = new NeededBackups(room, participantId);
        check = new Deferred(turn, limits.renegotiateDelay(), this::check);
        remoteCandidates =
                new RemoteCandidates(
                        room,
                        participantId,
                        Leg.WATCHING,
                        limits.maxHeldCandidates(),
                        client::onCandidateLost);
    }

    // ---- tracks of others

    @Override
    public void trackPublished(TrackInfo track) {
        if (!track.participantId().equals(participantId)) {
            offerer.trackPublished(track);
            checkSoon();
        }
    }

    @Override
    public void trackChanged(TrackInfo track) {
        offerer.trackChanged(track);
        checkSoon();
    }

    @Override
    public void trackUnpublished(String trackId) {
        offerer.trackUnpublished(trackId);
        unavailable.forget(trackId);
        checkSoon();
    }

    @Override
    public void permit(Permissions changed) {
        offerer.permit(changed);
        checkSoon();
    }

    private void checkSoon() {
        if (state != State.CLOSED) {
            check.soon();
        }
    }

    private void check() {
        if (state != State.IDLE) {
            return;
        }
        backups.tell(offerer.awaited());
        unavailable.tell(offerer.unavailable());
        if (restartWanted) {
            restartWanted = false;
            restartNow();
        } else if (offerer.isNeeded()) {
            if (local == null) {
                prepare(reply -> new RoomCommand.OpenWatching(participantId, reply));
            } else {
                offer(local);
            }
        }
    }

    // ---- offers

    @FunctionalInterface
    private interface Question {
        RoomCommand ask(CompletableFuture<LocalTransport> reply);
    }

    private void prepare(Question question) {
        state = State.PREPARING;
        CompletableFuture<LocalTransport> reply = turn.reply(this::onPrepared);
        room.submit(question.ask(reply));
    }

    private void onPrepared(@Nullable LocalTransport prepared, @Nullable Throwable failure) {
        if (state == State.CLOSED) {
            return;
        }
        if (prepared == null) {
            client.onFailed(failure);
            return;
        }
        local = prepared;
        // Candidates that come next belong to the description that answers this.
        remoteCandidates.known(false);
        offer(prepared);
    }

    private void offer(LocalTransport ours) {
        state = State.OFFERED;
        number++;
        Offerer.Offered offered = offerer.offer(ours);
        cancelAnswerTimer();
        answerTimer =
                turn.after(
                        limits.answerTimeout(),
                        () -> {
                            answerTimer = NO_TIMER;
                            client.onNoAnswer();
                        });
        client.onOffer(offered, number);
    }

    /** The client lost its way to the server, and may have lost an offer too: ICE begins anew, with another one. */
    public void restart() {
        switch (state) {
            case IDLE, OFFERED -> {
                cancelAnswerTimer();
                restartNow();
            }
            case CARRYING_OUT -> restartWanted = true;
            // An offer follows, and the client is there to hear it.
            case PREPARING, CLOSED -> {}
        }
    }

    private void restartNow() {
        if (local == null) {
            state = State.IDLE;
            checkSoon();
        } else if (agreed) {
            prepare(reply -> new RoomCommand.RestartIce(participantId, Leg.WATCHING, reply));
        } else {
            offer(local);
        }
    }

    // ---- answers

    /** Whether an answer with this number is waited for; clients without numbers say 0. */
    public boolean isAwaited(int answerTo) {
        return state == State.OFFERED && (answerTo == number || answerTo == 0);
    }

    /** Carries out an answer that is {@linkplain #isAwaited awaited}. */
    public void answer(SessionDescription answer) {
        cancelAnswerTimer();
        Offerer.Agreed outcome;
        try {
            outcome = offerer.answered(answer);
        } catch (SdpException refused) {
            client.onFailed(refused);
            return;
        }
        state = State.CARRYING_OUT;
        CompletableFuture<Void> reply =
                turn.reply((_, failure) -> onCarriedOut(outcome.tracks(), failure));
        room.submit(
                new RoomCommand.Negotiated(
                        participantId,
                        Leg.WATCHING,
                        outcome.remote(),
                        List.of(),
                        outcome.send(),
                        Map.of(),
                        reply));
        remoteCandidates.known(true);
    }

    private void onCarriedOut(List<ForwardedTrack> tracks, @Nullable Throwable failure) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.IDLE;
        if (failure != null) {
            client.onFailed(failure);
            return;
        }
        agreed = true;
        client.onForwarded(tracks);
        check();
    }

    @Override
    public void remoteCandidate(String value) {
        if (state != State.CLOSED) {
            remoteCandidates.add(value);
        }
    }

    private void cancelAnswerTimer() {
        if (answerTimer != NO_TIMER) {
            turn.cancel(answerTimer);
            answerTimer = NO_TIMER;
        }
    }

    @Override
    public void close() {
        state = State.CLOSED;
        cancelAnswerTimer();
        check.cancel();
    }
}
