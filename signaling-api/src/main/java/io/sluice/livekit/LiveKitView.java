package io.sluice.livekit;

import io.sluice.room.LeaveReason;
import io.sluice.room.Muting;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomInfo;
import io.sluice.room.TrackInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import livekit.LivekitModels;
import livekit.LivekitModels.DataTrackInfo;
import livekit.LivekitModels.ParticipantInfo.State;
import org.jspecify.annotations.Nullable;

/**
 * A room as one participant knows it, in the words of its client: what it came into, and each change since.
 *
 * <p>Owned by its session's turn.
 */
final class LiveKitView {
    private final RoomInfo entered;
    private final Function<String, List<DataTrackInfo>> dataTracks;
    private final Seat self;
    private final Map<String, Seat> others = new LinkedHashMap<>();
    private String metadata;

    /** One participant with what it publishes. */
    private final class Seat {
        private ParticipantInfo info;
        private final Map<String, TrackInfo> tracks = new LinkedHashMap<>();

        /** Clients take no older one than they know. */
        private int version;

        private Seat(ParticipantInfo info) {
            this.info = info;
        }

        private LivekitModels.ParticipantInfo next() {
            version++;
            return LiveKitModels.participant(info, tracks.values())
                    .addAllDataTracks(dataTracks.apply(info.participantId()))
                    .setVersion(version)
                    .build();
        }
    }

    /** @param dataTracks of a participant, at any moment */
    LiveKitView(
            ParticipantInfo self,
            RoomInfo entered,
            Function<String, List<DataTrackInfo>> dataTracks) {
        this.entered = entered;
        this.dataTracks = dataTracks;
        this.self = new Seat(self);
        metadata = entered.settings().metadata();
        entered.participants().forEach(one -> others.put(one.participantId(), new Seat(one)));
        for (TrackInfo track : entered.tracks()) {
            Seat publisher = others.get(track.participantId());
            if (publisher != null) {
                publisher.tracks.put(track.trackId(), track);
            }
        }
    }

    ParticipantInfo self() {
        return self.info;
    }

    boolean isSelf(String participantId) {
        return self.info.participantId().equals(participantId);
    }

    /** A track of somebody else. */
    Optional<TrackInfo> track(String trackId) {
        return others.values().stream()
                .flatMap(seat -> Optional.ofNullable(seat.tracks.get(trackId)).stream())
                .findFirst();
    }

    /** All tracks of the others. */
    List<TrackInfo> tracks() {
        return others.values().stream().flatMap(seat -> seat.tracks.values().stream()).toList();
    }

    LivekitModels.Room room() {
        return LiveKitModels.room(entered).toBuilder()
                .setMetadata(metadata)
                .setNumParticipants(others.size() + 1)
                .setNumPublishers(publishers())
                .build();
    }

    private int publishers() {
        long publishing = others.values().stream().filter(seat -> !seat.tracks.isEmpty()).count();
        return (int) publishing + (self.tracks.isEmpty() ? 0 : 1);
    }

    LivekitModels.ParticipantInfo describeSelf() {
        return self.next();
    }

    List<LivekitModels.ParticipantInfo> describeOthers() {
        return others.values().stream().map(Seat::next).toList();
    }

    /** Everybody, oneself first. */
    List<LivekitModels.ParticipantInfo> describeAll() {
        List<LivekitModels.ParticipantInfo> all = new ArrayList<>();
        all.add(describeSelf());
        all.addAll(describeOthers());
        return all;
    }

    // ---- what happens; each returns what the client is to be told of a participant, if anything

    LivekitModels.ParticipantInfo joined(ParticipantInfo who) {
        Seat seat = new Seat(who);
        others.put(who.participantId(), seat);
        return seat.next();
    }

    LivekitModels.ParticipantInfo left(ParticipantInfo who, LeaveReason reason) {
        Seat known = others.remove(who.participantId());
        Seat seat = known == null ? new Seat(who) : known;
        seat.tracks.clear();
        return seat.next().toBuilder()
                .setState(State.DISCONNECTED)
                .setDisconnectReason(LiveKitModels.reason(reason, null))
                .build();
    }

    LivekitModels.@Nullable ParticipantInfo updated(ParticipantInfo who) {
        Seat seat = seat(who.participantId());
        if (seat == null) {
            return null;
        }
        seat.info = who;
        return seat.next();
    }

    /** Of somebody whose data tracks have changed. */
    LivekitModels.@Nullable ParticipantInfo described(String participantId) {
        Seat seat = seat(participantId);
        return seat == null ? null : seat.next();
    }

    LivekitModels.@Nullable ParticipantInfo published(TrackInfo track) {
        Seat seat = seat(track.participantId());
        if (seat == null) {
            return null;
        }
        seat.tracks.put(track.trackId(), track);
        return seat.next();
    }

    LivekitModels.@Nullable ParticipantInfo unpublished(TrackInfo track) {
        Seat seat = seat(track.participantId());
        return seat == null || seat.tracks.remove(track.trackId()) == null ? null : seat.next();
    }

    /** Of a track that is muted or not any more, or comes in other codecs; also of one's own. */
    LivekitModels.@Nullable ParticipantInfo changed(TrackInfo track) {
        Seat seat = seat(track.participantId());
        return seat == null || seat.tracks.replace(track.trackId(), track) == null
                ? null
                : seat.next();
    }

    /** Makes these all that oneself publishes. */
    LivekitModels.ParticipantInfo publishing(Collection<TrackInfo> tracks) {
        Map<String, TrackInfo> before = Map.copyOf(self.tracks);
        self.tracks.clear();
        for (TrackInfo track : tracks) {
            TrackInfo known = before.getOrDefault(track.trackId(), track);
            self.tracks.put(track.trackId(), known.with(track.backups()));
        }
        return self.next();
    }

    /** Whether the room has muted this track of one's own. */
    boolean isMutedByRoom(TrackInfo track) {
        return isSelf(track.participantId()) && track.muting() == Muting.BY_ROOM;
    }

    void metadata(String changed) {
        metadata = changed;
    }

    private @Nullable Seat seat(String participantId) {
        return isSelf(participantId) ? self : others.get(participantId);
    }
}
