package io.sluice.api;

import java.util.Optional;

/** What may be the name of a room. */
public final class RoomNames {
    /** Long enough for any identifier, short enough for a log line. */
    public static final int MAX_CHARS = 128;

    private static final char REPLACEMENT = '\uFFFD';

    private RoomNames() {}

    /** Says what is wrong with a name that came, once percent-decoded, from a request. */
    public static Optional<String> problem(String name) {
        if (name.isEmpty()) {
            return Optional.of("The room's name is empty.");
        }
        if (name.codePointCount(0, name.length()) > MAX_CHARS) {
            return Optional.of("The room's name is longer than " + MAX_CHARS + " characters.");
        }
        if (name.equals(".") || name.equals("..")) {
            // Also where it is percent-encoded (RFC 3986 6.2.2.3).
            return Optional.of(
                    "The room's name cannot be " + name + ": clients take it out of addresses.");
        }
        // The replacement character is what a decoder makes of bytes that are not UTF-8.
        boolean unprintable =
                name.codePoints()
                        .anyMatch(point ->
                                Character.isISOControl(point)
                                        || point == REPLACEMENT
                                        || isUnprintable(Character.getType(point)));
        if (unprintable) {
            return Optional.of("The room's name must be UTF-8 text without control characters.");
        }
        return Optional.empty();
    }

    /** Half of a character, or an end of a line, which would forge one in a log. */
    private static boolean isUnprintable(int type) {
        return type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
