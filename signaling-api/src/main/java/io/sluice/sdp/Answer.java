package io.sluice.sdp;

import io.sluice.transport.ReceiveSection;
import io.sluice.transport.RemoteTransport;
import io.sluice.transport.SendSection;
import java.util.List;
import java.util.Map;

/**
 * What came out of an offer.
 *
 * @param sdp to be sent to the client as it stands
 * @param remote the client's side of the transport: of the first section that is bundled and accepted
 * @param receive all sections in which the client publishes, in the order of the description
 * @param send all sections in which a track is forwarded, in the same order
 * @param tracks what is forwarded, one for each of {@code send}
 * @param missing what the next offer has to bring; see {@link Negotiator#missing}
 * @param unavailable tracks that this client cannot get, by id; see {@link Negotiator#unavailable}
 * @param iceRestart whether the offer came with new ICE credentials; false for the first offer
 */
public record Answer(
        String sdp,
        RemoteTransport remote,
        List<ReceiveSection> receive,
        List<SendSection> send,
        List<ForwardedTrack> tracks,
        Missing missing,
        Map<String, UnavailableReason> unavailable,
        boolean iceRestart) {
    public Answer {
        receive = List.copyOf(receive);
        send = List.copyOf(send);
        tracks = List.copyOf(tracks);
        unavailable = Map.copyOf(unavailable);
    }
}
