package io.sluice.livekit;

import io.sluice.codec.Codec;
import io.sluice.codec.MediaKind;
import io.sluice.room.TrackDetails;
import io.sluice.sdp.Declarations;
import io.sluice.sdp.Direction;
import io.sluice.sdp.MediaSection;
import io.sluice.sdp.Negotiator;
import io.sluice.sdp.SessionDescription;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.TrackSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import livekit.LivekitModels;
import livekit.LivekitModels.SimulcastCodecInfo;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.SignalResponse;
import org.jspecify.annotations.Nullable;

/**
 * The tracks that a client has announced, each under its own id of it, until an offer brings them, and those
 * that it publishes.
 *
 * <p>Owned by its session's turn.
 */
final class DeclaredTracks implements Declarations {
    /** Of one track: the first, and one for those who cannot decode it. */
    private static final int MAX_CODECS = 2;

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

        /** What it is in another codec; null if it is a track by itself. */
        private final @Nullable Declaration first;

        private Map<VideoQuality, Boolean> wanted = LiveKitMessages.qualities(true);
        private Map<VideoQuality, Boolean> wantedBackup = LiveKitMessages.qualities(false);

        private Declaration(String trackId, AddTrackRequest request, @Nullable Declaration first) {
            this.trackId = trackId;
            this.first = first;
            this.request = request;
            kind = LiveKitModels.kind(request.getType());
            muted = request.getMuted();
        }

        String trackId() {
            return trackId;
        }

        boolean isBackup() {
            return first != null;
        }

        boolean isBackupOf(Declaration other) {
            return first == other;
        }

        MediaKind kind() {
            return kind;
        }

        boolean muted() {
            return muted;
        }

        TrackSource source() {
            return first != null ? first.source() : LiveKitModels.source(request.getSource(), kind);
        }

        /** The codec that the client chose, as {@code vp8}; empty where it chose none. */
        private String codecName() {
            return codecName(0);
        }

        /** The one it sends, too, when it is asked to; empty for none, and where nobody could be helped by it. */
        private String backupName() {
            Optional<Codec> backup = codec(1);
            return backup.isPresent() && !backup.equals(codec()) ? codecName(1) : "";
        }

        private String codecName(int index) {
            return request.getSimulcastCodecsCount() <= index
                    ? ""
                    : request.getSimulcastCodecs(index).getCodec();
        }

        TrackDetails details() {
            return LiveKitModels.details(
                    request, !backupName().isEmpty(), first == null ? "" : first.trackId);
        }

        /** Which encodings are needed in the first codec. */
        void wanted(Map<String, Boolean> active) {
            wanted = LiveKitMessages.qualities(active);
        }

        /** Which are needed in the other one; where none is known yet, whether any is. */
        void wantedBackup(boolean any, Map<String, Boolean> active) {
            wantedBackup =
                    active.isEmpty()
                            ? LiveKitMessages.qualities(any)
                            : LiveKitMessages.qualities(active);
        }

        /** What the client is told of that. */
        SignalResponse.Builder tellWanted() {
            SequencedMap<String, Map<VideoQuality, Boolean>> byCodec = new LinkedHashMap<>();
            byCodec.put(codecName(), wanted);
            if (!backupName().isEmpty()) {
                byCodec.put(backupName(), wantedBackup);
            }
            return LiveKitMessages.wanted(trackId, byCodec);
        }

        /**
         * These clients say when they do not want redundancy, offer plain Opus first, and leave the rest to the server.
         * Who encrypts hides from the server what of a packet is redundant.
         */
        private boolean isRedundant() {
            return !request.getDisableRed()
                    && request.getEncryption() == LivekitModels.Encryption.Type.NONE;
        }

        private boolean isKnownAs(String clientId) {
            return request.getCid().equals(clientId)
                    || request.getSimulcastCodecsList().stream()
                            .anyMatch(codec ->
                                    !clientId.isEmpty() && codec.getCid().equals(clientId));
        }

        /** As the client is told of it before there is any media; a backup is the track that it is a backup of. */
        LivekitModels.TrackInfo describe() {
            if (first == null) {
                return describeAlone();
            }
            LivekitModels.TrackInfo.Builder described = first.describeAlone().toBuilder();
            for (SimulcastCodecInfo.Builder codec : described.getCodecsBuilderList()) {
                if (codec().filter(own -> LiveKitModels.mime(own).equals(codec.getMimeType()))
                        .isPresent()) {
                    codec.setCid(request.getCid()).addAllLayers(request.getLayersList());
                }
            }
            return described.build();
        }

        /** The codec that the client chose, if it is known here. */
        private Optional<Codec> codec() {
            return codec(0);
        }

        private Optional<Codec> codec(int index) {
            return Codec.named(codecName(index)).filter(known -> known.kind() == kind);
        }

        /** The client's own words, where it has named two; whether it may send its only one the answer says. */
        private List<SimulcastCodecInfo> codecs() {
            List<SimulcastCodecInfo> codecs = new ArrayList<>();
            if (backupName().isEmpty()) {
                return codecs;
            }
            for (LivekitRtc.SimulcastCodec one : request.getSimulcastCodecsList()) {
                if (codecs.size() == MAX_CODECS) {
                    break;
                }
                List<VideoLayer> layers =
                        codecs.isEmpty() ? request.getLayersList() : List.<VideoLayer>of();
                Codec.named(one.getCodec())
                        .map(codec -> LiveKitModels.inCodec(codec, layers).setCid(one.getCid()))
                        .ifPresent(codec -> codecs.add(codec.build()));
            }
            return codecs;
        }

        @SuppressWarnings("deprecation")
        private LivekitModels.TrackInfo describeAlone() {
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
                    .addAllCodecs(codecs())
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
        return declare(request, null);
    }

    /** Announces a published track in another codec. */
    Declaration declareBackup(AddTrackRequest request, Declaration first) {
        return declare(request, first);
    }

    private Declaration declare(AddTrackRequest request, @Nullable Declaration first) {
        Declaration declaration = new Declaration(negotiator.newTrackId(), request, first);
        pending.put(request.getCid(), declaration);
        return declaration;
    }

    /** Whether a track is announced, or published, in another codec. */
    boolean hasBackup(Declaration first) {
        return Stream.concat(pending.values().stream(), published.values().stream())
                .anyMatch(declaration -> declaration.isBackupOf(first));
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
        return new Declared(
                found.trackId, found.source(), found.codec().orElse(null), found.isRedundant());
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

    /** By its own id, which for a backup only the room knows. */
    Optional<Declaration> published(String trackId) {
        return Optional.ofNullable(published.get(trackId));
    }
}
