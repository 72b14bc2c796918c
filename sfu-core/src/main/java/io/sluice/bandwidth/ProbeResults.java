package io.sluice.bandwidth;

/**
 * What probes have shown: the rate at which the packets of one arrived, if enough did.
 *
 * <p>Owned by the viewer's loop.
 */
final class ProbeResults {
    /** Under way at once: more are not planned within a round trip. */
    private static final int CLUSTERS = 8;

    private static final double ENOUGH = 0.8;

    /** Packets do not come together on the way so much. */
    private static final double FASTER_MAX = 2;

    /** What comes slower than this share of how it left has filled the path. */
    private static final double FILLED_BELOW = 0.9;

    /** Of the time in which a probe left, that the way of its last packet took longer: the path was not full. */
    private static final double SLOWER_MAX = 0.1;

    /** Of what passes when the path is full. */
    private static final double USED = 0.95;

    private static final long SPAN_MAX_NANOS = 1_000_000_000;
    private static final double BITS_NANOS = 8e9;

    private static final class Cluster {
        int id;
        int packetsMin;
        int bytesMin;
        int packets;
        int bytes;
        long firstSentNanos;
        long lastSentNanos;
        int lastSentBytes;
        long firstArrivalNanos;
        int firstArrivalBytes;
        long lastArrivalNanos;

        /** How long the way took at its least, and that of the last packet. */
        long shortestNanos;

        long lastNanos;
    }

    private final Cluster[] clusters = new Cluster[CLUSTERS];
    private int next;
    private long found;
    private boolean filled;

    ProbeResults() {
        for (int i = 0; i < CLUSTERS; i++) {
            clusters[i] = new Cluster();
        }
    }

    void reset() {
        for (Cluster cluster : clusters) {
            cluster.id = 0;
        }
        found = 0;
    }

    /** Packets with this id will come. */
    void expect(ProbePlan plan) {
        Cluster cluster = clusters[next];
        next = (next + 1) % CLUSTERS;
        cluster.id = plan.id();
        cluster.packetsMin = (int) (ENOUGH * plan.packets());
        cluster.bytesMin = (int) (ENOUGH * plan.sizeBytes());
        cluster.packets = 0;
        cluster.bytes = 0;
    }

    void onPacket(int id, int sizeBytes, long sentNanos, long arrivalNanos) {
        for (Cluster cluster : clusters) {
            if (cluster.id == id) {
                add(cluster, sizeBytes, sentNanos, arrivalNanos);
                return;
            }
        }
    }

    private void add(Cluster cluster, int sizeBytes, long sentNanos, long arrivalNanos) {
        if (cluster.packets == 0) {
            cluster.firstSentNanos = sentNanos;
            cluster.lastSentNanos = sentNanos;
            cluster.lastSentBytes = sizeBytes;
            cluster.firstArrivalNanos = arrivalNanos;
            cluster.firstArrivalBytes = sizeBytes;
            cluster.lastArrivalNanos = arrivalNanos;
            cluster.shortestNanos = arrivalNanos - sentNanos;
        }
        cluster.packets++;
        cluster.bytes += sizeBytes;
        cluster.shortestNanos = Math.min(cluster.shortestNanos, arrivalNanos - sentNanos);
        if (sentNanos >= cluster.lastSentNanos) {
            cluster.lastSentNanos = sentNanos;
            cluster.lastSentBytes = sizeBytes;
            cluster.lastNanos = arrivalNanos - sentNanos;
        }
        cluster.firstSentNanos = Math.min(cluster.firstSentNanos, sentNanos);
        if (arrivalNanos < cluster.firstArrivalNanos) {
            cluster.firstArrivalNanos = arrivalNanos;
            cluster.firstArrivalBytes = sizeBytes;
        }
        cluster.lastArrivalNanos = Math.max(cluster.lastArrivalNanos, arrivalNanos);
        if (cluster.packets >= cluster.packetsMin && cluster.bytes >= cluster.bytesMin) {
            // The last result of a cluster stands: it has seen the most.
            found = rate(cluster);
        }
    }

    /** Bits per second, or 0 if the cluster cannot tell. */
    private long rate(Cluster cluster) {
        long sentFor = cluster.lastSentNanos - cluster.firstSentNanos;
        long arrivedFor = cluster.lastArrivalNanos - cluster.firstArrivalNanos;
        if (sentFor <= 0
                || sentFor > SPAN_MAX_NANOS
                || arrivedFor <= 0
                || arrivedFor > SPAN_MAX_NANOS) {
            return 0;
        }
        double sent = (cluster.bytes - cluster.lastSentBytes) * BITS_NANOS / sentFor;
        double arrived = (cluster.bytes - cluster.firstArrivalBytes) * BITS_NANOS / arrivedFor;
        if (arrived > FASTER_MAX * sent) {
            return 0;
        }
        // If a large packet is followed by small ones, they arrive in the time that it took to
        // leave.
        boolean slowed = cluster.lastNanos - cluster.shortestNanos > SLOWER_MAX * sentFor;
        filled = slowed && arrived < FILLED_BELOW * sent;
        if (!slowed) {
            return (long) sent;
        }
        return (long) (filled ? USED * arrived : Math.min(sent, arrived));
    }

    /** Whether the last probe filled the path, so that it may have pushed others aside. */
    boolean filled() {
        return filled;
    }

    /** The bits per second that were found since the last question, or 0. */
    long take() {
        long result = found;
        found = 0;
        return result;
    }
}
