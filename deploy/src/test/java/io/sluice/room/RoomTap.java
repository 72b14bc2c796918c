package io.sluice.room;

import io.sluice.codec.MediaKind;
import io.sluice.forward.Fanout;
import io.sluice.forward.TrackRecorder;
import io.sluice.loop.Loop;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Records the one video track of a room that runs, for whoever makes captures. Any thread may use it. */
public final class RoomTap {
    private static final long TICK_NANOS = 2_000_000;

    private final Loop loop;
    private final TrackRecorder recorder;

    /** Of a room of one publisher, with at least one viewer. */
    public RoomTap(Room room) {
        PublishedTrack published =
                CompletableFuture.supplyAsync(() -> video(room), room.home()).join();
        loop = published.publisherLoop();
        Fanout fanout = published.track().fanout();
        int encodings = published.track().format().encodings();
        recorder = new TrackRecorder(fanout, encodings);
    }

    private static PublishedTrack video(Room room) {
        for (PublishedTrack published : publications(room).all()) {
            if (published.info().kind() == MediaKind.VIDEO) {
                return published;
            }
        }
        throw new IllegalStateException("no video in " + room.name());
    }

    /** The server has no use for a way to it. */
    private static Publications publications(Room room) {
        try {
            Field field = Room.class.getDeclaredField("publications");
            field.setAccessible(true);
            return (Publications) field.get(room);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Records for a while; returns the recorder, which has ended. */
    public TrackRecorder record(Duration time) {
        Future<?> ticks = loop.every(recorder, TICK_NANOS);
        CompletableFuture.supplyAsync(
                        () -> ticks.cancel(false),
                        CompletableFuture.delayedExecutor(
                                time.toMillis(), TimeUnit.MILLISECONDS, loop))
                .join();
        return recorder;
    }
}
