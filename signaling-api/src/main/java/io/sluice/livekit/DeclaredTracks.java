package io.sluice.livekit;

import io.sluice.codec.MediaKind;
import io.sluice.room.TrackDetails;
import io.sluice.sdp.Declarations;
import io.sluice.sdp.Direction;
import io.sluice.sdp.MediaSection;
import io.sluice.sdp.Negotiator;
import io.sluice.sdp.SessionDescription;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.TrackSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import livekit.LivekitModels;
import livekit.LivekitRtc.AddTrackRequest;
import org.jspecify.annotations.Nullable;

/**
 * The tracks that a client has announced, each under its own id of it, until an offer brings them, and those
 * that it publishes.
 *
 * <p>Owned by its session's turn.
 */
final class DeclaredTracks implements Declarations {
    private final Negotiator negotiator;

    /** By the client's id. */
    private final Map<String, Declaration> pending = new LinkedHashMap<>();

    /** Pending ones that the offer of this moment brings, by track id. */
    private final Map<String, Declaration> taken = new HashMap<>();

    /** Those of the last answer, by track id. */
    private final Map<String, Declaration> published = new LinkedHashMap<>();

    /** One announced track. */
    static final class Declaration {
        private final String trackId;
        private final AddTrackRequest request;
        private final MediaKind kind;
        private boolean muted;

        private Declaration(String trackId, AddTrackRequest request) {
            this.trackId = trackId;
            this.request = request;
            kind = LiveKitModels.kind(request.getType());
            muted = request.getMuted();
        }

        String trackId() {
            return trackId;
        }

        boolean muted() {
            return muted;
        }

        TrackSource source() {
            return LiveKitModels.source(request.getSource(), kind);
        }

        /** The codec that the client chose, as {@code vp8}; empty where it chose none. */
        String codecName() {
            return request.getSimulcastCodecsCount() == 0
                    ? ""
                    : request.getSimulcastCodecs(0).getCodec();
        }

        TrackDetails details() {
            return LiveKitModels.details(request);
        }

        private boolean isKnownAs(String clientId) {
            return request.getCid().equals(clientId)
                    || request.getSimulcastCodecsList().stream()
                            .anyMatch(codec -> codec.getCid().equals(clientId));
        }

        /** As the client is told of it before there is any media. */
        @SuppressWarnings("deprecation")
        LivekitModels.TrackInfo describe() {
            return LivekitModels.TrackInfo.newBuilder()
                    .setSid(trackId)
                    .setType(request.getType())
                    .setName(request.getName())
                    .setMuted(muted)
                    .setWidth(request.getWidth())
                    .setHeight(request.getHeight())
                    .setSource(LiveKitModels.source(source()))
                    .addAllLayers(request.getLayersList())
                    .setStream(request.getStream())
                    .setEncryption(request.getEncryption())
                    .setDisableRed(request.getDisableRed())
                    .build();
        }
    }

    DeclaredTracks(Negotiator negotiator) {
        this.negotiator = negotiator;
    }

    int pending() {
        return pending.size();
    }

    boolean isPending(String clientId) {
        return pending.containsKey(clientId);
    }

    /** Announces a track, which gets its id with that. */
    Declaration declare(AddTrackRequest request) {
        Declaration declaration = new Declaration(negotiator.newTrackId(), request);
        pending.put(request.getCid(), declaration);
        return declaration;
    }

    /** Takes note of a mute before there is anything to mute; returns whether there is such a track. */
    boolean mutePending(String trackId, boolean muted) {
        for (Declaration declaration : pending.values()) {
            if (declaration.trackId.equals(trackId)) {
                declaration.muted = muted;
                return true;
            }
        }
        return false;
    }

    /** Whether a track is announced, or published. */
    boolean isKnown(String trackId) {
        return published.containsKey(trackId)
                || pending.values().stream()
                        .anyMatch(declaration -> declaration.trackId.equals(trackId));
    }

    /** Whether an offer brings tracks of which the client has not said what they are. */
    boolean lacks(SessionDescription offer) {
        Set<Declaration> used = new HashSet<>();
        for (MediaSection section : offer.sections()) {
            boolean isNew =
                    section.kind() != null
                            && !section.stopped()
                            && sends(section.direction())
                            && negotiator.publishedTrack(section.mid()).isEmpty();
            if (isNew) {
                Declaration found = find(section, used);
                if (found == null) {
                    return true;
                }
                used.add(found);
            }
        }
        return false;
    }

    private static boolean sends(Direction direction) {
        return direction == Direction.SENDONLY || direction == Direction.SENDRECV;
    }

    /** Begins with another offer. */
    void begin() {
        taken.clear();
    }

    @Override
    public @Nullable Declared of(MediaSection section) {
        Declaration found = find(section, Set.copyOf(taken.values()));
        if (found == null) {
            return null;
        }
        taken.put(found.trackId, found);
        return new Declared(found.trackId, found.source());
    }

    /** A transceiver that is used again keeps the id of its first track: then the oldest of the kind it is. */
    private @Nullable Declaration find(MediaSection section, Set<Declaration> used) {
        MediaSection.Msid msid = section.msid();
        Declaration oldest = null;
        for (Declaration declaration : pending.values()) {
            if (used.contains(declaration) || declaration.kind != section.kind()) {
                continue;
            }
            if (msid != null && declaration.isKnownAs(msid.track())) {
                return declaration;
            }
            oldest = oldest == null ? declaration : oldest;
        }
        return oldest;
    }

    /** What the room is told of the tracks that are new in an answer. */
    Map<String, TrackDetails> details() {
        Map<String, TrackDetails> details = new HashMap<>();
        taken.forEach((trackId, declaration) -> details.put(trackId, declaration.details()));
        return details;
    }

    /** An answer is agreed; returns what is new in it. */
    List<Declaration> agreed(List<ReceiveSection> sections) {
        Map<String, Declaration> before = Map.copyOf(published);
        published.clear();
        for (ReceiveSection section : sections) {
            Declaration known =
                    before.getOrDefault(section.trackId(), taken.get(section.trackId()));
            if (known != null) {
                published.put(section.trackId(), known);
            }
        }
        pending.values().removeIf(declaration -> published.containsKey(declaration.trackId));
        return published.values().stream()
                .filter(declaration -> !before.containsKey(declaration.trackId))
                .toList();
    }

    Optional<Declaration> published(String trackId) {
        return Optional.ofNullable(published.get(trackId));
    }
}
