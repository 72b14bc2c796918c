package io.sluice.history;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * An event as the database has it.
 *
 * @param key by which pages go on
 * @param kind a word of {@link EventKind}
 * @param identity of whom it is about; empty if of nobody
 * @param detail what else is said of this kind; an object, not to be changed
 */
public record KeptEvent(
        long key,
        String eventId,
        String kind,
        String callId,
        String room,
        Instant at,
        String participantId,
        String identity,
        String name,
        JsonNode detail) {}
