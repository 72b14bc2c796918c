package io.sluice.livekit;

import io.sluice.api.RateLimit;
import io.sluice.api.SessionTurn;
import io.sluice.forward.ViewerWish;
import io.sluice.livekit.LiveKitCounters.Refusal;
import io.sluice.room.CommandSink;
import io.sluice.room.Origin;
import io.sluice.room.RoomCommand;
import io.sluice.room.TrackDetails;
import io.sluice.room.TrackInfo;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import livekit.LivekitModels.ParticipantTracks;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.UpdateSubscription;
import livekit.LivekitRtc.UpdateTrackSettings;

/**
 * What a client wants to see of the others: which tracks, and how large.
 *
 * <p>Owned by its session's turn.
 */
final class LiveKitWishes {
    /** Of a picture whose height nobody has said; as of LiveKit's clients. */
    private static final int LOW_HEIGHT = 180;

    private static final int MEDIUM_HEIGHT = 360;

    private static final int MAX_PRIORITY = 255;

    private final LiveKitPresence presence;
    private final LiveKitProtocol protocol;
    private final SessionTurn turn;
    private final CommandSink room;
    private final LiveKitView view;
    private final Forwarding forwarding;
    private final boolean everything;
    private final RateLimit rate;

    /** What the client chose for itself, against the rule: as many as there are tracks. */
    private final Map<String, Boolean> chosen = new HashMap<>();

    /** What was said last of each track, which may have been before it was forwarded. */
    private final Map<String, ViewerWish> said = new HashMap<>();

    private Set<String> forwarded = Set.of();

    /**
     * @param everything whether each track is wanted of which the client says nothing
     */
    LiveKitWishes(
            LiveKitPresence presence,
            LiveKitProtocol protocol,
            SessionTurn turn,
            CommandSink room,
            LiveKitView view,
            Forwarding forwarding,
            boolean everything) {
        this.presence = presence;
        this.protocol = protocol;
        this.turn = turn;
        this.room = room;
        this.view = view;
        this.forwarding = forwarding;
        this.everything = everything;
        rate = new RateLimit(protocol.config().wishes(), System.nanoTime());
    }

    void onPublished(TrackInfo track) {
        if (chosen.getOrDefault(track.trackId(), everything)) {
            forwarding.forward(track);
        }
    }

    void onUnpublished(TrackInfo track) {
        chosen.remove(track.trackId());
        said.remove(track.trackId());
        forwarding.stopForwarding(track.trackId());
    }

    void onSubscription(UpdateSubscription request) {
        if (isTooOften()) {
            return;
        }
        Set<String> trackIds = new LinkedHashSet<>(request.getTrackSidsList());
        for (ParticipantTracks tracks : request.getParticipantTracksList()) {
            trackIds.addAll(tracks.getTrackSidsList());
        }
        trackIds.forEach(trackId -> subscribe(trackId, request.getSubscribe()));
    }

    /** Where somebody says so, the rule does not count. */
    void subscribe(String trackId, boolean wanted) {
        view.track(trackId)
                .ifPresent(track -> {
                    chosen.put(trackId, wanted);
                    if (wanted) {
                        forwarding.forward(track);
                    } else {
                        forwarding.stopForwarding(trackId);
                    }
                });
    }

    void onTrackSetting(UpdateTrackSettings request) {
        if (isTooOften()) {
            return;
        }
        for (String trackId : Set.copyOf(request.getTrackSidsList())) {
            view.track(trackId)
                    .ifPresent(track -> {
                        ViewerWish wish = wish(track, request);
                        said.put(trackId, wish);
                        if (forwarded.contains(trackId)) {
                            wish(trackId, wish);
                        }
                    });
        }
    }

    /** These are all tracks that the client is sent now. */
    void onForwarded(Set<String> trackIds) {
        for (String trackId : trackIds) {
            ViewerWish wish = said.get(trackId);
            if (wish != null && !forwarded.contains(trackId)) {
                wish(trackId, wish);
            }
        }
        forwarded = Set.copyOf(trackIds);
    }

    private void wish(String trackId, ViewerWish wish) {
        CompletableFuture<ViewerWish> reply =
                turn.reply((_, failure) -> presence.onRefusedQuietly(failure));
        room.submit(
                new RoomCommand.Wish(
                        view.self().participantId(),
                        trackId,
                        Origin.PARTICIPANT,
                        _ -> wish,
                        reply));
    }

    private static ViewerWish wish(TrackInfo track, UpdateTrackSettings request) {
        int height = request.getHeight() > 0 ? request.getHeight() : height(track, request);
        int framesPerSecond = request.getFps() > 0 ? request.getFps() : Integer.MAX_VALUE;
        return new ViewerWish(
                request.getDisabled(),
                height,
                framesPerSecond,
                Math.clamp(request.getPriority(), 0, MAX_PRIORITY));
    }

    private static int height(TrackInfo track, UpdateTrackSettings request) {
        VideoQuality quality = request.getQuality();
        if (quality == VideoQuality.HIGH || quality == VideoQuality.UNRECOGNIZED) {
            return Integer.MAX_VALUE;
        }
        boolean low = quality == VideoQuality.LOW;
        var layers = track.details().layers();
        if (layers.size() > 1) {
            TrackDetails.Layer layer = layers.get(low ? 0 : Math.min(1, layers.size() - 1));
            int height = Math.min(layer.widthPixels(), layer.heightPixels());
            if (height > 0) {
                return height;
            }
        }
        return low ? LOW_HEIGHT : MEDIUM_HEIGHT;
    }

    /** Whether the client wishes something else more often than is worth while. */
    boolean isTooOften() {
        if (rate.pass(System.nanoTime())) {
            return false;
        }
        protocol.count(Refusal.TOO_MANY_WISHES);
        return true;
    }
}
