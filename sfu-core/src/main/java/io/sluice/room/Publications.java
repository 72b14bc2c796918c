package io.sluice.room;

import io.sluice.codec.MediaKind;
import io.sluice.loop.Loop;
import io.sluice.receive.AudioLevel;
import io.sluice.receive.Track;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.ReceiveRoute;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.SendRoute;
import io.sluice.transport.SendSection;
import io.sluice.transport.Transport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What is published in a room, who watches it, and what is muted.
 *
 * <p>Owned by the room's home loop; transports and tracks on other loops are reached by tasks only.
 */
final class Publications {
    private final Participants participants;

    /** Those that the room knows of, by id: their publisher's loop takes them in. */
    private final Map<String, PublishedTrack> tracks = new LinkedHashMap<>();

    private final Loudest loudest;

    /** Who leads the conversation; nobody has this id. */
    private String leader = "";

    /** Of the track that is listened to. */
    private final byte[] loudness = new byte[DominantSpeaker.SAMPLES];

    Publications(Participants participants, Loudest loudest) {
        this.participants = participants;
        this.loudest = loudest;
    }

    List<TrackInfo> infos() {
        return tracks.values().stream().map(PublishedTrack::info).toList();
    }

    boolean hasAudio() {
        return has(MediaKind.AUDIO);
    }

    boolean hasVideo() {
        return has(MediaKind.VIDEO);
    }

    private boolean has(MediaKind kind) {
        for (PublishedTrack published : tracks.values()) {
            if (published.info().kind() == kind) {
                return true;
            }
        }
        return false;
    }

    /** Those that the room knows of. */
    Collection<PublishedTrack> all() {
        return tracks.values();
    }

    /**
     * The track of an id.
     *
     * @throws RoomException if there is none
     */
    PublishedTrack required(String trackId) {
        PublishedTrack published = tracks.get(trackId);
        if (published == null) {
            throw new RoomException(
                    Reason.NO_SUCH_TRACK, "track " + trackId + " is not in the room");
        }
        return published;
    }

    Optional<PublishedTrack> find(String trackId) {
        return Optional.ofNullable(tracks.get(trackId));
    }

    /** What a participant publishes, and the room knows of. */
    List<PublishedTrack> of(Participant participant) {
        return participant.published().values().stream()
                .filter(published -> tracks.get(published.info().trackId()) == published)
                .toList();
    }

    /** Lets all be heard who are not muted. */
    void hear(ActiveSpeakers speakers, DominantSpeaker dominant, long nowNanos) {
        for (PublishedTrack published : tracks.values()) {
            TrackInfo info = published.info();
            if (info.kind() == MediaKind.AUDIO
                    && !info.muting().muted()
                    && !participants.isHidden(info.participantId())) {
                AudioLevel level = published.track().audioLevel();
                speakers.hear(info.participantId(), info.identity(), level.at(nowNanos), nowNanos);
                loudest.hear(level.at(nowNanos));
                level.copyRecent(loudness, nowNanos);
                dominant.hear(info.trackId(), info.participantId(), info.identity(), loudness);
            }
        }
        loudest.poll(participants.all().size());
    }

    /**
     * Makes the sections that were agreed on all that a participant publishes; {@code begun} takes what is
     * new, to be {@linkplain #announce announced} or {@linkplain #withdraw withdrawn}.
     */
    List<ReceiveRoute> publish(
            Participant participant,
            RoomCommand.Negotiated negotiated,
            List<PublishedTrack> begun,
            long nowNanos) {
        List<ReceiveRoute> routes = new ArrayList<>();
        Set<String> still = new HashSet<>();
        for (ReceiveSection section : negotiated.receive()) {
            PublishedTrack published = participant.published().get(section.trackId());
            if (published == null) {
                published =
                        open(
                                participant,
                                section,
                                negotiated
                                        .details()
                                        .getOrDefault(section.trackId(), TrackDetails.NONE));
                participant.published().put(section.trackId(), published);
                begun.add(published);
            }
            published.describe(section.rids(), nowNanos);
            still.add(section.trackId());
            routes.add(new ReceiveRoute(section, published.track()));
        }
        for (PublishedTrack published : List.copyOf(participant.published().values())) {
            if (!still.contains(published.key())) {
                unpublish(participant, published);
            }
        }
        return routes;
    }

