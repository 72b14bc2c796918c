package io.sluice.room;

import io.sluice.codec.MediaKind;
import io.sluice.forward.ViewerWish;
import io.sluice.loop.Loop;
import io.sluice.loop.Ticking;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.Transport;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes the viewers' wishes to where they are met: to the subscription on the viewer's loop, and to the
 * publisher, who is told which encodings anybody needs.
 *
 * <p>Owned by the room's home loop.
 */
final class Wishes implements Ticking {
    /** How soon it is seen that an encoding is of no use any more; what is needed does not wait. */
    private static final long INTERVAL_NANOS = 250_000_000;

    private final Loop home;
    private final Participants participants;
    private final Publications publications;
    private final boolean forwards;
    private final RoomConfig config;
    private @Nullable Future<?> timer;

    /**
     * @param forwards whether anybody may watch anything here
     */
    Wishes(
            RoomConfig config,
            Loop home,
            Participants participants,
            Publications publications,
            boolean forwards) {
        this.config = config;
        this.home = home;
        this.participants = participants;
        this.publications = publications;
        this.forwards = forwards;
    }

    /** Begins, if there is something to watch over. */
    void wake() {
        if (timer == null && publications.hasVideo()) {
            timer = home.every(this, INTERVAL_NANOS);
        }
    }

    void close() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /**
     * Takes a wish; the reply is for who has carried it out on the viewer's loop.
     *
     * @throws RoomException if there is no such viewer or track, or the track is not forwarded to it
     */
    void change(Room room, RoomCommand.Wish wish) {
        Participant viewer = viewer(wish);
        Map.Entry<Integer, Watched> found = subscription(viewer, wish.trackId());
        Watched watched = found.getValue();
        ViewerWish said = watched.change(wish.origin(), wish.change());
        int ssrc = found.getKey();
        ViewerWish counts = watched.wish();
        Transport transport = viewer.transport(Leg.WATCHING);
        room.on(
                viewer.loop(),
                wish,
                () -> {
                    transport.want(ssrc, counts);
                    home.execute(() -> wish.reply().complete(said));
                });
        raise(watched);
    }

    private Participant viewer(RoomCommand.Wish wish) {
        return switch (wish.origin()) {
            case PARTICIPANT -> participants.required(wish.viewer());
            case ROOM -> {
                Participant found = participants.findByIdentity(wish.viewer());
                if (found == null) {
                    throw Room.nobody(wish.viewer());
                }
                yield found;
            }
        };
    }

    private Map.Entry<Integer, Watched> subscription(Participant viewer, String trackId) {
        for (Map.Entry<Integer, Watched> entry : viewer.subscribed().entrySet()) {
            if (entry.getValue().published().info().trackId().equals(trackId)) {
                return entry;
            }
        }
        publications.required(trackId);
        throw new RoomException(
                Reason.NOT_SUBSCRIBED,
                "track "
                        + trackId
                        + " is not forwarded to "
                        + viewer.info().identity()
                        + ": wait for the answer that says so");
    }

    /** These are all tracks that a viewer would get in another codec only; of more than it may watch some count. */
    void needBackups(String viewerId, Set<String> trackIds) {
        Participant viewer = participants.find(viewerId);
        // It may have left meanwhile.
        if (viewer != null) {
            Set<String> changed = new HashSet<>(viewer.backupsNeeded());
            viewer.backupsNeeded(
                    trackIds.stream()
                            .limit(config.maxSubscriptionsPerParticipant())
                            .collect(Collectors.toUnmodifiableSet()));
            changed.addAll(viewer.backupsNeeded());
            askForBackups(viewer, changed);
        }
    }

    /** Tracks have come, maybe under the ids of others that ended: who waits for these in another codec still does. */
    void awaitBackups(List<PublishedTrack> begun) {
        for (PublishedTrack published : begun) {
            Set<String> trackId = Set.of(published.info().trackId());
            for (Participant viewer : participants.all()) {
                if (viewer.backupsNeeded().containsAll(trackId)) {
                    askForBackups(viewer, trackId);
                }
            }
        }
    }

    /** Nobody has to encode for a viewer who may not watch it. */
    private void askForBackups(Participant viewer, Set<String> trackIds) {
        publications.needBackups(
                viewer.info().participantId(),
                trackIds,
                track ->
                        viewer.backupsNeeded().contains(track.trackId())
                                && mayWatch(viewer, track));
    }

    /** Lets a viewer watch what it may now, and no more. */
    void allow(Participant viewer) {
        allow(viewer, _ -> true);
    }

    /** The same of some tracks only, by id. */
    private void allow(Participant viewer, Predicate<String> changed) {
        askForBackups(
                viewer,
                viewer.backupsNeeded().stream()
                        .filter(changed)
                        .collect(Collectors.toUnmodifiableSet()));
        viewer.subscribed()
                .forEach((ssrc, watched) -> {
                    TrackInfo track = watched.published().info();
                    if (!changed.test(track.trackId())) {
                        return;
                    }
                    boolean may = mayWatch(viewer, track);
                    if (may != watched.isAllowed()) {
                        Transport transport = viewer.transport(Leg.WATCHING);
                        watched.allow(may);
                        ViewerWish counts = watched.wish();
                        viewer.loop().execute(() -> transport.want(ssrc, counts));
                        raise(watched);
                    }
                });
    }

