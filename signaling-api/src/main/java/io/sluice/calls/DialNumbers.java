package io.sluice.calls;

import java.util.Locale;
import java.util.Optional;

/**
 * The numbers under which devices are rung: twelve letters in three groups, as {@code abcd-efgh-jkmn}. Each follows
 * from the device's key, so that only who has the key rings, and answers, under it.
 */
final class DialNumbers {
    /** As in codes; there are 2 · 10^16 numbers, too many to be tried out. */
    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz";

    private static final int GROUP = 4;
    private static final int LENGTH = 3 * GROUP;
    private static final int MAX_TYPED_CHARS = 48;

    private DialNumbers() {}

    static String of(String device) {
        String hash = Secrets.hash("number/" + device);
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            int value = Integer.parseInt(hash, 4 * i, 4 * i + 4, 16);
            letters.append(LETTERS.charAt(value % LETTERS.length()));
        }
        return grouped(letters);
    }

    private static String grouped(CharSequence letters) {
        return letters.subSequence(0, GROUP)
                + "-"
                + letters.subSequence(GROUP, 2 * GROUP)
                + "-"
                + letters.subSequence(2 * GROUP, LENGTH);
    }

    /** Reads a number as people write it; empty if it is none. */
    static Optional<String> read(String typed) {
        if (typed.length() > MAX_TYPED_CHARS) {
            return Optional.empty();
        }
        String letters = typed.toLowerCase(Locale.ROOT).replaceAll("[\\s-]", "");
        boolean isNumber =
                letters.length() == LENGTH
                        && letters.chars().allMatch(letter -> LETTERS.indexOf(letter) >= 0);
        return isNumber ? Optional.of(grouped(letters)) : Optional.empty();
    }
}
