package io.sluice.api;

import java.time.Duration;

/** Checks of configured values, with messages for whoever configures. */
final class Settings {
    private Settings() {}

    static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    name + " is " + value + " but must be at least " + least + ".");
        }
    }

    static void requireAtMost(String name, long value, long most) {
        if (value > most) {
            throw new IllegalArgumentException(
                    name + " is " + value + " but must be at most " + most + ".");
        }
    }

    static void requirePositive(String name, Duration value) {
        // A timer counts milliseconds.
        if (value.toMillis() < 1) {
            throw new IllegalArgumentException(
                    name + " is " + value + " but must be at least a millisecond.");
        }
    }
}
