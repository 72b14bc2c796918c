package io.sluice.history;

import org.jspecify.annotations.Nullable;

/**
 * Which calls are wanted; null: all of them.
 *
 * @param identity of somebody who was there
 * @param text in the room, the title, or in what is known of an event of the call
 * @param fromMillis begun not before
 * @param toMillis begun before
 * @param before the key of the last call of the page before; {@link Long#MAX_VALUE} for the first page
 * @param limit of the page
 */
public record CallQuery(
        @Nullable String callId,
        @Nullable String room,
        @Nullable String identity,
        @Nullable String text,
        @Nullable Long fromMillis,
        @Nullable Long toMillis,
        long before,
        int limit) {}
