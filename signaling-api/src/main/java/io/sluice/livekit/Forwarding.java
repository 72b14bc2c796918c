package io.sluice.livekit;

import io.sluice.api.TrackExchange;
import io.sluice.room.Permissions;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SessionDescription;
import livekit.LivekitRtc;

/**
 * How a client comes by the tracks of others: in offers of its own, or of ours on a connection beside its own. What
 * only the second knows the first has no use for.
 *
 * <p>Owned by its session's turn.
 */
interface Forwarding {
    /** What is described to the client. */
    TrackExchange exchange();

    default void forward(TrackInfo track) {
        exchange().trackPublished(track);
    }

    default void stopForwarding(String trackId) {
        exchange().trackUnpublished(trackId);
    }

    /** What the client may has changed. */
    default void onPermitted(Permissions changed) {
        exchange().permit(changed);
    }

    default void onRemoteCandidate(String value) {
        exchange().remoteCandidate(value);
    }

    /** The client answers an offer; where none is made that means nothing. */
    default void onAnswer(LivekitRtc.SessionDescription answer) {}

    /** The client is back after it lost its WebSocket. */
    default void resume() {}

    default void close() {
        exchange().close();
    }

    /**
     * Reads what a client says.
     *
     * @throws SdpException if it cannot be read
     */
    static SessionDescription read(LivekitRtc.SessionDescription said, LiveKitConfig config) {
        return SessionDescription.parse(said.getSdp(), config.negotiator().sdpLimits());
    }
}
