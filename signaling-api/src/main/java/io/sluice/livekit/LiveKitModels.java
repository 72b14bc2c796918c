package io.sluice.livekit;

import io.sluice.api.IceServer;
import io.sluice.codec.Codec;
import io.sluice.codec.MediaKind;
import io.sluice.room.Guise;
import io.sluice.room.LeaveReason;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomInfo;
import io.sluice.room.TrackDetails;
import io.sluice.room.TrackInfo;
import io.sluice.room.ViewerRule;
import io.sluice.transport.TrackSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import livekit.LivekitModels;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantPermission;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.ICEServer;
import livekit.LivekitRtc.SubscriptionPermission;
import livekit.LivekitRtc.TrackPermission;
import org.jspecify.annotations.Nullable;

/** Rooms, participants and tracks in LiveKit's words, and back. */
final class LiveKitModels {
    private static final List<VideoQuality> QUALITIES =
            List.of(VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH);

    private LiveKitModels() {}

    static LivekitModels.Room room(RoomInfo room) {
        Duration emptyTimeout = room.settings().emptyTimeout();
        long publishers = room.tracks().stream().map(TrackInfo::participantId).distinct().count();
        LivekitModels.Room.Builder built =
                LivekitModels.Room.newBuilder()
                        .setSid(room.roomId())
                        .setName(room.name())
                        .setEmptyTimeout((int) emptyTimeout.toSeconds())
                        .setDepartureTimeout((int) emptyTimeout.toSeconds())
                        .setMaxParticipants(room.settings().maxParticipants())
                        .setCreationTime(room.createdAt().getEpochSecond())
                        .setCreationTimeMs(room.createdAt().toEpochMilli())
                        .setMetadata(room.settings().metadata())
                        .setNumParticipants(room.participants().size())
                        .setNumPublishers((int) publishers);
        for (Codec codec : room.settings().codecs()) {
            built.addEnabledCodecs(codec(codec));
        }
        return built.build();
    }

    static ICEServer iceServer(IceServer server) {
        return ICEServer.newBuilder()
                .addUrls(server.url())
                .setUsername(server.username())
                .setCredential(server.credential())
                .build();
    }

    static LivekitModels.Codec codec(Codec codec) {
        return LivekitModels.Codec.newBuilder().setMime(mime(codec)).build();
    }

    static String mime(Codec codec) {
        String kind = codec.kind() == MediaKind.AUDIO ? "audio/" : "video/";
        return kind + codec.sdpName();
    }

    /** A participant of a room with its tracks, at one moment. */
    static LivekitModels.ParticipantInfo.Builder participant(RoomInfo room, ParticipantInfo who) {
        return participant(
                who,
                room.tracks().stream()
                        .filter(track -> track.participantId().equals(who.participantId()))
                        .toList());
    }

    /** A participant without its version, which is counted by whoever is told. */
    static LivekitModels.ParticipantInfo.Builder participant(
            ParticipantInfo participant, Collection<TrackInfo> tracks) {
        LivekitModels.ParticipantInfo.Builder built =
                LivekitModels.ParticipantInfo.newBuilder()
                        .setSid(participant.participantId())
                        .setIdentity(participant.identity())
                        .setName(participant.name())
                        .setMetadata(participant.metadata())
                        .putAllAttributes(participant.attributes())
                        .setPermission(permission(participant))
                        .setState(
                                participant.connected()
                                        ? LivekitModels.ParticipantInfo.State.ACTIVE
                                        : LivekitModels.ParticipantInfo.State.JOINED)
                        .setJoinedAt(participant.joinedAt().getEpochSecond())
                        .setJoinedAtMs(participant.joinedAt().toEpochMilli())
                        .setIsPublisher(!tracks.isEmpty())
                        .setKind(kind(participant.guise().kind()));
        if (participant.guise().forwarded()) {
            built.addKindDetails(LivekitModels.ParticipantInfo.KindDetail.FORWARDED);
        }
        tracks.forEach(track -> built.addTracks(track(track)));
        return built;
    }

