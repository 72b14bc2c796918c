package io.sluice.whip;

import io.sluice.codec.MediaKind;
import io.sluice.room.Joined;
import io.sluice.room.RoomEvent;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.SessionDescription;
import io.sluice.sdp.ViewerSections;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.RemoteTransport;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A viewer's session (WHEP): what one participant publishes, or whoever leads the conversation. The sections stay,
 * and carry other tracks when another participant leads, or the one who is watched comes back.
 *
 * <p>Owned by its session's context.
 */
final class Viewing implements SessionMedia {
    private final SecureRandom random;

    /** Who is watched; null for whoever leads. */
    private final @Nullable String identity;

    /** All that the room publishes, the oldest first. */
    private final Map<String, TrackInfo> tracks = new LinkedHashMap<>();

    /**
     * What the sections carry. What is gone stays until something else comes: an SSRC that has ended must not begin
     * again (RFC 3711 9.1).
     */
    private final Map<MediaKind, SendSection> carried = new EnumMap<>(MediaKind.class);

    /**
     * Kinds whose section carries what is there no more, the whole track or its codec, while nothing else can be
     * carried.
     */
    private final Set<MediaKind> ended = EnumSet.noneOf(MediaKind.class);

    private @Nullable ViewerSections sections;

    /** Who leads, by participant id; nobody before somebody has spoken. */
    private String leader = "";

    Viewing(SecureRandom random, @Nullable String identity) {
        this.random = random;
        this.identity = identity;
    }

    @Override
    public SessionDescription answer(SessionDescription offer, Joined joined) {
        ViewerSections answered =
                ViewerSections.answer(
                        offer,
                        joined.room().settings().codecs(),
                        joined.transport(),
                        joined.self().participantId(),
                        random);
        if (answered.size() < offer.sections().size()) {
            throw OfferedMedia.noCodec();
        }
        sections = answered;
        joined.tracks().forEach(track -> tracks.put(track.trackId(), track));
        choose();
        return answered.answer();
    }

    @Override
    public RemoteTransport remote() {
        return sections().remote();
    }

    private ViewerSections sections() {
        if (sections == null) {
            throw new IllegalStateException("the offer is not answered yet");
        }
        return sections;
    }

    @Override
    public boolean note(RoomEvent event) {
        switch (event) {
            case RoomEvent.TrackPublished(TrackInfo track) -> tracks.put(track.trackId(), track);
            case RoomEvent.BackupsChanged(TrackInfo track) ->
                    tracks.replace(track.trackId(), track);
            case RoomEvent.TrackUnpublished(TrackInfo track) -> tracks.remove(track.trackId());
            case RoomEvent.DominantSpeakerChanged(String participantId, _) ->
                    leader = participantId;
            default -> {
                return false;
            }
        }
        return choose();
    }

    private boolean choose() {
        boolean changed = false;
        for (MediaKind kind : MediaKind.values()) {
            TrackInfo best = best(kind);
            if (best == null) {
                if (carried.containsKey(kind)) {
                    ended.add(kind);
                }
            } else {
                SendSection section = sections().carry(best).orElseThrow();
                // A codec that ended and comes anew is another stream, though all of it is called
                // the same.
                boolean anew = ended.remove(kind);
                SendSection before = carried.put(kind, section);
                changed |= anew || !section.equals(before);
            }
        }
        return changed;
    }

    /** What a section should carry now, which is what it carries if nothing is better; null if it can carry nothing. */
    private @Nullable TrackInfo best(MediaKind kind) {
        SendSection before = carried.get(kind);
        TrackInfo shown = before == null ? null : tracks.get(before.trackId());
        TrackInfo best = shown == null || sections().carry(shown).isEmpty() ? null : shown;
        int bestRank = best == null ? 0 : 2 * rank(best) + 1;
        for (TrackInfo track : tracks.values()) {
            // What is shown already is better than its like.
            int rank = 2 * rank(track);
            if (track.kind() == kind && rank > bestRank && sections().carry(track).isPresent()) {
                best = track;
                bestRank = rank;
            }
        }
        return best;
    }

    /** The most wanted track that would be carried in another codec; null if none is wanted more than what is. */
    private @Nullable TrackInfo awaited(MediaKind kind, int rankOfBest) {
        TrackInfo awaited = null;
        int best = rankOfBest;
        for (TrackInfo track : tracks.values()) {
            if (track.kind() == kind && rank(track) > best && sections().awaits(track)) {
                awaited = track;
                best = rank(track);
            }
        }
        return awaited;
    }

    /** How much a track is wanted; 0: not at all. */
    private int rank(TrackInfo track) {
        boolean isFace =
                track.source() == TrackSource.CAMERA || track.source() == TrackSource.MICROPHONE;
        int wanted;
        if (identity != null) {
            wanted = track.identity().equals(identity) ? 1 : 0;
        } else {
            wanted = track.participantId().equals(leader) ? 2 : 1;
        }
        return wanted == 0 ? 0 : 2 * wanted + (isFace ? 1 : 0);
    }

    @Override
    public Set<String> awaited() {
        Set<String> awaited = new HashSet<>();
        for (MediaKind kind : MediaKind.values()) {
            TrackInfo best = best(kind);
            TrackInfo better = awaited(kind, best == null ? 0 : rank(best));
            if (better != null) {
                awaited.add(better.trackId());
            }
        }
        return awaited;
    }

    @Override
    public List<ReceiveSection> receive() {
        return List.of();
    }

    @Override
    public List<SendSection> send() {
        return new ArrayList<>(carried.values());
    }
}
