package io.sluice.room;

import io.sluice.bandwidth.Prominence;
import io.sluice.codec.Codec;
import io.sluice.codec.MediaKind;
import io.sluice.forward.Fanout;
import io.sluice.forward.TrackLayers;
import io.sluice.loop.Loop;
import io.sluice.receive.Track;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A track of a room, and on which loops it is watched.
 *
 * <p>Owned by the room's home loop. The track itself belongs to its publisher's loop, each fan-out to
 * the loop of its viewers; they are reached by tasks only.
 */
final class PublishedTrack {
    /** A repair is quicker, and a keyframe ends those that are under way. */
    private static final int UNSIZED_REVIEWS = 5;

    /** Among all that its participant publishes. */
    private final String key;

    private final Track track;
    private final Loop publisherLoop;

    /** Whether it is published in another room, which says how it is fed on the publisher's own loop. */
    private final boolean foreign;

    /** By the ids of other rooms where it is shown: what of it is needed there, a mask of encodings. */
    private final Map<String, Integer> elsewhere = new HashMap<>(2);

    private final Map<Loop, Watch> watches = new HashMap<>();
    private final Set<Watched> viewers = new HashSet<>();
    private TrackInfo info;

    /** The same in another codec. */
    private @Nullable PublishedTrack backup;

    /** Who would get it in another codec only, by participant id. */
    private final Set<String> needBackup = new HashSet<>(2);

    /** Null for audio, which has one encoding that is always sent. */
    private @Nullable EncodingDemand demand;

    /** By all viewers, when they were last looked at: a mask of encodings. */
    private int needed;

    /** Of these, what the networks to the viewers carry. */
    private int usable;

    private Prominence prominence;

    private TrackLayers reviewedLayers = TrackLayers.UNKNOWN;
    private boolean viewersChanged;
    private boolean everWatched;

    /** Encodings of which a keyframe was asked for to see their size: a mask. */
    private int askedSizes;

    private int unsizedReviews;

    private static final class Watch {
        private final Fanout fanout;
        private int viewers;

        private Watch(Fanout fanout) {
            this.fanout = fanout;
        }
    }

    /**
     * A track that is published in its room.
     *
     * @param key its own, while a backup's {@code info} has the id of the track that it is a backup of
     */
    PublishedTrack(String key, TrackInfo info, Track track, Loop publisherLoop) {
        this(key, info, track, publisherLoop, false);
    }

    private PublishedTrack(
            String key, TrackInfo info, Track track, Loop publisherLoop, boolean foreign) {
        this.key = key;
        this.foreign = foreign;
        this.info = info;
        this.track = track;
        this.publisherLoop = publisherLoop;
        boolean isScreen = info.source() == TrackSource.SCREEN_SHARE;
        prominence = isScreen ? Prominence.SCREEN : Prominence.OTHER;
        if (!foreign) {
            track.fanout().news().prominence(prominence);
        }
    }

    /** A track of another room, as one of a participant of this one. */
    static PublishedTrack of(GuestTrack guest, ParticipantInfo publisher) {
        TrackInfo there = guest.info();
        TrackInfo here =
                new TrackInfo(
                        there.trackId(),
                        publisher.participantId(),
                        there.identity(),
                        there.kind(),
                        there.source(),
                        there.format(),
                        there.muting(),
                        there.details().withBackup(false, ""));
        return new PublishedTrack(
                there.trackId(), here, guest.track(), guest.publisherLoop(), true);
    }

    String key() {
        return key;
    }

    // ---- in another codec

    boolean isBackup() {
        return !info.details().backupOf().isEmpty();
    }

    /** The same in another codec; null if it comes in one. */
    @Nullable PublishedTrack backup() {
        return backup;
    }

    /** Whether a backup is one of this track: of the same publisher, in another codec, and the only one. */
    boolean takes(PublishedTrack other) {
        TrackInfo there = other.info;
        return backup == null
                && there.kind() == info.kind()
                && there.participantId().equals(info.participantId())
                && there.format().codec() != info.format().codec();
    }

