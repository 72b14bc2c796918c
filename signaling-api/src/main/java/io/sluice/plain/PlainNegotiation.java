package io.sluice.plain;

import io.sluice.api.OfferExchange;
import io.sluice.api.RateLimit;
import io.sluice.api.SessionTurn;
import io.sluice.api.TrackExchange;
import io.sluice.codec.MediaKind;
import io.sluice.forward.ViewerWish;
import io.sluice.plain.PlainCounters.Refusal;
import io.sluice.room.CommandSink;
import io.sluice.room.Joined;
import io.sluice.room.LeaveReason;
import io.sluice.room.Origin;
import io.sluice.room.Permissions;
import io.sluice.room.RoomCommand;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.Answer;
import io.sluice.sdp.Declarations;
import io.sluice.sdp.Direction;
import io.sluice.sdp.MediaSection;
import io.sluice.sdp.Missing;
import io.sluice.sdp.Negotiator;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SessionDescription;
import io.sluice.sdp.UnavailableReason;
import io.sluice.transport.TrackSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Offers and answers of one session: one at a time, and a request for the next one when tracks came or went.
 *
 * <p>Owned by its session's context.
 */
final class PlainNegotiation implements OfferExchange.Client {
    private static final String OFFER = "offer";
    private static final String ANSWER = "answer";
    private static final String MUTE = "mute";
    private static final String WISH = "wish";
    private static final String CHANNEL = "channel";

    private final PlainSession session;
    private final PlainProtocol protocol;
    private final SessionTurn turn;
    private final CommandSink room;
    private final String participantId;
    private final Negotiator negotiator;
    private final OfferExchange exchange;

    /** Null: the client offers. */
    private final @Nullable PlainOffers offers;

    /** By which tracks of others come. */
    private final TrackExchange watching;

    private final RateLimit changes;
    private final RateLimit wishes;

    private Permissions permissions;

    PlainNegotiation(
            PlainSession session,
            PlainProtocol protocol,
            SessionTurn turn,
            CommandSink room,
            Joined joined,
            Subscribing subscribing) {
        this.session = session;
        this.protocol = protocol;
        this.turn = turn;
        this.room = room;
        PlainConfig config = protocol.config();
        participantId = joined.self().participantId();
        permissions = session.grants().permissions();
        changes = new RateLimit(config.changes(), System.nanoTime());
        wishes = new RateLimit(config.wishes(), System.nanoTime());
        negotiator =
                new Negotiator(
                        config.negotiator().withCodecs(joined.room().settings().codecs()),
                        permissions,
                        protocol.random());
        exchange =
                new OfferExchange(
                        turn,
                        room,
                        participantId,
                        joined.transport(),
                        negotiator,
                        new OfferExchange.Limits(
                                config.renegotiateDelay(), config.maxHeldCandidates()),
                        this);
        offers =
                switch (subscribing) {
                    case BY_ANSWER -> null;
                    case BY_OFFER -> new PlainOffers(session, protocol, turn, room, joined);
                };
        watching = offers == null ? exchange : offers.exchange();
    }

    // ---- tracks of others

    void onTrackPublished(TrackInfo track) {
        watching.trackPublished(track);
    }

    void onTrackChanged(TrackInfo track) {
        watching.trackChanged(track);
    }

    void onTrackUnpublished(TrackInfo track) {
        watching.trackUnpublished(track.trackId());
    }

    /** The application lets the participant do more, or less. */
    void onPermitted(Permissions changed) {
        if (!changed.equals(permissions)) {
            permissions = changed;
            exchange.permit(changed);
            if (watching != exchange) {
                watching.permit(changed);
            }
        }
    }

    @Override
    public void onOfferWanted(Missing missing) {
        session.send(new ServerMessage.Renegotiate(missing.audio(), missing.video()));
    }

    @Override
    public void onUnavailable(String trackId, UnavailableReason reason) {
        session.send(new ServerMessage.Unavailable(trackId, reason));
    }

    // ---- offers