    private PublishedTrack open(
            Participant participant, ReceiveSection section, TrackDetails details) {
        boolean isBackup = !details.backupOf().isEmpty();
        TrackInfo info =
                new TrackInfo(
                        isBackup ? details.backupOf() : section.trackId(),
                        participant.info().participantId(),
                        participant.info().identity(),
                        section.kind(),
                        section.source(),
                        section.codecs().getFirst().format(),
                        Muting.NONE,
                        details);
        Loop loop = participant.loop();
        Track track = Transport.track(section, loop);
        if (info.kind() == MediaKind.AUDIO && loudest.isOn()) {
            loop.execute(() -> track.onlyLoud(loudest.threshold(), loop.lastTickNanos()));
        }
        PublishedTrack published = new PublishedTrack(section.trackId(), info, track, loop);
        published.leads(info.participantId().equals(leader));
        return published;
    }

    /** Somebody else leads the conversation. */
    void lead(String participantId) {
        leader = participantId;
        for (PublishedTrack published : tracks.values()) {
            published.leads(published.info().participantId().equals(participantId));
        }
    }

    /** The publisher's loop has taken these tracks in: whoever hears of them can watch them. */
    void announce(Participant participant, List<PublishedTrack> begun) {
        for (PublishedTrack published : begun) {
            // It may have been unpublished meanwhile, or its publisher be gone.
            if (participant.published().get(published.key()) == published) {
                TrackInfo info = published.info();
                if (published.isBackup()) {
                    announceBackup(participant, published);
                } else {
                    tracks.put(info.trackId(), published);
                    participants.tellAllBut(participant, new RoomEvent.TrackPublished(info));
                }
            }
        }
    }

    /** What is a backup of nothing here nobody hears of. */
    private void announceBackup(Participant participant, PublishedTrack published) {
        PublishedTrack first = tracks.get(published.info().trackId());
        if (first != null && first.takes(published)) {
            first.backup(published);
            tellBackups(participant, first);
        }
    }

    private void tellBackups(Participant publisher, PublishedTrack first) {
        participants.tell(publisher, first.backupWanted());
        if (!publisher.info().guise().hidden()) {
            for (Participant viewer : participants.all()) {
                if (viewer != publisher) {
                    participants.tell(viewer, new RoomEvent.BackupsChanged(first.info()));
                }
            }
        }
    }

    /** The publisher's loop has refused these tracks, of which nobody has heard. */
    void withdraw(Participant participant, List<PublishedTrack> begun) {
        for (PublishedTrack published : begun) {
            if (participant.published().remove(published.key(), published)) {
                Track track = published.track();
                published.publisherLoop().execute(track::close);
            }
        }
    }

    /** Shows a track of a guest. */
    void receive(Participant guest, GuestTrack track, long nowNanos) {
        PublishedTrack published = PublishedTrack.of(track, guest.info());
        published.describe(track.encodings(), nowNanos);
        published.leads(guest.info().participantId().equals(leader));
        guest.published().put(published.info().trackId(), published);
        announce(guest, List.of(published));
        if (published.info().kind() == MediaKind.VIDEO) {
            // It is told again when it changes; until then everything is needed.
            participants.tell(
                    guest,
                    new RoomEvent.EncodingsWanted(
                            published.info().trackId(), published.activeEncodings()));
        }
    }

    /** Ends what a participant publishes and may not any more, until it is negotiated again. */
    void revoke(Participant participant) {
        for (PublishedTrack published : List.copyOf(participant.published().values())) {
            if (!participant.permissions().mayPublish(published.info().source())) {
                // Its section stays until the client's next offer.
                stop(published);
                unpublish(participant, published);
            }
        }
    }

    /** Forwards nothing of it any more, though its publisher may go on. */
    private static void stop(PublishedTrack published) {
        Track track = published.track();
        published.publisherLoop().execute(() -> track.mute(true));
    }

    /** Ends one track, in all codecs. */
    void unpublish(Participant participant, PublishedTrack published) {
        participant.published().remove(published.key());
        published.unpublish();
        PublishedTrack backup = published.backup();
        if (backup != null) {
            participant.published().remove(backup.key());
            stop(backup);
        }
        PublishedTrack first = tracks.get(published.info().trackId());
        if (first != null && first.backup() == published) {
            first.backup(null);
            tellBackups(participant, first);
        } else if (tracks.remove(published.info().trackId(), published)) {
            participants.tellAllBut(participant, new RoomEvent.TrackUnpublished(published.info()));
        }
    }

