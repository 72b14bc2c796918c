package io.sluice.webhook;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way to one receiver.
 *
 * @param id of this server's database; later ones are larger
 * @param eventId the event's own, the same in each attempt and for each receiver
 * @param lastError why the last attempt failed; empty if none did
 * @param nextAttemptAt of a pending one
 * @param finishedAt null while it is pending
 */
public record Delivery(
        long id,
        String eventId,
        String type,
        String room,
        String url,
        DeliveryState state,
        int attempts,
        String lastError,
        Instant createdAt,
        Instant nextAttemptAt,
        @Nullable Instant finishedAt) {}
