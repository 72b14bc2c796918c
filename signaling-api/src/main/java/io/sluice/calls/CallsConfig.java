package io.sluice.calls;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of calls by code.
 *
 * @param directory of the database; null: a restart forgets all calls
 * @param maxCalls that are remembered, some KiB each: 10 000
 * @param keepUnused how long a call is remembered after its last newcomer; a weekly meeting keeps its code over
 *     the holidays: 60 days
 * @param callInterval between the calls that one address may make, on average: a school behind one address makes
 *     a hundred in an hour: 36 s
 * @param callBurst calls that one address may make at once: 100
 * @param wrongCodeInterval between the codes that an address may guess wrong: at this pace a guess among ten
 *     thousand calls takes a year: 5 s
 * @param wrongCodeBurst wrong codes at once; a hurried hand types a few: 20
 * @param maxAddresses whose calls and wrong codes are counted at a time: 10 000
 * @param tokenValidity of a token; each use of it looks at the call again: 12 h
 */
public record CallsConfig(
        @Nullable Path directory,
        int maxCalls,
        Duration keepUnused,
        Duration callInterval,
        int callBurst,
        Duration wrongCodeInterval,
        int wrongCodeBurst,
        int maxAddresses,
        Duration tokenValidity) {

    /** Without a directory. */
    public static CallsConfig defaults() {
        return new CallsConfig(
                null,
                10_000,
                Duration.ofDays(60),
                Duration.ofSeconds(36),
                100,
                Duration.ofSeconds(5),
                20,
                10_000,
                Duration.ofHours(12));
    }

    public CallsConfig withDirectory(Path changed) {
        return new CallsConfig(
                changed,
                maxCalls,
                keepUnused,
                callInterval,
                callBurst,
                wrongCodeInterval,
                wrongCodeBurst,
                maxAddresses,
                tokenValidity);
    }
}
