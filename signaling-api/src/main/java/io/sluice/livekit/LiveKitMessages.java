package io.sluice.livekit;

import io.sluice.room.ConnectionQuality;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomInfo;
import io.sluice.room.Speaker;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.ForwardedTrack;
import io.sluice.sdp.UnavailableReason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import livekit.LivekitModels;
import livekit.LivekitModels.SpeakerInfo;
import livekit.LivekitModels.SubscriptionError;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.ConnectionQualityInfo;
import livekit.LivekitRtc.ConnectionQualityUpdate;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.RoomMovedResponse;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SpeakersChanged;
import livekit.LivekitRtc.StreamState;
import livekit.LivekitRtc.StreamStateInfo;
import livekit.LivekitRtc.StreamStateUpdate;
import livekit.LivekitRtc.SubscribedCodec;
import livekit.LivekitRtc.SubscribedQuality;
import livekit.LivekitRtc.SubscribedQualityUpdate;
import livekit.LivekitRtc.SubscriptionPermissionUpdate;
import livekit.LivekitRtc.SubscriptionResponse;
import livekit.LivekitRtc.TrackSubscribed;

/** What a room says, as LiveKit's clients are told. */
final class LiveKitMessages {
    /** Levels are in -dBov (RFC 6464). */
    private static final double DECIBELS_PER_DECADE = 20;

    private LiveKitMessages() {}

    /** @param type {@code offer} or {@code answer} */
    static SessionDescription description(
            String type, String sdp, int id, List<ForwardedTrack> tracks) {
        SessionDescription.Builder description =
                SessionDescription.newBuilder().setType(type).setSdp(sdp).setId(id);
        for (ForwardedTrack forwarded : tracks) {
            description.putMidToTrackId(forwarded.mid(), forwarded.track().trackId());
        }
        return description.build();
    }

    static SignalResponse.Builder quality(String participantId, ConnectionQuality quality) {
        ConnectionQualityInfo.Builder info =
                ConnectionQualityInfo.newBuilder().setParticipantSid(participantId);
        switch (quality) {
            case EXCELLENT ->
                    info.setQuality(LivekitModels.ConnectionQuality.EXCELLENT).setScore(5);
            case GOOD -> info.setQuality(LivekitModels.ConnectionQuality.GOOD).setScore(4);
            case POOR -> info.setQuality(LivekitModels.ConnectionQuality.POOR).setScore(2);
            case LOST -> info.setQuality(LivekitModels.ConnectionQuality.LOST).setScore(0);
        }
        return SignalResponse.newBuilder()
                .setConnectionQuality(ConnectionQualityUpdate.newBuilder().addUpdates(info));
    }

    /** The client cannot get a track. */
    static SignalResponse.Builder unavailable(String trackId, UnavailableReason reason) {
        SubscriptionError error =
                switch (reason) {
                    case CODEC -> SubscriptionError.SE_CODEC_UNSUPPORTED;
                    case LIMIT -> SubscriptionError.SE_UNKNOWN;
                };
        return SignalResponse.newBuilder()
                .setSubscriptionResponse(
                        SubscriptionResponse.newBuilder().setTrackSid(trackId).setErr(error));
    }

    /** Those who speak, and those who have just stopped. */
    static SignalResponse.Builder speakers(List<Speaker> before, List<Speaker> now) {
        SpeakersChanged.Builder changed = SpeakersChanged.newBuilder();
        Set<String> speaking = now.stream().map(Speaker::participantId).collect(Collectors.toSet());
        for (Speaker speaker : now) {
            double level = Math.pow(10, -speaker.audioLevel() / DECIBELS_PER_DECADE);
            changed.addSpeakers(
                    SpeakerInfo.newBuilder()
                            .setSid(speaker.participantId())
                            .setLevel((float) Math.min(1, level))
                            .setActive(true));
        }
        for (Speaker speaker : before) {
            if (!speaking.contains(speaker.participantId())) {
                changed.addSpeakers(SpeakerInfo.newBuilder().setSid(speaker.participantId()));
            }
        }
        return SignalResponse.newBuilder().setSpeakersChanged(changed);
    }

