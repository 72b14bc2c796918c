package io.sluice.api;

import io.sluice.room.Permissions;
import io.sluice.room.TrackInfo;

/** How tracks of others come to a client: in its own offers, or in ours. Owned by its session's turn. */
public interface TrackExchange {

    /** A track is to be forwarded; one's own are left out. */
    void trackPublished(TrackInfo track);

    /** A track comes in other codecs than before; does nothing if it is not to be forwarded. */
    void trackChanged(TrackInfo track);

    void trackUnpublished(String trackId);

    /** What the client may do from now on. */
    void permit(Permissions changed);

    /** One of the client's, as the value of {@code a=candidate}. */
    void remoteCandidate(String value);

    /** Nothing more is asked, offered or answered. */
    void close();
}
