package io.sluice.whip;

import io.sluice.room.Joined;
import io.sluice.room.RoomEvent;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SessionDescription;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.RemoteTransport;
import io.sluice.transport.SendSection;
import java.util.List;
import java.util.Set;

/**
 * What flows in a session: of a publisher or to a viewer.
 *
 * <p>Owned by its session's context.
 */
sealed interface SessionMedia permits Publishing, Viewing {

    /**
     * Answers the session's only offer.
     *
     * @throws SdpException if it is malformed
     * @throws UnsupportedOffer if it asks for what is not answered
     */
    SessionDescription answer(SessionDescription offer, Joined joined);

    /** The client's side of the transport, once the offer is answered. */
    RemoteTransport remote();

    /** Takes note of what happens in the room; returns whether other tracks are to be sent now. */
    boolean note(RoomEvent event);

    /** Tracks that it would send if they came in another codec, which their publishers have promised. */
    Set<String> awaited();

    List<ReceiveSection> receive();

    List<SendSection> send();
}
