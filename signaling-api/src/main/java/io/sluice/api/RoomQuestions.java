package io.sluice.api;

import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomException;
import io.sluice.room.RoomInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Asks rooms what they are like; from any thread. */
public final class RoomQuestions {
    /** Rooms asked at a time: what is described in one go must not keep the loops busy. */
    public static final int MAX_AT_ONCE = 1_000;

    private RoomQuestions() {}

    /** A room at one moment; fails if it has ended. */
    public static CompletableFuture<RoomInfo> describe(Room room) {
        CompletableFuture<RoomInfo> reply = new CompletableFuture<>();
        room.submit(new RoomCommand.Describe(reply));
        return reply;
    }

    /** Rooms in the order given, without those that have ended in between. */
    public static CompletableFuture<List<RoomInfo>> describeAll(List<Room> rooms) {
        return describeFrom(rooms, 0, new ArrayList<>());
    }

    private static CompletableFuture<List<RoomInfo>> describeFrom(
            List<Room> rooms, int first, List<RoomInfo> described) {
        if (first >= rooms.size()) {
            return CompletableFuture.completedFuture(described);
        }
        int end = Math.min(rooms.size(), first + MAX_AT_ONCE);
        List<CompletableFuture<Optional<RoomInfo>>> asked =
                rooms.subList(first, end).stream().map(RoomQuestions::describeIfThere).toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenCompose(_ -> {
                    asked.forEach(one -> one.join().ifPresent(described::add));
                    return describeFrom(rooms, end, described);
                });
    }

    private static CompletableFuture<Optional<RoomInfo>> describeIfThere(Room room) {
        return describe(room)
                .thenApply(Optional::of)
                .exceptionallyCompose(failure ->
                        isClosed(failure)
                                ? CompletableFuture.completedFuture(Optional.empty())
                                : CompletableFuture.failedFuture(failure));
    }

    private static boolean isClosed(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RoomException refused
                && refused.reason() == RoomException.Reason.ROOM_CLOSED;
    }
}
