package io.sluice.room;

import io.sluice.loop.Loop;
import io.sluice.receive.Track;
import java.util.List;

/**
 * A track of one room on its way to another.
 *
 * @param info as in the room where it is published
 * @param encodings their names, the lowest first; empty for audio
 */
record GuestTrack(TrackInfo info, Track track, Loop publisherLoop, List<String> encodings) {
    GuestTrack {
        encodings = List.copyOf(encodings);
    }

    static GuestTrack of(PublishedTrack published) {
        return new GuestTrack(
                published.info(),
                published.track(),
                published.publisherLoop(),
                published.encodings());
    }
}
