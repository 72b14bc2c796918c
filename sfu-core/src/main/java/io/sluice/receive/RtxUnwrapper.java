package io.sluice.receive;

import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/** Turns a retransmission back into the packet it repeats, in place (RFC 4588 4). */
final class RtxUnwrapper {
    private static final int OSN_BYTES = 2;

    private RtxUnwrapper() {}

    /**
     * Rewrites the packet under {@code packet}: the header moves up over the original sequence number,
     * which takes its own place, and SSRC and payload type become those of the media.
     *
     * @return false if there is no original sequence number, or the result is no packet
     */
    static boolean unwrap(RtpPacket packet, int mediaSsrc, int mediaPayloadType) {
        if (packet.payloadBytes() < OSN_BYTES) {
            return false;
        }
        MemorySegment memory = packet.memory();
        int original = Wire.u16(memory, packet.payloadOffset());
        long from = packet.offset();
        long to = from + OSN_BYTES;
        int length = packet.lengthBytes() - OSN_BYTES;
        boolean marker = packet.marker();
        MemorySegment.copy(memory, from, memory, to, packet.headerBytes());
        Wire.put8(memory, to + 1, (marker ? 0x80 : 0) | mediaPayloadType);
        Wire.put16(memory, to + 2, original);
        Wire.put32(memory, to + 8, mediaSsrc);
        return packet.wrap(memory, to, length);
    }
}
