package io.sluice.bandwidth;

import io.sluice.rtp.Arrivals;
import io.sluice.rtp.RtcpWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a client says of packets with transport-wide numbers, some at a time. */
public final class TransportWideReports {
    private static final int ROOM_BYTES = 1 << 16;
    private static final int BEHIND_MAX = 2_000;

    private final List<Long> arrived = new ArrayList<>();
    private final List<Long> arrivedNanos = new ArrayList<>();
    private final MemorySegment memory = Arena.ofAuto().allocate(ROOM_BYTES);
    private final RtcpWriter writer = new RtcpWriter();
    private long reported;
    private int messages;

    /**
     * @param first the lowest number that will be sent
     */
    public TransportWideReports(long first) {
        reported = first - 1;
    }

    public void onArrival(long sequence, long arrivalNanos) {
        arrived.add(sequence);
        arrivedNanos.add(arrivalNanos);
    }

    /** Messages on all that came since the last ones; none if nothing did. */
    public List<byte[]> take() {
        List<byte[]> taken = new ArrayList<>();
        if (arrived.isEmpty()) {
            return taken;
        }
        long highest = arrived.stream().mapToLong(Long::longValue).max().orElseThrow();
        long lowest = arrived.stream().mapToLong(Long::longValue).min().orElseThrow();
        long base = Math.max(Math.min(reported + 1, lowest), highest - BEHIND_MAX);
        long[] ticks = new long[(int) (highest - base + 1)];
        Arrays.fill(ticks, RtcpWriter.NOT_RECEIVED);
        for (int i = 0; i < arrived.size(); i++) {
            if (arrived.get(i) >= base) {
                ticks[(int) (arrived.get(i) - base)] = arrivedNanos.get(i) / Arrivals.TICK_NANOS;
            }
        }
        for (int done = 0; done < ticks.length; ) {
            writer.begin(memory, 0, ROOM_BYTES);
            long[] left = Arrays.copyOfRange(ticks, done, ticks.length);
            int written =
                    writer.transportWide(1, 2, messages++ & 0xff, base + done, left, left.length);
            if (written == 0) {
                break;
            }
            done += written;
            taken.add(memory.asSlice(0, writer.lengthBytes()).toArray(ValueLayout.JAVA_BYTE));
        }
        reported = Math.max(reported, highest);
        arrived.clear();
        arrivedNanos.clear();
        return taken;
    }
}