    void backup(@Nullable PublishedTrack other) {
        backup = other;
        info =
                info.with(
                        other == null
                                ? List.of()
                                : List.of(
                                        new TrackInfo.Backup(
                                                other.info.format(),
                                                other.info.details().layers())));
        if (other != null) {
            other.muting(info.muting());
            other.applyMuting();
            other.leads(prominence == Prominence.SPEAKER);
        }
    }

    /** What a viewer gets who was promised this codec; null if it comes in it no more. */
    @Nullable PublishedTrack in(Codec codec) {
        if (info.format().codec() == codec) {
            return this;
        }
        return backup != null && backup.info.format().codec() == codec ? backup : null;
    }

    /** Notes whether a viewer would get it in another codec only; returns whether that changes if anybody would. */
    boolean needsBackup(String viewerId, boolean needed) {
        boolean before = isBackupNeeded();
        if (needed) {
            needBackup.add(viewerId);
        } else {
            needBackup.remove(viewerId);
        }
        return isBackupNeeded() != before;
    }

    private boolean isBackupNeeded() {
        return !needBackup.isEmpty();
    }

    /** What its publisher is told of the other codec. */
    RoomEvent.BackupWanted backupWanted() {
        Map<String, Boolean> active = backup == null ? Map.of() : backup.activeEncodings();
        return new RoomEvent.BackupWanted(
                info.trackId(), isBackupNeeded() || active.containsValue(true), active);
    }

    /** Its publisher leads the conversation, or does not; a screen comes first all the same. */
    void leads(boolean speaker) {
        if (prominence != Prominence.SCREEN) {
            prominence = speaker ? Prominence.SPEAKER : Prominence.OTHER;
            if (!foreign) {
                track.fanout().news().prominence(prominence);
            }
            watches.values().forEach(watch -> watch.fanout.news().prominence(prominence));
        }
        if (backup != null) {
            backup.leads(speaker);
        }
    }

    /** Takes up a description: the rids of its encodings, none where there is one without a name. */
    void describe(List<String> rids, long nowNanos) {
        boolean known = demand != null && demand.isOf(rids);
        if (info.kind() == MediaKind.VIDEO && !known) {
            demand = new EncodingDemand(rids, nowNanos);
            viewersChanged = true;
        }
    }

    /** The names of its encodings, the lowest first; empty for audio. */
    List<String> encodings() {
        return demand == null ? List.of() : List.copyOf(demand.active().keySet());
    }

    /** Takes what another room needs of it; returns the mask of encodings that were given up before. */
    int elsewhere(String roomId, int mask, long nowNanos) {
        if (mask == 0) {
            elsewhere.remove(roomId);
        } else {
            elsewhere.put(roomId, mask);
        }
        viewersChanged = true;
        return demand == null ? 0 : demand.raise(mask, nowNanos);
    }

    TrackInfo info() {
        return info;
    }

    void muting(Muting changed) {
        info = info.with(changed);
        if (backup != null) {
            backup.muting(changed);
        }
    }

    /** Has its publisher's loop stop or resume it as it is muted now, in all codecs. */
    void applyMuting() {
        boolean muted = info.muting().muted();
        publisherLoop.execute(() -> track.mute(muted));
        if (backup != null) {
            backup.applyMuting();
        }
    }

    Loop publisherLoop() {
        return publisherLoop;
    }

    Track track() {
        return track;
    }

    /** One more viewer on a loop, with what feeds it there. */
    Watched watch(Loop viewerLoop, SendSection section, long nowNanos) {
        Watched watched = new Watched(this, viewerLoop, feed(viewerLoop), section, nowNanos);
        viewers.add(watched);
        return watched;
    }

    /** Whether there is a first viewer of whom nobody was told; true once. */
    boolean pollFirstWatched() {
        boolean first =
                !everWatched
                        && (!viewers.isEmpty() || (backup != null && !backup.viewers.isEmpty()));
        everWatched |= first;
        return first;
    }

    /** Whether its first viewer of whom nobody was told is in another room; true once. */
    boolean pollFirstWatchedElsewhere() {
        boolean first = !everWatched;
        everWatched = true;
        return first;
    }

