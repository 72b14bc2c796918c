package io.sluice.room;

import io.sluice.forward.ViewerWish;
import io.sluice.loop.Loop;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.Transport;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody in a room.
 *
 * <p>Owned by the room's home loop; its transports belong to the loop it was placed on.
 */
final class Participant {
    private final RoomListener listener;
    private final Loop loop;

    /** Null for a guest, who has it in another room. */
    private final @Nullable Transport transport;

    private final Mailbox mailbox;

    /** Null for a guest, who counts where it is at home. */
    private final KeyQuotas.@Nullable Seat seat;

    /** What it watches goes over it; null: over the first. */
    private @Nullable Transport watching;

    private ViewerRule viewerRule = ViewerRule.EVERYBODY;

    /** Tracks that it would get in another codec only, whether it may watch them or not. */
    private Set<String> backupsNeeded = Set.of();

    private ParticipantInfo info;
    private ConnectionQuality quality = ConnectionQuality.EXCELLENT;
    private ConnectionQuality watchingQuality = ConnectionQuality.EXCELLENT;

    /** By track id, in the order of publishing. */
    private final Map<String, PublishedTrack> published = new LinkedHashMap<>();

    /** By SSRC, which is new for each subscription. */
    private final Map<Integer, Watched> subscribed = new HashMap<>();

    Participant(
            ParticipantInfo info,
            RoomListener listener,
            Loop loop,
            @Nullable Transport transport,
            Mailbox mailbox,
            KeyQuotas.@Nullable Seat seat) {
        this.info = info;
        this.listener = listener;
        this.loop = loop;
        this.transport = transport;
        this.mailbox = mailbox;
        this.seat = seat;
    }

    ParticipantInfo info() {
        return info;
    }

    void info(ParticipantInfo changed) {
        info = changed;
    }

    /** Of its worse leg. */
    ConnectionQuality quality() {
        return quality.compareTo(watchingQuality) > 0 ? quality : watchingQuality;
    }

    void quality(Leg leg, ConnectionQuality changed) {
        switch (leg) {
            case FIRST -> quality = changed;
            case WATCHING -> watchingQuality = changed;
        }
    }

    /** Who may watch what it publishes. */
    ViewerRule viewerRule() {
        return viewerRule;
    }

    void viewerRule(ViewerRule changed) {
        viewerRule = changed;
    }

    /** The ids of tracks that it would get in another codec only, as it said last. */
    Set<String> backupsNeeded() {
        return backupsNeeded;
    }

    void backupsNeeded(Set<String> trackIds) {
        backupsNeeded = trackIds;
    }

    Permissions permissions() {
        return info.permissions();
    }

    RoomListener listener() {
        return listener;
    }

    Loop loop() {
        return loop;
    }

    /** Whether it is shown here, and at home in another room. */
    boolean isGuest() {
        return transport == null;
    }

    /**
     * What carries a leg.
     *
     * @throws RoomException if it is a guest's
     */
    Transport transport(Leg leg) {
        Transport carries = leg == Leg.WATCHING && watching != null ? watching : transport;
        if (carries == null) {
            throw new RoomException(
                    Reason.NOT_PERMITTED,
                    info.identity() + " is at home in another room: ask there");
        }
        return carries;
    }

    /** Its place among those of its API key; null for a guest. */
    KeyQuotas.@Nullable Seat seat() {
        return seat;
    }

    /** Closes what carries it, on its loop, and gives back its place. */
    void close() {
        if (seat != null) {
            seat.leave();
        }
        if (transport != null) {
            loop.execute(transport::close);
        }
        if (watching != null) {
            loop.execute(watching::close);
        }
    }

    boolean hasWatching() {
        return watching != null;
    }

    /** What it watches goes over another transport from now on. */
    void watching(Transport opened) {
        watching = opened;
    }

    /** Of its loop. */
    Mailbox mailbox() {
        return mailbox;
    }

    Map<String, PublishedTrack> published() {
        return published;
    }

    /** What is wished of its subscriptions, by SSRC, where it is not everything. */
    Map<Integer, ViewerWish> wishes() {
        Map<Integer, ViewerWish> wishes = new HashMap<>();
        subscribed.forEach((ssrc, watched) -> {
            if (!watched.wish().equals(ViewerWish.EVERYTHING)) {
                wishes.put(ssrc, watched.wish());
            }
        });
        return wishes;
    }

    Map<Integer, Watched> subscribed() {
        return subscribed;
    }
}
