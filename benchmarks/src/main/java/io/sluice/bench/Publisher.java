package io.sluice.bench;

import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.Wire;
import io.sluice.srtp.SrtpContext;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Who sends VP8, as protected packets.
 *
 * <p>Owned by the thread that asks for packets.
 */
final class Publisher {
    static final int SSRC = 0x1111_1111;
    static final int PAYLOAD_TYPE = 96;
    static final int MID = 1;
    static final int TRANSPORT_WIDE_SEQUENCE = 3;

    private static final int MAX_HEADER_BYTES = 64;
    private static final int MAX_PAYLOAD_BYTES = 1400;
    private static final int FRAME_TICKS = 3_000;

    /** X, I, and a picture id of 15 bits (RFC 7741 4.2). */
    private static final int DESCRIPTOR_BYTES = 4;

    private final SrtpContext srtp;
    private final RtpHeaderWriter writer = new RtpHeaderWriter();
    private final MemorySegment payload = Arena.ofAuto().allocate(MAX_PAYLOAD_BYTES);
    private int sequence;
    private int timestamp;
    private int pictureId;

    Publisher(SrtpContext srtp) {
        this.srtp = srtp;
        payload.fill((byte) 'a');
    }

    /** What comes next belongs to another frame. */
    void nextFrame() {
        timestamp += FRAME_TICKS;
        pictureId++;
    }

    /**
     * Writes the next packet of the frame.
     *
     * @param last of its frame
     * @return its length
     */
    int write(
            MemorySegment memory,
            long at,
            int payloadBytes,
            boolean first,
            boolean keyframe,
            boolean last) {
        Wire.put8(payload, 0, first ? 0x90 : 0x80);
        Wire.put8(payload, 1, 0x80);
        Wire.put16(payload, 2, 0x8000 | (pictureId & 0x7fff));
        // RFC 6386 9.1: the lowest bit is clear in a keyframe, whose start code and size follow.
        Wire.put24(payload, DESCRIPTOR_BYTES, first && keyframe ? 0x10_0000 : 0x11_0000);
        Wire.put24(payload, DESCRIPTOR_BYTES + 3, 0x9d_012a);
        Wire.put32(payload, DESCRIPTOR_BYTES + 6, 0x0005_d002);
        writer.begin(memory, at, MAX_HEADER_BYTES, last, PAYLOAD_TYPE, sequence, timestamp, SSRC);
        writer.add(MID, '0', 1);
        writer.add(TRANSPORT_WIDE_SEQUENCE, sequence & 0xffff, 2);
        sequence++;
        return srtp.protectRtp(memory, at, writer.end(), 0, payload, 0, payloadBytes);
    }
}