    void onOffer(ClientMessage.Offer message) {
        if (exchange.isAnswering()) {
            protocol.count(Refusal.OFFER_IN_PROGRESS);
            refuse(
                    ErrorCode.OFFER_IN_PROGRESS,
                    "The offer before this one is not answered yet.",
                    OFFER);
            return;
        }
        boolean asked = exchange.isOfferAsked();
        if (!asked && isTooOften(OFFER)) {
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
            // What is asked for is other sections: whoever never adds them is asked without end.
            if (asked && exchange.restartsIce(offer) && isTooOften(OFFER)) {
                return;
            }
            exchange.offer(
                    new OfferExchange.Request(offer, Declarations.sources(message.sources())));
        } catch (SdpException refused) {
            exchange.refuse(refused);
        }
    }

    /** The client answers what it was offered. */
    void onAnswer(ClientMessage.Answer message) {
        if (offers == null) {
            refuse(
                    ErrorCode.BAD_MESSAGE,
                    "Who is to be offered something says \"subscribe\": \"offer\" in its join.",
                    ANSWER);
        } else {
            offers.onAnswer(message);
        }
    }

    private boolean maySend(SessionDescription offer, Map<String, TrackSource> sources) {
        if (permissions.publishSources().isEmpty()) {
            return true;
        }
        for (MediaSection section : offer.sections()) {
            boolean sends =
                    section.direction() == Direction.SENDRECV
                            || section.direction() == Direction.SENDONLY;
            MediaKind kind = section.kind();
            if (sends
                    && kind != null
                    && !permissions
                            .publishSources()
                            .contains(
                                    sources.getOrDefault(section.mid(), TrackSource.usual(kind)))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void onAnswer(Answer answer) {
        Map<String, String> published = new HashMap<>();
        answer.receive().forEach(section -> published.put(section.mid(), section.trackId()));
        session.send(new ServerMessage.Answered(answer.sdp(), answer.tracks(), published));
    }

    @Override
    public void onRefused(@Nullable Throwable why) {
        if (why instanceof SdpException) {
            protocol.count(Refusal.INVALID_OFFER);
            refuse(ErrorCode.INVALID_OFFER, String.valueOf(why.getMessage()), OFFER);
        } else {
            RoomFailure failure = RoomFailure.of(why);
            refuse(failure.code(), failure.text(), OFFER);
        }
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
        CompletableFuture<TrackInfo> reply = turn.reply(this::onMuted);
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
        CompletableFuture<ViewerWish> reply = turn.reply((_, failure) -> onWished(failure));
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

    // ---- data channels

    void onChannel(ClientMessage.Channel message) {
        if (!wishes.pass(System.nanoTime())) {
            protocol.count(Refusal.TOO_MANY_WISHES);
            refuse(ErrorCode.RATE_LIMITED, "Too many channels at once; try later.", CHANNEL);
            return;
        }
        CompletableFuture<Void> reply =
                turn.reply((_, failure) -> onChannelKnown(message.id(), failure));
        room.submit(
                new RoomCommand.KnowChannel(participantId, message.id(), message.options(), reply));
    }

    private void onChannelKnown(int id, @Nullable Throwable failure) {
        if (session.isOver()) {
            return;
        }
        if (failure == null) {
            session.send(new ServerMessage.ChannelKnown(id));
        } else {
            RoomFailure refused = RoomFailure.of(failure);
            refuse(refused.code(), refused.text(), CHANNEL);
        }
    }

    // ---- candidates

    void onRemoteCandidate(ClientMessage.Candidate candidate) {
        TrackExchange connection =
                switch (candidate.subscribing()) {
                    case BY_ANSWER -> exchange;
                    case BY_OFFER -> watching;
                };
        connection.remoteCandidate(candidate.value());
    }

    /** The room has found one more. */
    void onFound(String value) {
        exchange.localCandidate(value);
    }

    @Override
    public void onLocalCandidate(String value) {
        session.send(new ServerMessage.Candidate(value));
    }

    @Override
    public void onCandidateLost() {
        protocol.count(Refusal.HELD_CANDIDATES);
    }

    // ---- the end

    void leave(LeaveReason reason) {
        room.submit(new RoomCommand.Leave(participantId, reason));
    }

    void close() {
        exchange.close();
        watching.close();
    }
}