    private static LivekitModels.ParticipantInfo.Kind kind(Guise.Kind kind) {
        return switch (kind) {
            case STANDARD -> LivekitModels.ParticipantInfo.Kind.STANDARD;
            case INGRESS -> LivekitModels.ParticipantInfo.Kind.INGRESS;
            case EGRESS -> LivekitModels.ParticipantInfo.Kind.EGRESS;
            case SIP -> LivekitModels.ParticipantInfo.Kind.SIP;
            case AGENT -> LivekitModels.ParticipantInfo.Kind.AGENT;
            case CONNECTOR -> LivekitModels.ParticipantInfo.Kind.CONNECTOR;
            case BRIDGE -> LivekitModels.ParticipantInfo.Kind.BRIDGE;
        };
    }

    private static ParticipantPermission permission(ParticipantInfo participant) {
        Permissions permissions = participant.permissions();
        ParticipantPermission.Builder built =
                ParticipantPermission.newBuilder()
                        .setCanPublish(permissions.canPublish())
                        .setCanSubscribe(permissions.canSubscribe())
                        .setCanPublishData(permissions.canPublishData())
                        .setCanUpdateMetadata(permissions.canUpdateMetadata())
                        .setHidden(participant.guise().hidden());
        permissions.publishSources().forEach(source -> built.addCanPublishSources(source(source)));
        return built.build();
    }

    @SuppressWarnings("deprecation")
    static LivekitModels.TrackInfo track(TrackInfo track) {
        TrackDetails details = track.details();
        List<VideoLayer> layers = layers(details.layers());
        String mime = mime(track.format().codec());
        List<LivekitModels.SimulcastCodecInfo> codecs = new ArrayList<>();
        codecs.add(inCodec(track.format().codec(), layers).build());
        for (TrackInfo.Backup backup : track.backups()) {
            codecs.add(inCodec(backup.format().codec(), layers(backup.layers())).build());
        }
        return LivekitModels.TrackInfo.newBuilder()
                .setSid(track.trackId())
                .setType(type(track.kind()))
                .setSource(source(track.source()))
                .setMuted(track.muting().muted())
                .setName(details.name())
                .setStream(details.stream())
                .setWidth(details.widthPixels())
                .setHeight(details.heightPixels())
                .setSimulcast(layers.size() > 1)
                .addAllLayers(layers)
                .setMimeType(mime)
                .addAllCodecs(codecs)
                .setStereo(details.stereo())
                .setDisableRed(details.redundancyDisabled())
                .setDisableDtx(details.silenceSent())
                .setEncryption(encryption(details.encryption()))
                .build();
    }

    /** What a track is in one of its codecs. */
    static LivekitModels.SimulcastCodecInfo.Builder inCodec(
            Codec codec, Collection<VideoLayer> layers) {
        return LivekitModels.SimulcastCodecInfo.newBuilder()
                .setMimeType(mime(codec))
                .addAllLayers(layers);
    }

    private static List<VideoLayer> layers(List<TrackDetails.Layer> known) {
        List<VideoLayer> layers = new ArrayList<>();
        for (TrackDetails.Layer layer : known) {
            VideoQuality quality = QUALITIES.get(Math.min(layers.size(), QUALITIES.size() - 1));
            layers.add(
                    VideoLayer.newBuilder()
                            .setQuality(quality)
                            .setWidth(layer.widthPixels())
                            .setHeight(layer.heightPixels())
                            .setBitrate(layer.bitrate())
                            .build());
        }
        return layers;
    }

    private static LivekitModels.Encryption.Type encryption(TrackDetails.Encryption encryption) {
        return switch (encryption) {
            case NONE -> LivekitModels.Encryption.Type.NONE;
            case GCM -> LivekitModels.Encryption.Type.GCM;
            case CUSTOM -> LivekitModels.Encryption.Type.CUSTOM;
        };
    }

