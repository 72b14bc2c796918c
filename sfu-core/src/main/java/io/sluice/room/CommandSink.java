package io.sluice.room;

/** Where signaling hands in what it asks of a room: the border between media and signaling. */
@FunctionalInterface
public interface CommandSink {

    /** Queues a command; from any thread. */
    void submit(RoomCommand command);
}
