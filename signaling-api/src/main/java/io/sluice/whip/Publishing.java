package io.sluice.whip;

import io.sluice.room.Joined;
import io.sluice.room.Permissions;
import io.sluice.room.RoomEvent;
import io.sluice.sdp.Answer;
import io.sluice.sdp.Negotiator;
import io.sluice.sdp.NegotiatorConfig;
import io.sluice.sdp.SessionDescription;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.RemoteTransport;
import io.sluice.transport.SendSection;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A publisher's session (WHIP): one audio and one video track at most.
 *
 * <p>Owned by its session's context.
 */
final class Publishing implements SessionMedia {
    private final SecureRandom random;
    private @Nullable Answer answered;

    Publishing(SecureRandom random) {
        this.random = random;
    }

    @Override
    public SessionDescription answer(SessionDescription offer, Joined joined) {
        Negotiator negotiator =
                new Negotiator(
                        NegotiatorConfig.DEFAULT.withCodecs(joined.room().settings().codecs()),
                        new Permissions(true, false, false),
                        random);
        Answer answer = negotiator.answer(offer, joined.transport(), Map.of());
        if (answer.receive().size() < offer.sections().size()) {
            throw OfferedMedia.noCodec();
        }
        answered = answer;
        return SessionDescription.parse(answer.sdp());
    }

    private Answer answered() {
        if (answered == null) {
            throw new IllegalStateException("the offer is not answered yet");
        }
        return answered;
    }

    @Override
    public RemoteTransport remote() {
        return answered().remote();
    }

    @Override
    public boolean note(RoomEvent event) {
        return false;
    }

    @Override
    public Set<String> awaited() {
        return Set.of();
    }

    @Override
    public List<ReceiveSection> receive() {
        return answered().receive();
    }

    @Override
    public List<SendSection> send() {
        return List.of();
    }
}
