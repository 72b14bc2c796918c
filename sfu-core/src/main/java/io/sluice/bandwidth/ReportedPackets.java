package io.sluice.bandwidth;

import io.sluice.rtp.PacketReports;
import java.util.Arrays;

/**
 * What a message of RFC 8888 says of the packets that were sent, in the order in which they left: the message
 * goes stream by stream.
 *
 * <p>Owned by the viewer's loop; used again for each message.
 */
final class ReportedPackets {
    /** A datagram holds fewer reports. */
    private static final int INDEX_BITS = 16;

    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;

    private final StreamNumbers numbers = new StreamNumbers();

    /** The number of each, and in the lowest bits where its report stands. */
    private long[] found = {};

    private int size;

    /** See {@link StreamNumbers#add}. */
    void onSent(int ssrc, int sequence, long number, long oldest) {
        numbers.add(ssrc, sequence, number, oldest);
    }

    /** Looks for what is reported on. Until the next message the methods below are about what was found. */
    void read(PacketReports reports, SentPackets sent) {
        size = 0;
        if (found.length < reports.size()) {
            found = new long[reports.size()];
        }
        for (int i = 0; i < reports.size() && i <= INDEX_MASK; i++) {
            long number = numbers.find(reports.ssrc(i), reports.sequence(i));
            if (number != StreamNumbers.NONE && sent.has(number)) {
                found[size++] = (number << INDEX_BITS) | i;
            }
        }
        Arrays.sort(found, 0, size);
    }

    int size() {
        return size;
    }

    /** Among all packets. */
    long number(int index) {
        return found[index] >>> INDEX_BITS;
    }

    /** Where in the message its report stands. */
    int report(int index) {
        return (int) found[index] & INDEX_MASK;
    }
}
