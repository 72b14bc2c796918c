package io.sluice.room;

import java.util.random.RandomGenerator;

/** Makes the ids that clients see: a prefix that says of what, and 12 letters without lookalikes. */
final class Ids {
    private static final String ALPHABET =
            "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final int LENGTH = 12;

    private Ids() {}

    static String participant(RandomGenerator random) {
        return id("PA_", random);
    }

    static String room(RandomGenerator random) {
        return id("RM_", random);
    }

    private static String id(String prefix, RandomGenerator random) {
        StringBuilder id = new StringBuilder(prefix);
        for (int i = 0; i < LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}
