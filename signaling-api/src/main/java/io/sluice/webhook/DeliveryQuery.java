package io.sluice.webhook;

import org.jspecify.annotations.Nullable;

/**
 * Which deliveries to show.
 *
 * @param state null for any
 * @param room null for any
 * @param after an id: only later ones; 0 for all
 * @param limit of how many
 */
public record DeliveryQuery(
        @Nullable DeliveryState state, @Nullable String room, long after, int limit) {}
