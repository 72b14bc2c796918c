package io.sluice.server.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which packets came and when, until that is reported (RFC 8888).
 *
 * <p>Owned by the client's loop.
 */
final class ArrivalLog {
    /** What fits in one packet of RTCP beside other streams. */
    private static final int REPORTED_MAX = 200;

    private static final class Stream {
        private final Map<Integer, Long> arrivals = new HashMap<>();
        private int next;
        private int highest;

        private Stream(int sequence) {
            next = sequence;
            highest = sequence;
        }
    }

    private final Map<Integer, Stream> streams = new LinkedHashMap<>();

    void onPacket(int ssrc, int sequence, long nowNanos) {
        Stream stream = streams.computeIfAbsent(ssrc, _ -> new Stream(sequence));
        if ((short) (sequence - stream.highest) > 0) {
            stream.highest = sequence;
        }
        if ((short) (sequence - stream.next) >= 0) {
            stream.arrivals.put(sequence, nowNanos);
        }
    }

    /** What came since this was asked last. */
    List<RtcpOut.StreamReport> take() {
        List<RtcpOut.StreamReport> reports = new ArrayList<>();
        streams.forEach((ssrc, stream) -> {
            if (stream.arrivals.isEmpty()) {
                return;
            }
            int count = Math.min((short) (stream.highest - stream.next) + 1, REPORTED_MAX);
            long[] arrivals = new long[count];
            Arrays.setAll(
                    arrivals,
                    i ->
                            stream.arrivals.getOrDefault(
                                    stream.next + i & 0xFFFF, RtcpOut.NOT_RECEIVED));
            reports.add(new RtcpOut.StreamReport(ssrc, stream.next, arrivals));
            stream.next = stream.next + count & 0xFFFF;
            stream.arrivals.keySet().removeIf(one -> (short) (one - stream.next) < 0);
        });
        return reports;
    }
}
