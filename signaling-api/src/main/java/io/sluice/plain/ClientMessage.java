package io.sluice.plain;

import io.sluice.forward.ViewerWish;
import io.sluice.sctp.ChannelOptions;
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
            @Nullable String token,
            @Nullable String name,
            @Nullable String session,
            long lastSeq,
            Subscribing subscribing)
            implements ClientMessage {
        static final long UNKNOWN_SEQ = -1;
    }

    /** A session description to be answered. */
    record Offer(String sdp, Map<String, TrackSource> sources) implements ClientMessage {
        public Offer {
            sources = Map.copyOf(sources);
        }
    }

    /**
     * The answer to an offer of the server.
     *
     * @param to the offer's number; 0: to the last one
     */
    record Answer(String sdp, int to) implements ClientMessage {}

    /**
     * One more address of the client, as the value of {@code a=candidate}; empty: there are no more.
     *
     * @param subscribing in whose connection
     */
    record Candidate(String value, Subscribing subscribing) implements ClientMessage {}

    /**
     * Mutes or unmutes one of the client's own tracks.
     *
     * @param trackId or null; then {@code mid} is the section in which it is sent
     */
    record Mute(@Nullable String trackId, @Nullable String mid, boolean muted)
            implements ClientMessage {}

    /** What the client wants of one of the tracks that are forwarded to it, instead of what it said before. */
    record Wish(String trackId, ViewerWish wish) implements ClientMessage {}

    /** A data channel that the client opened with {@code negotiated: true}, so that it does not say so itself. */
    record Channel(int id, ChannelOptions options) implements ClientMessage {}

    record Leave() implements ClientMessage {}

    record Ping() implements ClientMessage {}
}
