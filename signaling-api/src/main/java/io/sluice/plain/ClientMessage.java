package io.sluice.plain;

import io.sluice.forward.ViewerWish;
import io.sluice.transport.TrackSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client says. */
sealed interface ClientMessage {

    /**
     * The first message, unless the token came with the request.
     *
     * @param session of a WebSocket that was lost, to go on with
     * @param lastSeq of the last message that came on it, or {@link #UNKNOWN_SEQ}
     */
    record Join(
            @Nullable String token, @Nullable String name, @Nullable String session, long lastSeq)
            implements ClientMessage {
        static final long UNKNOWN_SEQ = -1;
    }

    /** A session description to be answered. */
    record Offer(String sdp, Map<String, TrackSource> sources) implements ClientMessage {
        public Offer {
            sources = Map.copyOf(sources);
        }
    }

    /** One more address of the client, as the value of {@code a=candidate}; empty: there are no more. */
    record Candidate(String value) implements ClientMessage {}

    /**
     * Mutes or unmutes one of the client's own tracks.
     *
     * @param trackId or null; then {@code mid} is the section in which it is sent
     */
    record Mute(@Nullable String trackId, @Nullable String mid, boolean muted)
            implements ClientMessage {}

    /** What the client wants of one of the tracks that are forwarded to it, instead of what it said before. */
    record Wish(String trackId, ViewerWish wish) implements ClientMessage {}

    record Leave() implements ClientMessage {}

    record Ping() implements ClientMessage {}
}
