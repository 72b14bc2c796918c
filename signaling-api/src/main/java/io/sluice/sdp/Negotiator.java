package io.sluice.sdp;

import io.sluice.room.Permissions;
import io.sluice.room.TrackInfo;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.TrackSource;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The sections of one participant: what it publishes in each and which track is forwarded in each.
 * Offers change it, and so do tracks that come and go; answers are written from it.
 *
 * <p>Owned by the signaling thread of the participant's session; not thread-safe. It asks nobody and
 * waits for nothing: its owner carries out what an {@link Answer} says.
 *
 * <p>How an owner uses it: {@link #trackPublished} and {@link #trackUnpublished} for every event of the
 * room; when {@link #missing} then says {@code offerNeeded}, ask the client for an offer with that many
 * more sections. For each offer: {@link #restartsIce}, if so get a new {@link LocalTransport}; then
 * {@link #answer}; then carry out the sections; then send the answer; then look at {@link
 * Answer#missing}.
 */
public final class Negotiator {

    /**
     * @param random for SSRCs, track ids and the session id; a secure one in production
     */
    public Negotiator(NegotiatorConfig config, Permissions permissions, RandomGenerator random) {
    }

    /** A track of somebody else is there and should be forwarded; twice is once. */
    public void trackPublished(TrackInfo track) {
    }

    /** A track of somebody else is gone. Its section is used again after the next answer. */
    public void trackUnpublished(String trackId) {
    }

    /** What the client's next offer has to bring, by what is known now. */
    public Missing missing() {
        return Missing.NONE;
    }

    /** Tracks that this client cannot get, by id, by what is known now. */
    public Map<String, UnavailableReason> unavailable() {
        return Map.of();
    }

    /**
     * Whether an offer comes with other ICE credentials than the one before (RFC 8839 4.4.1.1): then
     * {@link #answer} must be given new local ones. False for the first offer.
     *
     * @throws SdpException as {@link #answer} does for a transport that cannot be used
     */
    public boolean restartsIce(SessionDescription offer) {
        return false;
    }

    /**
     * Answers an offer (RFC 8829 5.3). All or nothing: when it throws, nothing has changed.
     *
     * @param local our side of the transport
     * @param sources what the tracks show that the client publishes, by mid; for sections that are not
     *     named, camera or microphone. Read when a track is first seen
     * @throws SdpException if the offer cannot be answered; the message says why
     */
    public Answer answer(
            SessionDescription offer, LocalTransport local, Map<String, TrackSource> sources) {
        throw new SdpException("no answer");
    }
}
