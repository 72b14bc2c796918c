package io.sluice.history;

import java.util.Locale;
import java.util.Optional;

/** What can happen in a call. */
public enum EventKind {
    STARTED,
    ENDED,
    /** Somebody's media can flow. */
    JOINED,
    LEFT,
    /** Somebody came, and was gone before media could flow. */
    NOT_CONNECTED,
    PUBLISHED,
    UNPUBLISHED,
    /** How well somebody's media got through, told when that one leaves. */
    QUALITY,
    CHAT,
    SNAPSHOT,
    /** Somebody called somebody by number, and nobody took the call. */
    MISSED,
    /** Never shown: the server began; calls of its earlier life that are open still are over. */
    SERVER_STARTED;

    /** As it stands in the database and in answers. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of this word; empty if there is none that is shown. */
    public static Optional<EventKind> ofWord(String word) {
        for (EventKind kind : values()) {
            if (kind != SERVER_STARTED && kind.word().equals(word)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