    /**
     * What a client announces of a track.
     *
     * @param backupPromised whether it can be had in another codec, too
     * @param backupOf the track that this one is in another codec; empty if it is one by itself
     */
    @SuppressWarnings("deprecation")
    static TrackDetails details(AddTrackRequest request, boolean backupPromised, String backupOf) {
        List<TrackDetails.Layer> layers =
                request.getLayersList().stream()
                        .map(layer ->
                                new TrackDetails.Layer(
                                        layer.getWidth(), layer.getHeight(), layer.getBitrate()))
                        .toList();
        TrackDetails.Encryption encryption =
                switch (request.getEncryption()) {
                    case NONE, UNRECOGNIZED -> TrackDetails.Encryption.NONE;
                    case GCM -> TrackDetails.Encryption.GCM;
                    case CUSTOM -> TrackDetails.Encryption.CUSTOM;
                };
        return new TrackDetails(
                request.getName(),
                request.getStream(),
                request.getWidth(),
                request.getHeight(),
                layers,
                encryption,
                request.getStereo(),
                request.getDisableRed(),
                request.getDisableDtx(),
                backupPromised,
                backupOf);
    }

    /** Those who are named twice may what was said last. */
    static ViewerRule rule(SubscriptionPermission said) {
        Map<String, ViewerRule.Share> byViewer = new HashMap<>();
        for (TrackPermission one : said.getTrackPermissionsList()) {
            String viewer =
                    one.getParticipantIdentity().isEmpty()
                            ? one.getParticipantSid()
                            : one.getParticipantIdentity();
            Set<String> trackIds = new HashSet<>(one.getTrackSidsList());
            byViewer.put(viewer, new ViewerRule.Share(one.getAllTracks(), trackIds));
        }
        return new ViewerRule(said.getAllParticipants(), byViewer);
    }

    static MediaKind kind(LivekitModels.TrackType type) {
        return type == LivekitModels.TrackType.AUDIO ? MediaKind.AUDIO : MediaKind.VIDEO;
    }

    static LivekitModels.TrackType type(MediaKind kind) {
        return switch (kind) {
            case AUDIO -> LivekitModels.TrackType.AUDIO;
            case VIDEO -> LivekitModels.TrackType.VIDEO;
        };
    }

    /**
     * What is not named is a microphone or a camera. So is what cannot be what it is named: an application may have
     * published the sound of a screen as the screen, and LiveKit's own server takes that.
     */
    static TrackSource source(LivekitModels.TrackSource source, MediaKind kind) {
        TrackSource usual = TrackSource.usual(kind);
        TrackSource said =
                switch (source) {
                    case CAMERA -> TrackSource.CAMERA;
                    case MICROPHONE -> TrackSource.MICROPHONE;
                    case SCREEN_SHARE -> TrackSource.SCREEN_SHARE;
                    case SCREEN_SHARE_AUDIO -> TrackSource.SCREEN_SHARE_AUDIO;
                    case UNKNOWN, UNRECOGNIZED -> usual;
                };
        return said.kind() == kind ? said : usual;
    }

    static LivekitModels.TrackSource source(TrackSource source) {
        return switch (source) {
            case CAMERA -> LivekitModels.TrackSource.CAMERA;
            case MICROPHONE -> LivekitModels.TrackSource.MICROPHONE;
            case SCREEN_SHARE -> LivekitModels.TrackSource.SCREEN_SHARE;
            case SCREEN_SHARE_AUDIO -> LivekitModels.TrackSource.SCREEN_SHARE_AUDIO;
        };
    }

    /** @param roomEnd why the room ends, where it does */
    static DisconnectReason reason(LeaveReason reason, @Nullable RoomEnd roomEnd) {
        return switch (reason) {
            case LEFT, TRANSPORT_CLOSED -> DisconnectReason.CLIENT_INITIATED;
            case CONNECTION_LOST -> DisconnectReason.CONNECTION_TIMEOUT;
            case HANDSHAKE_FAILED -> DisconnectReason.MEDIA_FAILURE;
            case INTERNAL -> DisconnectReason.UNKNOWN_REASON;
            case SIGNALING_LOST -> DisconnectReason.SIGNAL_CLOSE;
            case REPLACED -> DisconnectReason.DUPLICATE_IDENTITY;
            case REMOVED -> DisconnectReason.PARTICIPANT_REMOVED;
            // One with people in it ends because an application says so, or the server stops.
            case ROOM_CLOSED ->
                    roomEnd == RoomEnd.SERVER_STOPPING
                            ? DisconnectReason.SERVER_SHUTDOWN
                            : DisconnectReason.ROOM_DELETED;
        };
    }
}
