package io.sluice.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody may have meant to write. */
public final class NearestName {
    /** Two slips of the hand; more is another word. */
    private static final int MAX_SLIPS = 2;

    private NearestName() {}

    /** The nearest of {@code names}, where one is near. */
    public static Optional<String> of(String written, Collection<String> names) {
        String lower = written.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
        return names.stream()
                .filter(name -> slips(lower, name.toLowerCase(Locale.ROOT)) <= MAX_SLIPS)
                .min(Comparator.comparingInt(name -> slips(lower, name.toLowerCase(Locale.ROOT))));
    }

    /** How many characters have to be changed, added, left out, or swapped with the next. */
    private static int slips(String one, String other) {
        int[][] costs = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    costs[i][j] = i + j;
                    continue;
                }
                int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                int cost =
                        Math.min(
                                costs[i - 1][j - 1] + change,
                                1 + Math.min(costs[i - 1][j], costs[i][j - 1]));
                boolean swapped =
                        i > 1
                                && j > 1
                                && one.charAt(i - 1) == other.charAt(j - 2)
                                && one.charAt(i - 2) == other.charAt(j - 1);
                costs[i][j] = swapped ? Math.min(cost, costs[i - 2][j - 2] + 1) : cost;
            }
        }
        return costs[one.length()][other.length()];
    }
}
