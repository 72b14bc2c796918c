package io.sluice.history;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call as the database has it.
 *
 * @param key by which pages go on
 * @param endedAt null: it goes on
 * @param endReason empty: it goes on
 * @param people who was there, in the order of their coming, a hundred at most
 * @param photos how many stills are kept of it
 */
public record KeptCall(
        long key,
        String callId,
        String room,
        String title,
        Instant startedAt,
        @Nullable Instant endedAt,
        String endReason,
        List<Person> people,
        int photos) {
    public KeptCall {
        people = List.copyOf(people);
    }

    /** Somebody who was there. */
    public record Person(String identity, String name) {}
}
