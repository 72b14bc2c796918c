package io.sluice.calls;

import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The codes by which calls are found: eight letters in two groups, as {@code abcd-efgh}. */
final class CallCodes {
    /** Without i, l and o, which look like digits; 23 letters, so that there are 78 thousand million codes. */
    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz";

    private static final int GROUP = 4;
    private static final int LENGTH = 2 * GROUP;

    /** What somebody may type between the letters. */
    private static final int MAX_TYPED_CHARS = 32;

    private static final String ROOM_PREFIX = "sluice-call-";

    private CallCodes() {}

    static String next(RandomGenerator random) {
        StringBuilder letters = new StringBuilder();
        while (letters.length() < LENGTH) {
            letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return grouped(letters);
    }

    private static String grouped(CharSequence letters) {
        return letters.subSequence(0, GROUP) + "-" + letters.subSequence(GROUP, LENGTH);
    }

    /** Reads a code as people write it: in capitals, with spaces, without its hyphen; empty if it is none. */
    static Optional<String> read(String typed) {
        if (typed.length() > MAX_TYPED_CHARS) {
            return Optional.empty();
        }
        String letters = typed.toLowerCase(Locale.ROOT).replaceAll("[\\s-]", "");
        boolean isCode =
                letters.length() == LENGTH
                        && letters.chars().allMatch(letter -> LETTERS.indexOf(letter) >= 0);
        return isCode ? Optional.of(grouped(letters)) : Optional.empty();
    }

    /** The room in which a call takes place. */
    static String room(String code) {
        return ROOM_PREFIX + code;
    }

    /** The code of the call that takes place in a room; empty if it is another room. */
    static Optional<String> ofRoom(String room) {
        if (!room.startsWith(ROOM_PREFIX)) {
            return Optional.empty();
        }
        String code = room.substring(ROOM_PREFIX.length());
        return read(code).filter(code::equals);
    }
}
