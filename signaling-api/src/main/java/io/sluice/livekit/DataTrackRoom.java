package io.sluice.livekit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import livekit.LivekitModels.DataTrackInfo;
import livekit.LivekitModels.Encryption;

/**
 * The data tracks of one room: who publishes which, and who has subscribed to them.
 *
 * <p>Guarded by its monitor, which is held for look-ups only; listeners are called under it and must only hop.
 */
final class DataTrackRoom {
    /** Of one participant: names of some topics, not of things. */
    static final int MAX_TRACKS = 64;

    /** Handles have 16 bits, and 0 is none. */
    static final int MAX_HANDLE = 0xffff;

    static final int MAX_NAME_CHARS = 256;

    /** LiveKit's ids have 12 characters of these. */
    private static final String ALPHABET =
            "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    private static final int ID_CHARS = 12;

    private final String roomId;
    private final RandomGenerator random;
    private final Map<String, Map<Integer, DataTrackRoute>> routes;

    /** By participant id. */
    private final Map<String, Member> members = new LinkedHashMap<>();

    /** By track id. */
    private final Map<String, Track> tracks = new LinkedHashMap<>();

    private final Set<Integer> takenHandles = new HashSet<>();
    private int lastHandle;

    /** Hears of changes; from any thread. */
    interface Listener {
        /** A participant publishes other tracks than before. */
        void onDataTracks(String publisherId);

        /** These are all tracks that the listener's participant has subscribed to, by its handles. */
        void onHandles(Map<Integer, Subscribed> handles);
    }

    /**
     * Somebody who may publish and subscribe.
     *
     * @param everything whether it subscribes to all there is, without a word
     */
    record Member(String participantId, String identity, boolean everything, Listener listener) {}

    /** A track as its subscribers are told of it. */
    record Subscribed(String trackId, String publisherId, String publisherIdentity) {}

    /** What came of the wish to publish. */
    sealed interface Outcome {
        record Published(DataTrackInfo track) implements Outcome {}

        record Refused(Reason why) implements Outcome {}
    }

    enum Reason {
        INVALID_HANDLE,
        INVALID_NAME,
        DUPLICATE_HANDLE,
        DUPLICATE_NAME,
        TOO_MANY
    }

    private static final class Track {
        private final DataTrackInfo info;
        private final Member publisher;
        private final int handle;

        /** By participant id. */
        private final Map<String, Member> subscribers = new LinkedHashMap<>();

        private Track(DataTrackInfo info, Member publisher, int handle) {
            this.info = info;
            this.publisher = publisher;
            this.handle = handle;
        }

        private boolean isOf(String participantId) {
            return publisher.participantId().equals(participantId);
        }

        private DataTrackRoute route() {
            return new DataTrackRoute(
                    handle, subscribers.values().stream().map(Member::identity).toList());
        }
    }

    /**
     * @param routes to be kept true, by the publisher's participant id and its handle
     */
    DataTrackRoom(
            String roomId,
            RandomGenerator random,
            Map<String, Map<Integer, DataTrackRoute>> routes) {
        this.roomId = roomId;
        this.random = random;
        this.routes = routes;
    }

    String roomId() {
        return roomId;
    }

    synchronized boolean isEmpty() {
        return members.isEmpty();
    }

    synchronized void enter(Member member) {
        members.put(member.participantId(), member);
        if (member.everything()) {
            for (Track track : List.copyOf(tracks.values())) {
                subscribe(member, track.info.getSid(), true);
            }
        }
    }

    synchronized void leave(Member member) {
        String id = member.participantId();
        members.remove(id);
        for (Track track : List.copyOf(tracks.values())) {
            if (track.isOf(id)) {
                remove(track);
            } else if (track.subscribers.remove(id) != null) {
                reroute(track.publisher.participantId());
            }
        }
        routes.remove(id);
    }

    /** What a participant publishes. */
    synchronized List<DataTrackInfo> of(String participantId) {
        return tracks.values().stream()
                .filter(track -> track.isOf(participantId))
                .map(track -> track.info)
                .toList();
    }