    /**
     * Which qualities of a track anybody needs, in each of its codecs; older clients look where there is no codec.
     *
     * @param byCodec by its name, as {@code vp8}, the first codec first; the name is empty where the client has said
     *     none
     */
    @SuppressWarnings("deprecation")
    static SignalResponse.Builder wanted(
            String trackId, SequencedMap<String, Map<VideoQuality, Boolean>> byCodec) {
        SubscribedQualityUpdate.Builder update =
                SubscribedQualityUpdate.newBuilder().setTrackSid(trackId);
        update.addAllSubscribedQualities(subscribed(byCodec.firstEntry().getValue()));
        byCodec.forEach((codec, qualities) -> {
            if (!codec.isEmpty()) {
                update.addSubscribedCodecs(
                        SubscribedCodec.newBuilder()
                                .setCodec(codec)
                                .addAllQualities(subscribed(qualities)));
            }
        });
        return SignalResponse.newBuilder().setSubscribedQualityUpdate(update);
    }

    private static List<SubscribedQuality> subscribed(Map<VideoQuality, Boolean> qualities) {
        List<SubscribedQuality> subscribed = new ArrayList<>();
        qualities.forEach((quality, enabled) ->
                subscribed.add(
                        SubscribedQuality.newBuilder()
                                .setQuality(quality)
                                .setEnabled(enabled)
                                .build()));
        return subscribed;
    }

    /** All qualities of a codec, of which nothing more is known. */
    static Map<VideoQuality, Boolean> qualities(boolean wanted) {
        return new EnumMap<>(
                Map.of(
                        VideoQuality.LOW, wanted,
                        VideoQuality.MEDIUM, wanted,
                        VideoQuality.HIGH, wanted));
    }

    /**
     * The qualities of a codec.
     *
     * @param active its encodings, by rid, or by number, the lowest first
     */
    static Map<VideoQuality, Boolean> qualities(Map<String, Boolean> active) {
        Map<VideoQuality, Boolean> qualities = new EnumMap<>(VideoQuality.class);
        int index = 0;
        for (Map.Entry<String, Boolean> encoding : active.entrySet()) {
            VideoQuality quality =
                    switch (encoding.getKey()) {
                        case "q" -> VideoQuality.LOW;
                        case "h" -> VideoQuality.MEDIUM;
                        case "f" -> VideoQuality.HIGH;
                        default -> quality(index, active.size());
                    };
            qualities.merge(quality, encoding.getValue(), Boolean::logicalOr);
            index++;
        }
        return qualities;
    }

    /** A single encoding is the highest to its client; of more the lowest is the lowest. */
    private static VideoQuality quality(int index, int encodings) {
        if (encodings == 1) {
            return VideoQuality.HIGH;
        }
        return switch (index) {
            case 0 -> VideoQuality.LOW;
            case 1 -> VideoQuality.MEDIUM;
            default -> VideoQuality.HIGH;
        };
    }

    static SignalResponse.Builder permitted(String publisherId, String trackId, boolean permitted) {
        return SignalResponse.newBuilder()
                .setSubscriptionPermissionUpdate(
                        SubscriptionPermissionUpdate.newBuilder()
                                .setParticipantSid(publisherId)
                                .setTrackSid(trackId)
                                .setAllowed(permitted));
    }

    /** @param self as the client knows itself: it has another id when it has joined */
    static SignalResponse.Builder moved(
            RoomInfo there, String token, LivekitModels.ParticipantInfo self) {
        RoomMovedResponse.Builder moved =
                RoomMovedResponse.newBuilder()
                        .setRoom(LiveKitModels.room(there))
                        .setToken(token)
                        .setParticipant(self);
        for (ParticipantInfo one : there.participants()) {
            if (!one.guise().hidden()) {
                moved.addOtherParticipants(LiveKitModels.participant(there, one));
            }
        }
        return SignalResponse.newBuilder().setRoomMoved(moved);
    }

    static SignalResponse.Builder watched(String trackId) {
        return SignalResponse.newBuilder()
                .setTrackSubscribed(TrackSubscribed.newBuilder().setTrackSid(trackId));
    }

    static SignalResponse.Builder flow(TrackInfo track, StreamState state) {
        return SignalResponse.newBuilder()
                .setStreamStateUpdate(
                        StreamStateUpdate.newBuilder()
                                .addStreamStates(
                                        StreamStateInfo.newBuilder()
                                                .setParticipantSid(track.participantId())
                                                .setTrackSid(track.trackId())
                                                .setState(state)));
    }

    static SignalResponse.Builder mute(String trackId) {
        return SignalResponse.newBuilder()
                .setMute(MuteTrackRequest.newBuilder().setSid(trackId).setMuted(true));
    }

    static SignalResponse.Builder response(
            int requestId, RequestResponse.Reason reason, String text) {
        return SignalResponse.newBuilder()
                .setRequestResponse(
                        RequestResponse.newBuilder()
                                .setRequestId(requestId)
                                .setReason(reason)
                                .setMessage(text));
    }
}
