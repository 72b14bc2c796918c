package io.sluice.calls;

import java.util.Locale;
import java.util.Optional;

/** What somebody may do in a call. */
enum Role {
    /** Moderates; a call has one, on as many devices as that one has. */
    HOST,
    /** Is seen and heard. */
    SPEAKER,
    /** Watches, and writes in the chat. */
    VIEWER;

    /** As it stands in requests, answers and attributes. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Role> of(String word) {
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
