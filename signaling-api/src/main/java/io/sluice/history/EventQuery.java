package io.sluice.history;

import org.jspecify.annotations.Nullable;

/**
 * Which events are wanted; null: all of them.
 *
 * @param callId of this call
 * @param text in the name or the identity of whom it is about, the room, or what is said of it
 * @param fromMillis not before
 * @param toMillis before
 * @param after the key of the last event of the page before; 0 for the first page
 * @param limit of the page
 */
public record EventQuery(
        @Nullable String callId,
        @Nullable String room,
        @Nullable String identity,
        @Nullable EventKind kind,
        @Nullable String text,
        @Nullable Long fromMillis,
        @Nullable Long toMillis,
        long after,
        int limit) {
    /** The same, one page on. */
    public EventQuery after(long key, int pageLimit) {
        return new EventQuery(
                callId, room, identity, kind, text, fromMillis, toMillis, key, pageLimit);
    }
}
