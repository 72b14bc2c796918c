package io.sluice.calls;

import io.sluice.api.rest.Fields;
import io.sluice.api.rest.Refusal;

/** What people call themselves and their calls, made fit to be shown in one line. */
final class PersonNames {
    private static final int MAX_SHOWN = 64;
    private static final int MAX_TITLE = 100;

    /** What is far longer than can be shown is no name. */
    private static final int MAX_SENT_CHARS = 1_000;

    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private PersonNames() {}

    static String name(Fields body) throws Refusal {
        String name = clean(body.requiredText("name", MAX_SENT_CHARS), MAX_SHOWN);
        if (name.isEmpty()) {
            throw Fields.invalid("name", "is empty");
        }
        return name;
    }

    /** Empty where there is none. */
    static String title(String sent) {
        return clean(sent, MAX_TITLE);
    }

    static int maxSentChars() {
        return MAX_SENT_CHARS;
    }

    /** In one line, without what is not seen or turns the direction of the text, and not too long. */
    private static String clean(String sent, int maxShown) {
        StringBuilder shown = new StringBuilder();
        sent.codePoints()
                .map(point -> Character.isWhitespace(point) ? ' ' : point)
                .filter(PersonNames::isShown)
                .forEach(shown::appendCodePoint);
        String line = shown.toString().strip().replaceAll(" {2,}", " ");
        int count = line.codePointCount(0, line.length());
        return count <= maxShown
                ? line
                : line.substring(0, line.offsetByCodePoints(0, maxShown)).strip();
    }

    private static boolean isShown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED ->
                    false;
            // Signs that turn the direction of a text are among them; emoji are made with the
            // joiner.
            case Character.FORMAT -> point == ZERO_WIDTH_JOINER;
            default -> true;
        };
    }
}