    private Fanout feed(Loop viewerLoop) {
        if (viewerLoop == publisherLoop) {
            return track.fanout();
        }
        Watch watch = watches.computeIfAbsent(viewerLoop, this::spill);
        watch.viewers++;
        return watch.fanout;
    }

    private Watch spill(Loop viewerLoop) {
        Fanout fanout =
                new Fanout(
                        viewerLoop.kept(),
                        info.format().codec(),
                        track.extensions(),
                        viewerLoop.drops(),
                        viewerLoop.departures());
        fanout.news().prominence(prominence);
        publisherLoop.execute(() -> track.fanOutTo(publisherLoop.handoffTo(viewerLoop), fanout));
        return new Watch(fanout);
    }

    /** One viewer less on a loop; the last one ends the hand-off to it. */
    void unwatch(Watched watched) {
        viewers.remove(watched);
        viewersChanged = true;
        Loop viewerLoop = watched.viewerLoop();
        Watch watch = watches.get(viewerLoop);
        if (watch != null && --watch.viewers == 0) {
            watches.remove(viewerLoop);
            end(viewerLoop, watch.fanout);
        }
    }

    /** Takes one viewer's new wish; returns the mask of encodings that are needed for it and were not. */
    int raise(Watched viewer, long nowNanos) {
        if (demand == null) {
            return 0;
        }
        viewersChanged = true;
        return demand.raise(usable(demand, viewer, track.layers(), nowNanos), nowNanos);
    }

    private static int needed(
            EncodingDemand demand, Watched viewer, TrackLayers layers, long nowNanos) {
        int needed = demand.needed(viewer.wish(), layers);
        return viewer.isUnsaid(nowNanos) ? demand.atFirst(needed) : needed;
    }

    private static int usable(
            EncodingDemand demand, Watched viewer, TrackLayers layers, long nowNanos) {
        int usable = demand.usable(viewer.wish(), viewer.allocated(), layers);
        return viewer.isUnsaid(nowNanos) ? demand.atFirst(usable) : usable;
    }

    /** Looks at what all viewers need; returns whether {@link #activeEncodings} has changed. */
    boolean review(long nowNanos) {
        if (demand == null) {
            return false;
        }
        TrackLayers layers = track.layers();
        if (viewersChanged || layers != reviewedLayers) {
            viewersChanged = false;
            reviewedLayers = layers;
            needed = 0;
            for (int there : elsewhere.values()) {
                needed |= there;
            }
            usable = needed;
            for (Watched viewer : viewers) {
                needed |= needed(demand, viewer, layers, nowNanos);
                usable |= usable(demand, viewer, layers, nowNanos);
                viewersChanged |= viewer.isUnsaid(nowNanos);
            }
        }
        return demand.review(needed, usable, nowNanos);
    }

    /**
     * Encodings that come while nobody knows how large they are, so that no wish can be met with them: a
     * mask. The first keyframe may have been lost, and not been repaired for a while. Each is named once.
     */
    int pollUnsized() {
        if (demand == null) {
            return 0;
        }
        int unsized = demand.unsized(track.layers()) & ~askedSizes;
        unsizedReviews = unsized == 0 ? 0 : unsizedReviews + 1;
        if (unsizedReviews < UNSIZED_REVIEWS) {
            return 0;
        }
        askedSizes |= unsized;
        return unsized;
    }

    /** Whether each encoding is needed, by its rid or index. */
    Map<String, Boolean> activeEncodings() {
        return demand == null ? Map.of() : demand.active();
    }

    /** Ends the hand-off to every loop, in all codecs. The publisher's transport closes the track itself. */
    void unpublish() {
        if (backup != null) {
            backup.unpublish();
        }
        watches.forEach((loop, watch) -> end(loop, watch.fanout));
        watches.clear();
    }

    private void end(Loop viewerLoop, Fanout fanout) {
        publisherLoop.execute(() -> track.endFanOutTo(fanout));
        viewerLoop.execute(fanout::close);
    }
}