    /** Makes {@code sections} all that a participant watches. */
    List<SendRoute> subscribe(Participant participant, List<SendSection> sections, long nowNanos) {
        List<SendRoute> routes = new ArrayList<>();
        Map<Integer, Watched> still = new HashMap<>();
        for (SendSection section : sections) {
            Watched watched = participant.subscribed().get(section.ssrc());
            PublishedTrack first = tracks.get(section.trackId());
            PublishedTrack published =
                    first == null ? null : first.in(section.codec().format().codec());
            // A backup that ended and came anew has the same id.
            if (watched == null
                    || !watched.isOf(section.trackId())
                    || (published != null && watched.published() != published)) {
                if (first != null && published != null) {
                    watched = published.watch(participant.loop(), section, nowNanos);
                    inherit(watched, participant);
                    tellFirstWatched(first);
                } else if (watched == null) {
                    // Unpublished while the answer was being made: the next offer will take it out.
                    continue;
                }
            } else {
                watched.section(section);
            }
            still.put(section.ssrc(), watched);
            routes.add(new SendRoute(watched.section(), watched.fanout()));
        }
        participant
                .subscribed()
                .forEach((ssrc, watched) -> {
                    if (still.get(ssrc) != watched) {
                        watched.published().unwatch(watched);
                    }
                });
        participant.subscribed().clear();
        participant.subscribed().putAll(still);
        return routes;
    }

    private void tellFirstWatched(PublishedTrack published) {
        if (published.pollFirstWatched()) {
            tellWatched(published);
        }
    }

    private void tellWatched(PublishedTrack published) {
        TrackInfo info = published.info();
        Participant publisher = participants.find(info.participantId());
        if (publisher != null) {
            participants.tell(publisher, new RoomEvent.TrackWatched(info.trackId()));
        }
    }

    /** A track has its first viewer in another room. */
    void watchedElsewhere(PublishedTrack published) {
        if (published.pollFirstWatchedElsewhere()) {
            tellWatched(published);
        }
    }

    /** A track that is forwarded in another section now is wished as it was. */
    private static void inherit(Watched watched, Participant viewer) {
        for (Watched before : viewer.subscribed().values()) {
            if (before.isOf(watched.published().info().trackId())) {
                watched.inherit(before);
            }
        }
    }

    /** Ends all that a participant publishes and watches. */
    void release(Participant participant) {
        for (PublishedTrack published : List.copyOf(participant.published().values())) {
            unpublish(participant, published);
        }
        for (Watched watched : participant.subscribed().values()) {
            watched.published().unwatch(watched);
        }
        participant.subscribed().clear();
        needBackups(participant.info().participantId(), participant.backupsNeeded(), _ -> false);
    }

    /** Says of some tracks whether a viewer needs them in another codec; their publishers are told. */
    void needBackups(String viewerId, Set<String> trackIds, Predicate<TrackInfo> needed) {
        for (String trackId : trackIds) {
            PublishedTrack published = tracks.get(trackId);
            if (published == null) {
                continue;
            }
            Participant publisher = participants.find(published.info().participantId());
            boolean isNeeded = needed.test(published.info());
            if (published.needsBackup(viewerId, isNeeded) && publisher != null) {
                participants.tell(publisher, published.backupWanted());
            }
        }
    }

    /**
     * Mutes or unmutes a track, as {@link RoomCommand.Mute} says, and tells all.
     *
     * @throws RoomException if there is no such track or it may not be
     */
    PublishedTrack mute(RoomCommand.Mute mute, boolean unmuteAllowed) {
        PublishedTrack published = required(mute.trackId());
        if (participants.required(published.info().participantId()).isGuest()) {
            throw notPermitted("the track is published in another room: mute it there");
        }
        Muting before = published.info().muting();
        Muting after = after(mute, published.info(), unmuteAllowed);
        if (after == before) {
            return published;
        }
        published.muting(after);
        published.applyMuting();
        TrackInfo info = published.info();
        tellMuted(participants.required(info.participantId()).info(), info);
        return published;
    }

    /** Tells all of a track that was muted or unmuted. */
    void tellMuted(ParticipantInfo publisher, TrackInfo track) {
        participants.tellOf(
                publisher,
                track.muting().muted()
                        ? new RoomEvent.TrackMuted(track)
                        : new RoomEvent.TrackUnmuted(track));
    }

    private static Muting after(RoomCommand.Mute mute, TrackInfo track, boolean unmuteAllowed) {
        Muting before = track.muting();
        return switch (mute.origin()) {
            case ROOM -> {
                if (!mute.muted() && before == Muting.BY_PARTICIPANT) {
                    throw notPermitted("its publisher muted the track and alone can unmute it");
                }
                yield Muting.of(before.byParticipant(), mute.muted());
            }
            case PARTICIPANT -> {
                if (!mute.participantId().equals(track.participantId())) {
                    throw notPermitted("a participant mutes its own tracks only");
                }
                if (!mute.muted() && before.byRoom() && !unmuteAllowed) {
                    throw notPermitted("The room muted the track and does not let you unmute it.");
                }
                yield Muting.of(mute.muted(), mute.muted() && before.byRoom());
            }
        };
    }

    private static RoomException notPermitted(String message) {
        return new RoomException(Reason.NOT_PERMITTED, message);
    }
}
