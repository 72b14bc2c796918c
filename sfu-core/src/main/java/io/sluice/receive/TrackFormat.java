package io.sluice.receive;

import io.sluice.codec.Codec;
import io.sluice.rtp.ExtensionMap;

/**
 * How a publisher sends a track.
 *
 * @param payloadType of the media
 * @param rtxPayloadType of its retransmissions on an SSRC of their own; a number that no packet has
 *     where there are none
 * @param nack whether lost packets may be asked for again
 * @param pictureLoss whether a keyframe may be asked for
 * @param extensions the publisher's header extension ids
 */
public record TrackFormat(
        Codec codec,
        int payloadType,
        int rtxPayloadType,
        boolean nack,
        boolean pictureLoss,
        ExtensionMap extensions) {}
