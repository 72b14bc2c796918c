package io.sluice.livekit;

import io.sluice.api.AnswerExchange;
import io.sluice.api.SessionTurn;
import io.sluice.api.TrackExchange;
import io.sluice.livekit.LiveKitCounters.Refusal;
import io.sluice.room.CommandSink;
import io.sluice.room.Joined;
import io.sluice.sdp.ForwardedTrack;
import io.sluice.sdp.Offerer;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SessionDescription;
import io.sluice.sdp.UnavailableReason;
import java.util.List;
import livekit.LivekitRtc;
import livekit.LivekitRtc.SignalResponse;
import org.jspecify.annotations.Nullable;

/**
 * What a client with two connections is sent: we offer it, on the second one. Data stays on the first.
 *
 * <p>Owned by its session's turn.
 */
final class LiveKitOffers implements Forwarding, AnswerExchange.Client {
    private final LiveKitPresence presence;
    private final LiveKitProtocol protocol;
    private final AnswerExchange exchange;

    LiveKitOffers(
            LiveKitPresence presence,
            LiveKitProtocol protocol,
            SessionTurn turn,
            CommandSink room,
            Joined joined) {
        this.presence = presence;
        this.protocol = protocol;
        LiveKitConfig config = protocol.config();
        exchange =
                new AnswerExchange(
                        turn,
                        room,
                        joined.self().participantId(),
                        new Offerer(
                                config.negotiator().withCodecs(joined.room().settings().codecs()),
                                joined.self().permissions(),
                                protocol.random()),
                        new AnswerExchange.Limits(
                                config.renegotiateDelay(),
                                config.answerTimeout(),
                                config.maxHeldCandidates()),
                        this);
    }

    @Override
    public TrackExchange exchange() {
        return exchange;
    }

    @Override
    public void resume() {
        exchange.restart();
    }

    @Override
    public void onAnswer(LivekitRtc.SessionDescription answer) {
        if (!exchange.isAwaited(answer.getId())) {
            // To an offer that another one has followed.
            return;
        }
        SessionDescription description;
        try {
            description = Forwarding.read(answer, protocol.config());
        } catch (SdpException malformed) {
            onFailed(malformed);
            return;
        }
        exchange.answer(description);
    }

    @Override
    public void onOffer(Offerer.Offered offer, int number) {
        presence.send(
                SignalResponse.newBuilder()
                        .setOffer(
                                LiveKitMessages.description(
                                        "offer", offer.sdp(), number, offer.tracks())));
    }

    @Override
    public void onForwarded(List<ForwardedTrack> tracks) {
        presence.onForwarded(this, tracks);
    }

    @Override
    public void onUnavailable(String trackId, UnavailableReason reason) {
        presence.send(LiveKitMessages.unavailable(trackId, reason));
    }

    @Override
    public void onNoAnswer() {
        if (presence.isHeard()) {
            protocol.count(Refusal.ANSWER_TIMEOUT);
            presence.onNegotiationFailed(null);
        }
    }

    @Override
    public void onFailed(@Nullable Throwable why) {
        protocol.count(Refusal.INVALID_ANSWER);
        presence.onNegotiationFailed(why);
    }

    @Override
    public void onCandidateLost() {
        protocol.count(Refusal.HELD_CANDIDATES);
    }
}
