package io.sluice.receive;

import io.sluice.codec.Codec;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.TrackSequence;
import java.util.List;

/**
 * How a publisher sends a track.
 *
 * @param payloadType of the media
 * @param rtxPayloadType of its retransmissions on an SSRC of their own; a number that no packet has
 *     where there are none
 * @param redPayloadType of Opus with redundancy (RFC 2198); a number that no packet has without
 * @param nack whether lost packets may be asked for again
 * @param pictureLoss whether a keyframe may be asked for
 * @param extensions the publisher's header extension ids
 * @param rids names of its encodings (RFC 8851), by index; empty where there is one without a name
 */
public record TrackFormat(
        Codec codec,
        int payloadType,
        int rtxPayloadType,
        int redPayloadType,
        boolean nack,
        boolean pictureLoss,
        ExtensionMap extensions,
        List<String> rids) {
    public TrackFormat {
        rids = List.copyOf(rids);
        if (rids.size() > TrackSequence.ENCODINGS_MAX) {
            throw new IllegalArgumentException(
                    "a track has at most "
                            + TrackSequence.ENCODINGS_MAX
                            + " encodings, not "
                            + rids.size());
        }
    }

    /** Without redundancy. */
    public TrackFormat(
            Codec codec,
            int payloadType,
            int rtxPayloadType,
            boolean nack,
            boolean pictureLoss,
            ExtensionMap extensions,
            List<String> rids) {
        this(codec, payloadType, rtxPayloadType, -1, nack, pictureLoss, extensions, rids);
    }

    /** How many encodings there are. */
    public int encodings() {
        return Math.max(1, rids.size());
    }
}
