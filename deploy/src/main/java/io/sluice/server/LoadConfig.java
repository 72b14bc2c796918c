package io.sluice.server;

import io.sluice.api.Rate;

/**
 * How much the node takes on.
 *
 * @param maxStress above which newcomers are refused (503 with Retry-After) so that those who are in do not
 *     suffer; 1 is a loop that does nothing but compute. Each who comes in adds a keyframe to all the others:
 *     0.85. In development nobody is refused
 * @param shedStress above which a loop leaves out the highest layers of all that it sends, dearest first, and gives
 *     them back once they fit; audio and the lowest layers stay. Newcomers are refused first, so it is no less than
 *     maxStress; above 1 packets wait: 0.95. In development nothing is left out
 * @param packetsPerSecond that one loop may carry, in and out; as many are a stress of 1, whatever the CPU says.
 *     For virtual machines whose network is narrower than their CPU. 0, for no such bound
 * @param joins of the whole node. A join costs some milliseconds of ICE and DTLS: 200 a second are most of a
 *     core; at once come a lecture's listeners: 2 000
 * @param joinsPerKey with tokens of one API key; calls by code count as one key. The limit of the node is enough
 *     where all keys are one's own: 1 000 000, which is no limit
 */
public record LoadConfig(
        double maxStress, double shedStress, int packetsPerSecond, Rate joins, Rate joinsPerKey) {
    private static final Rate ANY = new Rate(1_000_000, 1_000_000);
    private static final double MAX_STRESS = 10;

    public LoadConfig {
        if (!(maxStress > 0 && maxStress <= MAX_STRESS)) {
            throw new IllegalArgumentException(
                    "maxStress is " + maxStress + " but must be above 0, up to 10.");
        }
        if (!(shedStress >= maxStress && shedStress <= MAX_STRESS)) {
            throw new IllegalArgumentException(
                    "shedStress is "
                            + shedStress
                            + " but must be at least maxStress, which is "
                            + maxStress
                            + ", up to 10.");
        }
        if (packetsPerSecond < 0) {
            throw new IllegalArgumentException("packetsPerSecond must not be negative.");
        }
    }

    public static LoadConfig defaults() {
        return new LoadConfig(0.85, 0.95, 0, new Rate(200, 2_000), ANY);
    }

    /** Takes everybody. */
    public static LoadConfig unbounded() {
        return new LoadConfig(MAX_STRESS, MAX_STRESS, 0, ANY, ANY);
    }
}
