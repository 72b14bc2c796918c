package io.sluice.sdp;

import io.sluice.codec.Codec;
import io.sluice.room.RoomSettings;
import java.util.List;

/**
 * What a negotiator answers.
 *
 * @param codecs the room's, in order: a publisher is answered with the first that it offers; what is
 *     not in the list is neither received nor forwarded
 * @param maxSections of one participant, stopped ones included: an offer with more is refused, and no
 *     more are asked for
 * @param sdpLimits of each offer
 * @param streamPerTrack whether each track is forwarded in a stream of its own, named by its participant
 *     and itself; else all tracks of a participant are in one, so that its lips move with its voice
 */
public record NegotiatorConfig(
        List<Codec> codecs, int maxSections, SdpLimits sdpLimits, boolean streamPerTrack) {

    public static final NegotiatorConfig DEFAULT =
            new NegotiatorConfig(RoomSettings.DEFAULT_CODECS, 256, SdpLimits.DEFAULT);

    /** With one stream for each participant. */
    public NegotiatorConfig(List<Codec> codecs, int maxSections, SdpLimits sdpLimits) {
        this(codecs, maxSections, sdpLimits, false);
    }

    public NegotiatorConfig {
        codecs = List.copyOf(codecs);
    }

    /** The same for a room with other codecs. */
    public NegotiatorConfig withCodecs(List<Codec> changed) {
        return new NegotiatorConfig(changed, maxSections, sdpLimits, streamPerTrack);
    }

    /** The same with a stream for each track. */
    public NegotiatorConfig withStreamPerTrack() {
        return new NegotiatorConfig(codecs, maxSections, sdpLimits, true);
    }
}