    /** A viewer has begun to watch: it may, or it is told. */
    void begin(Participant viewer, Watched watched) {
        TrackInfo track = watched.published().info();
        boolean may = mayWatch(viewer, track);
        if (may != watched.isAllowed()) {
            watched.allow(may);
            participants.tell(
                    viewer,
                    new RoomEvent.WatchingPermitted(track.participantId(), track.trackId(), may));
        }
    }

    private boolean mayWatch(Participant viewer, TrackInfo track) {
        Participant publisher = participants.find(track.participantId());
        return forwards
                && viewer.permissions().canSubscribe()
                && (publisher == null
                        || publisher.viewerRule().permits(viewer.info(), track.trackId()));
    }

    /**
     * A publisher lets others watch, or not any more; those for whom something changes are told. Returns whether it
     * says something else than before.
     */
    boolean permit(String publisherId, ViewerRule rule) {
        Participant publisher = participants.find(publisherId);
        if (publisher == null || publisher.viewerRule().equals(rule)) {
            return false;
        }
        ViewerRule before = publisher.viewerRule();
        publisher.viewerRule(rule);
        if (!publisher.info().guise().hidden()) {
            List<PublishedTrack> tracks = publications.of(publisher);
            participants.all().forEach(viewer -> permit(publisher, tracks, viewer, before));
        }
        return true;
    }

    private void permit(
            Participant publisher,
            List<PublishedTrack> tracks,
            Participant viewer,
            ViewerRule before) {
        Set<String> changed = new HashSet<>();
        for (PublishedTrack published : tracks) {
            String trackId = published.info().trackId();
            boolean may = publisher.viewerRule().permits(viewer.info(), trackId);
            if (may != before.permits(viewer.info(), trackId)) {
                changed.add(trackId);
                if (viewer != publisher) {
                    participants.tell(
                            viewer,
                            new RoomEvent.WatchingPermitted(
                                    publisher.info().participantId(), trackId, may));
                }
            }
        }
        if (!changed.isEmpty()) {
            allow(viewer, changed::contains);
        }
    }

    /**
     * In another room where a track is shown something else of it is needed: who has to send more for it is told at
     * once.
     *
     * @param active whether each encoding is needed there, the lowest first; empty: the track is not shown there
     */
    void elsewhere(PublishedTrack published, String roomId, Map<String, Boolean> active) {
        int mask = 0;
        int encoding = 0;
        for (boolean needed : active.values()) {
            mask |= needed ? 1 << encoding : 0;
            encoding++;
        }
        ask(published, published.elsewhere(roomId, mask, home.lastTickNanos()));
    }

    /** Somebody watches, or wishes something else: who has to send more for it is told at once. */
    void raise(Watched watched) {
        PublishedTrack published = watched.published();
        ask(published, published.raise(watched, home.lastTickNanos()));
    }

    private void ask(PublishedTrack published, int missing) {
        if (missing != 0) {
            tell(published);
            // It stands until the encoding comes.
            requestKeyframes(published, missing);
        }
    }

    /** Another encoding of a subscription is granted to a viewer, as far as the network carries it. */
    void allocated(String participantId, int ssrc, int encoding) {
        Participant viewer = participants.find(participantId);
        Watched watched = viewer == null ? null : viewer.subscribed().get(ssrc);
        if (viewer == null || watched == null) {
            return;
        }
        if (watched.allocated(encoding)) {
            String trackId = watched.published().info().trackId();
            participants.tell(
                    viewer,
                    watched.isPaused()
                            ? new RoomEvent.StreamPaused(trackId)
                            : new RoomEvent.StreamResumed(trackId));
        }
        raise(watched);
    }

    private static void requestKeyframes(PublishedTrack published, int encodings) {
        for (int i = 0; encodings >>> i != 0; i++) {
            if ((encodings >>> i & 1) != 0) {
                published.track().fanout().requestKeyframe(i);
            }
        }
    }

    @Override
    public void onTick(long nowNanos) {
        for (PublishedTrack published : publications.all()) {
            review(published, nowNanos);
            PublishedTrack backup = published.backup();
            if (backup != null) {
                review(backup, nowNanos);
            }
        }
        if (!publications.hasVideo()) {
            close();
        }
    }

    private void review(PublishedTrack published, long nowNanos) {
        if (published.review(nowNanos)) {
            tell(published);
        }
        requestKeyframes(published, published.pollUnsized());
    }

    private void tell(PublishedTrack published) {
        TrackInfo info = published.info();
        Participant publisher = participants.find(info.participantId());
        if (publisher == null || info.kind() != MediaKind.VIDEO) {
            return;
        }
        if (published.isBackup()) {
            publications
                    .find(info.trackId())
                    .filter(first -> first.backup() == published)
                    .ifPresent(first -> participants.tell(publisher, first.backupWanted()));
        } else {
            participants.tell(
                    publisher,
                    new RoomEvent.EncodingsWanted(info.trackId(), published.activeEncodings()));
        }
    }
}
