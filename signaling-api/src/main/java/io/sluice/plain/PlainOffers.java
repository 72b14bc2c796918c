package io.sluice.plain;

import io.sluice.api.AnswerExchange;
import io.sluice.api.SessionTurn;
import io.sluice.api.TrackExchange;
import io.sluice.plain.PlainCounters.Refusal;
import io.sluice.room.CommandSink;
import io.sluice.room.Joined;
import io.sluice.sdp.ForwardedTrack;
import io.sluice.sdp.Offerer;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SessionDescription;
import io.sluice.sdp.UnavailableReason;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client is sent that wants to be offered it, on a connection of its own.
 *
 * <p>Owned by its session's turn.
 */
final class PlainOffers implements AnswerExchange.Client {
    private static final String ANSWER = "answer";

    /** After it who runs the server may see that somebody does not answer. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);

    private final PlainSession session;
    private final PlainProtocol protocol;
    private final AnswerExchange exchange;

    PlainOffers(
            PlainSession session,
            PlainProtocol protocol,
            SessionTurn turn,
            CommandSink room,
            Joined joined) {
        this.session = session;
        this.protocol = protocol;
        PlainConfig config = protocol.config();
        exchange =
                new AnswerExchange(
                        turn,
                        room,
                        joined.self().participantId(),
                        new Offerer(
                                config.negotiator().withCodecs(joined.room().settings().codecs()),
                                session.grants().permissions(),
                                protocol.random()),
                        new AnswerExchange.Limits(
                                config.renegotiateDelay(),
                                ANSWER_TIMEOUT,
                                config.maxHeldCandidates()),
                        this);
    }

    TrackExchange exchange() {
        return exchange;
    }

    void onAnswer(ClientMessage.Answer answer) {
        if (!exchange.isAwaited(answer.to())) {
            refuse(ErrorCode.INVALID_OFFER, "No offer of this id waits for an answer.");
            return;
        }
        try {
            exchange.answer(
                    SessionDescription.parse(
                            answer.sdp(), protocol.config().negotiator().sdpLimits()));
        } catch (SdpException malformed) {
            onFailed(malformed);
        }
    }

    private void refuse(ErrorCode code, String text) {
        session.send(new ServerMessage.Failed(code, text, ANSWER));
    }

    @Override
    public void onOffer(Offerer.Offered offer, int number) {
        session.send(new ServerMessage.Offered(offer.sdp(), number, offer.tracks()));
    }

    /** The offer has said it. */
    @Override
    public void onForwarded(List<ForwardedTrack> tracks) {}

    @Override
    public void onUnavailable(String trackId, UnavailableReason reason) {
        session.send(new ServerMessage.Unavailable(trackId, reason));
    }

    /** It may be away, and hears the offer when it is back; nothing else is offered before. */
    @Override
    public void onNoAnswer() {
        protocol.count(Refusal.ANSWER_TIMEOUT);
    }

    @Override
    public void onFailed(@Nullable Throwable why) {
        if (why instanceof SdpException) {
            protocol.count(Refusal.INVALID_ANSWER);
            refuse(ErrorCode.INVALID_OFFER, String.valueOf(why.getMessage()));
        } else {
            RoomFailure failure = RoomFailure.of(why);
            refuse(failure.code(), failure.text());
        }
    }

    @Override
    public void onCandidateLost() {
        protocol.count(Refusal.HELD_CANDIDATES);
    }
}
