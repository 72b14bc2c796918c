package io.sluice.bench.load;

import io.sluice.receive.TransportFeedback;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtcpWriter;
import java.lang.foreign.MemorySegment;

/**
 * Says which packets came and when, as a browser does (transport-wide feedback).
 *
 * <p>Owned by the client's loop.
 */
final class ArrivalReports {
    private final TransportFeedback feedback;

    ArrivalReports(MediaCounters counters) {
        feedback = new TransportFeedback(counters);
    }

    /** Takes notice of an RTP packet, encrypted as it came. */
    void onPacket(MemorySegment memory, long at, int length, long nowNanos) {
        int number = ClearHeader.transportSequence(memory, at, length);
        if (number != ClearHeader.NONE) {
            feedback.onPacket(number, nowNanos);
        }
    }

    /** Writes what came since the last call, as far as it fits; its length, 0 if there is nothing to say. */
    int write(RtcpWriter writer, MemorySegment memory, long at, long nowNanos) {
        writer.begin(memory, at, Reports.ROOM_BYTES);
        writer.receiverReport(Reports.SENDER_SSRC);
        boolean written = false;
        while (feedback.write(writer, Reports.SENDER_SSRC, Reports.SENDER_SSRC, nowNanos)) {
            written = true;
        }
        return written ? writer.lengthBytes() : 0;
    }
}
