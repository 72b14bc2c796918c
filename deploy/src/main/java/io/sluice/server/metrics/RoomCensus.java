package io.sluice.server.metrics;

import io.sluice.codec.MediaKind;
import io.sluice.room.LeaveReason;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomsListener;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts who is in the rooms of a node, from what is told of them; written by all loops, read anywhere. */
final class RoomCensus implements RoomsListener {
    private final LongAdder started = new LongAdder();
    private final LongAdder joined = new LongAdder();
    private final AtomicLongArray left = new AtomicLongArray(LeaveReason.values().length);
    private final AtomicLongArray ended = new AtomicLongArray(RoomEnd.values().length);
    private final AtomicLongArray published = new AtomicLongArray(MediaKind.values().length);
    private final AtomicLongArray unpublished = new AtomicLongArray(MediaKind.values().length);

    @Override
    public void onRoomStarted(RoomInfo room) {
        started.increment();
    }

    @Override
    public void onRoomEvent(String roomId, String name, RoomEvent event) {
        switch (event) {
            case RoomEvent.ParticipantJoined _ -> joined.increment();
            case RoomEvent.ParticipantLeft(_, LeaveReason reason) ->
                    left.incrementAndGet(reason.ordinal());
            case RoomEvent.TrackPublished(var track) ->
                    published.incrementAndGet(track.kind().ordinal());
            case RoomEvent.TrackUnpublished(var track) ->
                    unpublished.incrementAndGet(track.kind().ordinal());
            case RoomEvent.ParticipantConnected _,
                    RoomEvent.TrackMuted _,
                    RoomEvent.TrackUnmuted _,
                    RoomEvent.RoomUpdated _,
                    RoomEvent.ParticipantUpdated _,
                    RoomEvent.ConnectionQualityChanged _,
                    RoomEvent.ActiveSpeakers _,
                    RoomEvent.DominantSpeakerChanged _,
                    RoomEvent.DataCutOff _,
                    RoomEvent.RoomClosing _,
                    RoomEvent.Personal _ -> {}
        }
    }

    @Override
    public void onRoomEnded(String roomId, String name, RoomEnd reason) {
        ended.incrementAndGet(reason.ordinal());
    }

    long started() {
        return started.sum();
    }

    long ended(RoomEnd reason) {
        return ended.get(reason.ordinal());
    }

    /** Rooms of this moment; each difference here reads what goes down first, so that it is never negative. */
    long rooms() {
        return -sum(ended) + started();
    }

    long joined() {
        return joined.sum();
    }

    long left(LeaveReason reason) {
        return left.get(reason.ordinal());
    }

    long participants() {
        return -sum(left) + joined();
    }

    long tracks(MediaKind kind) {
        return -unpublished.get(kind.ordinal()) + published.get(kind.ordinal());
    }

    private static long sum(AtomicLongArray counts) {
        long sum = 0;
        for (int i = 0; i < counts.length(); i++) {
            sum += counts.get(i);
        }
        return sum;
    }
}
