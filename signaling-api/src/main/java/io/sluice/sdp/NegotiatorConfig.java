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
 */
public record NegotiatorConfig(List<Codec> codecs, int maxSections, SdpLimits sdpLimits) {

    public static final NegotiatorConfig DEFAULT =
            new NegotiatorConfig(RoomSettings.DEFAULT_CODECS, 256, SdpLimits.DEFAULT);

    public NegotiatorConfig {
        codecs = List.copyOf(codecs);
    }

    /** The same for a room with other codecs. */
    public NegotiatorConfig withCodecs(List<Codec> changed) {
        return new NegotiatorConfig(changed, maxSections, sdpLimits);
    }
}