    /**
     * Publishes a track.
     *
     * @param handle of the publisher's choice, for its packets
     */
    synchronized Outcome publish(
            Member publisher, int handle, String name, Encryption.Type encryption) {
        List<DataTrackInfo> own = of(publisher.participantId());
        if (handle < 1 || handle > MAX_HANDLE) {
            return new Outcome.Refused(Reason.INVALID_HANDLE);
        }
        if (name.isEmpty() || name.length() > MAX_NAME_CHARS) {
            return new Outcome.Refused(Reason.INVALID_NAME);
        }
        if (own.stream().anyMatch(track -> track.getPubHandle() == handle)) {
            return new Outcome.Refused(Reason.DUPLICATE_HANDLE);
        }
        if (own.stream().anyMatch(track -> track.getName().equals(name))) {
            return new Outcome.Refused(Reason.DUPLICATE_NAME);
        }
        if (own.size() >= MAX_TRACKS || takenHandles.size() >= MAX_HANDLE) {
            return new Outcome.Refused(Reason.TOO_MANY);
        }
        DataTrackInfo info =
                DataTrackInfo.newBuilder()
                        .setPubHandle(handle)
                        .setSid(newId())
                        .setName(name)
                        .setEncryption(encryption)
                        .build();
        tracks.put(info.getSid(), new Track(info, publisher, newHandle()));
        reroute(publisher.participantId());
        tell(publisher.participantId());
        for (Member member : members.values()) {
            if (member.everything() && member != publisher) {
                subscribe(member, info.getSid(), true);
            }
        }
        return new Outcome.Published(info);
    }

    private String newId() {
        StringBuilder id = new StringBuilder("DTR_");
        for (int i = 0; i < ID_CHARS; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }

    private int newHandle() {
        do {
            lastHandle = lastHandle % MAX_HANDLE + 1;
        } while (!takenHandles.add(lastHandle));
        return lastHandle;
    }

    /** Ends what a participant publishes under a handle, and returns it; empty if that is nothing. */
    synchronized List<DataTrackInfo> unpublish(Member publisher, int handle) {
        return end(publisher, track -> track.info.getPubHandle() == handle);
    }

    /** Ends all that a participant publishes. */
    synchronized List<DataTrackInfo> unpublishAll(Member publisher) {
        return end(publisher, _ -> true);
    }

    private List<DataTrackInfo> end(Member publisher, Predicate<Track> which) {
        List<DataTrackInfo> ended = new ArrayList<>();
        for (Track track : List.copyOf(tracks.values())) {
            if (track.isOf(publisher.participantId()) && which.test(track)) {
                remove(track);
                ended.add(track.info);
            }
        }
        return ended;
    }

    private void remove(Track track) {
        tracks.remove(track.info.getSid());
        takenHandles.remove(track.handle);
        reroute(track.publisher.participantId());
        tell(track.publisher.participantId());
        track.subscribers.values().forEach(this::tellHandles);
    }

    /** Begins or ends a subscription; of a track that is not there nothing happens, as it may just have ended. */
    synchronized void subscribe(Member subscriber, String trackId, boolean wanted) {
        Track track = tracks.get(trackId);
        if (track == null || track.isOf(subscriber.participantId())) {
            return;
        }
        if (wanted) {
            track.subscribers.put(subscriber.participantId(), subscriber);
        } else {
            track.subscribers.remove(subscriber.participantId());
        }
        reroute(track.publisher.participantId());
        tellHandles(subscriber);
    }

    /** Ends all subscriptions of a participant. */
    synchronized void unsubscribeAll(Member subscriber) {
        for (Track track : tracks.values()) {
            if (track.subscribers.containsKey(subscriber.participantId())) {
                subscribe(subscriber, track.info.getSid(), false);
            }
        }
    }

    /** Says the handles of a participant again that may have missed them, if it has any. */
    synchronized void repeatHandles(Member subscriber) {
        boolean any =
                tracks.values().stream()
                        .anyMatch(
                                track -> track.subscribers.containsKey(subscriber.participantId()));
        if (any) {
            tellHandles(subscriber);
        }
    }

    private void tellHandles(Member subscriber) {
        Map<Integer, Subscribed> handles = new HashMap<>();
        for (Track track : tracks.values()) {
            if (track.subscribers.containsKey(subscriber.participantId())) {
                handles.put(
                        track.handle,
                        new Subscribed(
                                track.info.getSid(),
                                track.publisher.participantId(),
                                track.publisher.identity()));
            }
        }
        subscriber.listener().onHandles(handles);
    }

    private void tell(String publisherId) {
        members.values().forEach(member -> member.listener().onDataTracks(publisherId));
    }

    private void reroute(String publisherId) {
        Map<Integer, DataTrackRoute> now =
                tracks.values().stream()
                        .filter(track -> track.isOf(publisherId))
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        track -> track.info.getPubHandle(), Track::route));
        if (now.isEmpty()) {
            routes.remove(publisherId);
        } else {
            routes.put(publisherId, now);
        }
    }
}
