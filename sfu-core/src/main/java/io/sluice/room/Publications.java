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
import java.util.Set;

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

    /** Lets all be heard who are not muted. */
    void hear(ActiveSpeakers speakers, DominantSpeaker dominant, long nowNanos) {
        for (PublishedTrack published : tracks.values()) {
            TrackInfo info = published.info();
            if (info.kind() == MediaKind.AUDIO && !info.muting().muted()) {
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
     * Makes {@code sections} all that a participant publishes; {@code begun} takes what is new, to be
     * {@linkplain #announce announced} or {@linkplain #withdraw withdrawn}.
     */
    List<ReceiveRoute> publish(
            Participant participant,
            List<ReceiveSection> sections,
            List<PublishedTrack> begun,
            long nowNanos) {
        List<ReceiveRoute> routes = new ArrayList<>();
        Set<String> still = new HashSet<>();
        for (ReceiveSection section : sections) {
            PublishedTrack published = participant.published().get(section.trackId());
            if (published == null) {
                published = open(participant, section);
                participant.published().put(section.trackId(), published);
                begun.add(published);
            }
            published.describe(section.rids(), nowNanos);
            still.add(section.trackId());
            routes.add(new ReceiveRoute(section, published.track()));
        }
        for (PublishedTrack published : List.copyOf(participant.published().values())) {
            if (!still.contains(published.info().trackId())) {
                unpublish(participant, published);
            }
        }
        return routes;
    }

    private PublishedTrack open(Participant participant, ReceiveSection section) {
        TrackInfo info =
                new TrackInfo(
                        section.trackId(),
                        participant.info().participantId(),
                        participant.info().identity(),
                        section.kind(),
                        section.source(),
                        section.codecs().getFirst().format(),
                        Muting.NONE);
        Loop loop = participant.loop();
        Track track = Transport.track(section, loop);
        if (info.kind() == MediaKind.AUDIO && loudest.isOn()) {
            loop.execute(() -> track.onlyLoud(loudest.threshold(), loop.lastTickNanos()));
        }
        return new PublishedTrack(info, track, loop);
    }

    /** The publisher's loop has taken these tracks in: whoever hears of them can watch them. */
    void announce(Participant participant, List<PublishedTrack> begun) {
        for (PublishedTrack published : begun) {
            TrackInfo info = published.info();
            // It may have been unpublished meanwhile, or its publisher be gone.
            if (participant.published().get(info.trackId()) == published) {
                tracks.put(info.trackId(), published);
                participants.tellAllBut(participant, new RoomEvent.TrackPublished(info));
            }
        }
    }

    /** The publisher's loop has refused these tracks, of which nobody has heard. */
    void withdraw(Participant participant, List<PublishedTrack> begun) {
        for (PublishedTrack published : begun) {
            if (participant.published().remove(published.info().trackId(), published)) {
                Track track = published.track();
                published.publisherLoop().execute(track::close);
            }
        }
    }

    private void unpublish(Participant participant, PublishedTrack published) {
        participant.published().remove(published.info().trackId());
        published.unpublish();
        if (tracks.remove(published.info().trackId(), published)) {
            participants.tellAllBut(participant, new RoomEvent.TrackUnpublished(published.info()));
        }
    }

    /** Makes {@code sections} all that a participant watches. */
    List<SendRoute> subscribe(Participant participant, List<SendSection> sections) {
        List<SendRoute> routes = new ArrayList<>();
        Map<Integer, Watched> still = new HashMap<>();
        for (SendSection section : sections) {
            Watched watched = participant.subscribed().get(section.ssrc());
            if (watched == null) {
                PublishedTrack published = tracks.get(section.trackId());
                if (published == null) {
                    // Unpublished while the answer was being made: the next offer will take it out.
                    continue;
                }
                watched = published.watch(participant.loop());
                inherit(watched, participant);
            }
            still.put(section.ssrc(), watched);
            routes.add(new SendRoute(section, watched.fanout()));
        }
        participant
                .subscribed()
                .forEach((ssrc, watched) -> {
                    if (!still.containsKey(ssrc)) {
                        watched.published().unwatch(watched);
                    }
                });
        participant.subscribed().clear();
        participant.subscribed().putAll(still);
        return routes;
    }

    /** A track that is forwarded in another section now is wished as it was. */
    private static void inherit(Watched watched, Participant viewer) {
        for (Watched before : viewer.subscribed().values()) {
            if (before.published() == watched.published()) {
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
    }

    /**
     * Mutes or unmutes a track, as {@link RoomCommand.Mute} says, and tells all.
     *
     * @throws RoomException if there is no such track or it may not be
     */
    PublishedTrack mute(RoomCommand.Mute mute, boolean unmuteAllowed) {
        PublishedTrack published = required(mute.trackId());
        Muting before = published.info().muting();
        Muting after = after(mute, published.info(), unmuteAllowed);
        if (after == before) {
            return published;
        }
        published.muting(after);
        Track track = published.track();
        published.publisherLoop().execute(() -> track.mute(after.muted()));
        TrackInfo info = published.info();
        participants.tell(
                after.muted() ? new RoomEvent.TrackMuted(info) : new RoomEvent.TrackUnmuted(info));
        return published;
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
