package io.sluice.server.log;

/** Brings what others have chosen into a form that cannot pass for something else in a log. */
final class LogText {
    /** Of a value that a client chose; names and identities of people fit. */
    static final int MAX_VALUE_CHARS = 64;

    /** Of a whole message; long ones come from libraries that quote what they were given. */
    static final int MAX_MESSAGE_CHARS = 1_000;

    private static final String CUT = "...";

    private LogText() {}

    /** A value between quotes: short, in one line, without quotes of its own. */
    static String value(String text) {
        return escaped(text, MAX_VALUE_CHARS, true);
    }

    /** A value where quotes are somebody else's: short, in one line. */
    static String unquotedValue(String text) {
        return escaped(text, MAX_VALUE_CHARS, false);
    }

    /** A message: in one line, and not endless. */
    static String message(String text) {
        return escaped(text, MAX_MESSAGE_CHARS, false);
    }

    private static String escaped(String text, int maxChars, boolean quoted) {
        StringBuilder escaped = new StringBuilder(Math.min(text.length(), maxChars) + CUT.length());
        int at = 0;
        while (at < text.length()) {
            if (at >= maxChars) {
                return escaped.append(CUT).toString();
            }
            int character = text.codePointAt(at);
            append(escaped, character, quoted);
            at += Character.charCount(character);
        }
        return escaped.toString();
    }

    private static void append(StringBuilder out, int character, boolean quoted) {
        if (quoted && (character == '"' || character == '\\')) {
            out.append('\\').append((char) character);
        } else if (isPlain(character)) {
            out.appendCodePoint(character);
        } else {
            out.append(String.format("\\u%04x", character));
        }
    }

    /** Not what moves the cursor, ends a line, turns the direction of writing or does not show. */
    private static boolean isPlain(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }
}
