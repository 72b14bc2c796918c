package io.sluice.sdp;

import io.sluice.room.TrackInfo;

/** Which track is forwarded in which section. */
public record ForwardedTrack(String mid, TrackInfo track) {}
