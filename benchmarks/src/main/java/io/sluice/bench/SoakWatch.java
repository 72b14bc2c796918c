package io.sluice.bench;

import io.sluice.bench.load.SocketDrops;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a server says of itself while a load runs.
 *
 * <p>Used by the thread that runs the load.
 */
final class SoakWatch implements LoadTrial.Watch {
    private static final ServerMetrics NONE = ServerMetrics.parse("");
    private static final double MICROS_PER_SECOND = 1e6;

    /** Dropped for good reasons: a viewer does not want it, or has got it. STUN is no media. */
    private static final Set<String> NOT_WANTED =
            Set.of(
                    "duplicate",
                    "padding_only",
                    "muted",
                    "before_switch",
                    "resend_unavailable",
                    "resend_too_soon",
                    "resend_left_behind",
                    "resend_limit");

    private static final String STUN = "stun_";
    private static final List<String> DROPS =
            List.of("sluice_media_packets_dropped_total", "sluice_udp_datagrams_dropped_total");

    private final ServerProcess server;
    private final GcLog log;
    private ServerMetrics before = NONE;
    private ServerMetrics after = NONE;
    private long socketDropsBefore;
    private long socketDropsAfter;

    SoakWatch(ServerProcess server, GcLog log) {
        this.server = server;
        this.log = log;
    }

    @Override
    public void windowOpens() throws IOException, InterruptedException {
        before = ServerMetrics.read(server.address());
        socketDropsBefore = SocketDrops.ofProcess(server.pid());
        log.skip();
    }

    @Override
    public void windowCloses() throws IOException, InterruptedException {
        after = ServerMetrics.read(server.address());
        socketDropsAfter = SocketDrops.ofProcess(server.pid());
    }

    GcLog.Longest longestPauses() throws IOException {
        return log.longest();
    }

    /** What arrived at its sockets, was wanted by a viewer, and was not sent: packets by reason. */
    Map<String, Long> lost() {
        Map<String, Long> lost = new TreeMap<>();
        for (String counter : DROPS) {
            after.byReason(counter).forEach((reason, count) -> add(lost, reason, count));
            before.byReason(counter).forEach((reason, count) -> add(lost, reason, -count));
        }
        add(lost, "kernel", socketDropsAfter - socketDropsBefore);
        lost.keySet().removeIf(reason -> NOT_WANTED.contains(reason) || reason.startsWith(STUN));
        lost.values().removeIf(count -> count == 0);
        return lost;
    }

    private static void add(Map<String, Long> sums, String reason, long count) {
        sums.merge(reason, count, Long::sum);
    }

    double allocatedBytes() {
        return passed("sluice_loop_allocated_bytes_total");
    }

    /** From the batch that packets came in with, to the end of the turn that sent them. */
    double meanLatencyMicros() {
        double packets = passed("sluice_forwarding_latency_seconds_count");
        double seconds = passed("sluice_forwarding_latency_seconds_sum");
        return seconds / Math.max(1, packets) * MICROS_PER_SECOND;
    }

    private double passed(String name) {
        return after.sum(name) - before.sum(name);
    }
}
