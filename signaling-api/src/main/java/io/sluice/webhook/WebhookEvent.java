package io.sluice.webhook;

import java.util.function.Supplier;

/**
 * Something that happened in a room.
 *
 * @param eventId unique, as {@code EV_...}
 * @param room its name: what happens in one room is told in order
 * @param body what is sent, in JSON; written by the queue's thread, and not by the room's
 */
public record WebhookEvent(
        String eventId, String type, String room, long createdMillis, Supplier<String> body) {}
