package io.sluice.bench;

import io.sluice.bench.load.Out;
import java.io.IOException;
import java.util.Map;

/**
 * Finds the highest number of a load's rooms that is carried without loss: a server that has little to
 * do is seldom asked what a packet costs (docs/decisions/006).
 */
final class Climb {
    private static final int WARM_UP_SECONDS = 8;
    private static final int SECONDS = 6;

    /** No machine that runs server and generator together carries more. */
    private static final int STEPS_MAX = 32;

    /** Frames do not end with the window: a load that is carried may show a little less. */
    private static final double CARRIED_SHARE = 0.98;

    private Climb() {}

    /** Puts a load on a server. */
    interface Trial {
        LoadTrial run(BenchLoad load, int warmUpSeconds, int seconds)
                throws IOException, InterruptedException;
    }

    /**
     * Puts on one room, then two, and so on, until something is lost or less arrives than was sent.
     *
     * @param servers by name: each has to carry it
     */
    static BenchLoad highest(BenchLoad load, Map<String, Trial> servers)
            throws IOException, InterruptedException {
        double[] alone = new double[servers.size()];
        for (int rooms = 1; rooms <= STEPS_MAX; rooms++) {
            int server = 0;
            for (Map.Entry<String, Trial> each : servers.entrySet()) {
                LoadTrial tried = each.getValue().run(load.times(rooms), WARM_UP_SECONDS, SECONDS);
                double packetsPerSecond = tried.run().packetsPerSecond();
                alone[server] = rooms == 1 ? packetsPerSecond : alone[server];
                boolean carried =
                        tried.lost() == 0
                                && packetsPerSecond >= CARRIED_SHARE * rooms * alone[server];
                Out.OUT.printf(
                        "%s times %d on %s: %,.0f packets/s, %d lost: %s%n",
                        load.name(),
                        rooms,
                        each.getKey(),
                        packetsPerSecond,
                        tried.lost(),
                        carried ? "carried" : "too much");
                if (!carried) {
                    return load.times(Math.max(1, rooms - 1));
                }
                server++;
            }
        }
        return load.times(STEPS_MAX);
    }
}
