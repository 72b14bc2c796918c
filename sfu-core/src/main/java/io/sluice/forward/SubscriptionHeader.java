package io.sluice.forward;

import io.sluice.codec.DependencyWriter;
import io.sluice.codec.PayloadInfo;
import io.sluice.codec.Red;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.Wire;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The RTP headers of one subscription, as long as its numbers hold: with its MID, the transport-wide
 * number or the time of sending, and what passes from publisher to viewer.
 *
 * <p>Most packets have nothing that passes, and a short MID: then all but sequence, timestamp, marker and
 * transport-wide number is the same in all of them, and three words of memory are written. The general
 * writer would do the same, some bytes at a time. Owned by the viewer's loop; it changes nothing.
 */
final class SubscriptionHeader {
    /** Instead of a transport-wide number or a time: neither was negotiated. */
    static final int NO_DEPARTURE = -1;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** Extensions that pass from publisher to viewer as they are. */
    private static final HeaderExtension[] PASSED = {
        HeaderExtension.AUDIO_LEVEL,
        HeaderExtension.VIDEO_ORIENTATION,
        HeaderExtension.PLAYOUT_DELAY,
        HeaderExtension.ABS_CAPTURE_TIME,
        HeaderExtension.DEPENDENCY_DESCRIPTOR
    };

    private static final int ROOM_BYTES = 256;
    private static final int ONE_BYTE_ID_MAX = 14;
    private static final int TRANSPORT_SEQUENCE_BYTES = 2;
    private static final int SEND_TIME_BYTES = 3;

    /** Version 2, with an extension block (RFC 3550 5.1). */
    private static final long FIRST_BYTE = 0x90L << 56;

    private static final long PADDING = 0x20L << 56;
    private static final long MARKER = 0x80L << 48;

    // The short form; its length is 0 where there is none.
    private final int shortBytes;
    private final long payloadType;
    private final boolean takesRed;
    private final long sourceAndBlock;
    private final long elements;
    private final long departureMask;
    private final int departureShift;

    /** Which elements of the publisher's pass, as {@link RtpPacket#elementMask}. */
    private final long passedMask;

    private final boolean describes;

    /** Where a dependency descriptor is written anew; made if it passes. */
    private final MemorySegment descriptor;

    private final DependencyWriter descriptors = new DependencyWriter();

    private final SubscriptionFormat format;
    private final RtpHeaderWriter writer;
    private final MemorySegment mid;
    private final int midId;

    /** Of what each departure has of its own: its transport-wide number, or its time where there is none. */
    private final int departureId;

    private final int departureBytes;
    private final boolean numbersTransport;
    private final int[] passedFrom = new int[PASSED.length];
    private final int[] passedTo = new int[PASSED.length];

    /**
     * @param source the publisher's ids
     * @param writer the loop's
     */
    SubscriptionHeader(SubscriptionFormat format, ExtensionMap source, RtpHeaderWriter writer) {
        this.format = format;
        this.writer = writer;
        takesRed = format.takesRed();
        ExtensionMap extensions = format.extensions();
        mid = Arena.ofAuto().allocateFrom(format.mid());
        midId = extensions.id(HeaderExtension.MID);
        int numberId = extensions.id(HeaderExtension.TRANSPORT_WIDE_SEQUENCE);
        numbersTransport = numberId != 0;
        departureId = numbersTransport ? numberId : extensions.id(HeaderExtension.ABS_SEND_TIME);
        departureBytes = numbersTransport ? TRANSPORT_SEQUENCE_BYTES : SEND_TIME_BYTES;
        long mask = 0;
        for (int i = 0; i < PASSED.length; i++) {
            passedFrom[i] = source.id(PASSED[i]);
            passedTo[i] = extensions.id(PASSED[i]);
            mask |= passedTo[i] == 0 ? 0 : RtpPacket.elementMask(passedFrom[i]);
        }
        passedMask = mask;
        describes =
                source.id(HeaderExtension.DEPENDENCY_DESCRIPTOR) != 0
                        && extensions.id(HeaderExtension.DEPENDENCY_DESCRIPTOR) != 0;
        descriptor =
                describes
                        ? Arena.ofAuto().allocate(DependencyWriter.BYTES_MAX)
                        : MemorySegment.NULL;

        int midBytes = midId == 0 ? 0 : 1 + format.mid().length();
        int numberBytes = departureId == 0 ? 0 : 1 + departureBytes;
        int blockBytes = (midBytes + numberBytes + 3) & ~3;
        boolean isShort =
                blockBytes > 0
                        && blockBytes <= Long.BYTES
                        && midBytes != 1
                        && midId <= ONE_BYTE_ID_MAX
                        && departureId <= ONE_BYTE_ID_MAX;
        shortBytes =
                isShort
                        ? RtpPacket.HEADER_BYTES + RtpPacket.EXTENSION_HEADER_BYTES + blockBytes
                        : 0;
        payloadType = (long) (format.payloadType() & 0x7f) << 48;
        sourceAndBlock =
                (long) format.ssrc() << 32
                        | (long) RtpPacket.ONE_BYTE_PROFILE << 16
                        | blockBytes / Integer.BYTES;
        departureMask = numberBytes == 0 ? 0 : (1 << (8 * departureBytes)) - 1;
        departureShift = Math.max(0, 8 * (Long.BYTES - midBytes - numberBytes));
        elements = isShort ? elements(midBytes) : 0;
    }

    /** Both elements as they stand in the packet, with 0 for the transport-wide number. */
    private long elements(int midBytes) {
        long bytes = 0;
        int shift = Long.SIZE;
        if (midBytes > 0) {
            shift -= Byte.SIZE;
            bytes |= (long) (midId << 4 | (midBytes - 2)) << shift;
            for (int i = 0; i < midBytes - 1; i++) {
                shift -= Byte.SIZE;
                bytes |= (long) Wire.u8(mid, i) << shift;
            }
        }
        if (departureId != 0) {
            shift -= Byte.SIZE;
            bytes |= (long) (departureId << 4 | (departureBytes - 1)) << shift;
        }
        return bytes;
    }

    /** Whether packets carry a transport-wide number. */
    boolean numbersTransport() {
        return numbersTransport;
    }

    /** Whether packets carry the time when they leave: only where they carry no transport-wide number. */
    boolean timesDepartures() {
        return departureId != 0 && !numbersTransport;
    }

    /** The time of abs-send-time, in seconds of 6.18 bits fixed point. */
    static int departureTime(long nowNanos) {
        long units = Math.floorMod(nowNanos, 64 * NANOS_PER_SECOND) << 18;
        return (int) (units / NANOS_PER_SECOND);
    }

    /** Whether the viewer gets dependency descriptors. */
    boolean describes() {
        return describes;
    }

    /**
     * Writes the header of a media packet; a little of what comes behind it may be overwritten.
     *
     * @param packet the publisher's
     * @param info what is in it; looked into only if the dependency descriptor changes
     * @param rewrite what changes, as {@link Rewrite}
     * @param padded whether padding follows the payload
     * @param departure the transport-wide number, or where there is none the {@link #departureTime}
     * @return its length, or {@link RtpHeaderWriter#NO_ROOM}
     */
    int writeMedia(
            MemorySegment memory,
            long at,
            RtpPacket packet,
            PayloadInfo info,
            long rewrite,
            boolean padded,
            long sequence,
            int timestamp,
            int departure) {
        if (shortBytes == 0 || (packet.elementMask() & passedMask) != 0) {
            int headerBytes =
                    write(
                            memory,
                            at,
                            packet,
                            info,
                            rewrite,
                            payloadTypeOf(packet),
                            sequence,
                            timestamp,
                            format.ssrc(),
                            departure);
            if (padded && headerBytes != RtpHeaderWriter.NO_ROOM) {
                writer.setPadding();
            }
            return headerBytes;
        }
        Wire.put64(
                memory,
                at,
                FIRST_BYTE
                        | (padded ? PADDING : 0)
                        | (packet.marker() || Rewrite.hasMarker(rewrite) ? MARKER : 0)
                        | (takesRed ? (long) payloadTypeOf(packet) << 48 : payloadType)
                        | (sequence & 0xffff) << 32
                        | Integer.toUnsignedLong(timestamp));
        Wire.put64(memory, at + Long.BYTES, sourceAndBlock);
        long number = (departure & departureMask) << departureShift;
        Wire.put64(memory, at + 2 * Long.BYTES, elements | number);
        return shortBytes;
    }

    private int payloadTypeOf(RtpPacket packet) {
        return takesRed && packet.payloadType() == Red.PAYLOAD_TYPE
                ? format.redPayloadType()
                : format.payloadType();
    }

    /** Writes the header of a retransmission; as {@link #writeMedia}. */
    int writeRetransmission(
            MemorySegment memory,
            long at,
            RtpPacket packet,
            PayloadInfo info,
            long rewrite,
            long sequence,
            int timestamp,
            int departure) {
        return write(
                memory,
                at,
                packet,
                info,
                rewrite,
                format.rtxPayloadType(),
                sequence,
                timestamp,
                format.rtxSsrc(),
                departure);
    }

    /** Writes the header of a packet of nothing but padding; its length, or {@link RtpHeaderWriter#NO_ROOM}. */
    int writePadding(MemorySegment memory, long at, long sequence, int timestamp, int departure) {
        return writePadding(
                memory, at, format.payloadType(), sequence, timestamp, format.ssrc(), departure);
    }

    /** Writes the header of a packet of nothing but padding among the retransmissions; as {@link #writePadding}. */
    int writeProbe(MemorySegment memory, long at, long sequence, int timestamp, int departure) {
        return writePadding(
                memory,
                at,
                format.rtxPayloadType(),
                sequence,
                timestamp,
                format.rtxSsrc(),
                departure);
    }

    private int writePadding(
            MemorySegment memory,
            long at,
            int type,
            long sequence,
            int timestamp,
            int ssrc,
            int departure) {
        begin(memory, at, false, type, sequence, timestamp, ssrc, departure);
        int headerBytes = writer.end();
        if (headerBytes != RtpHeaderWriter.NO_ROOM) {
            writer.setPadding();
        }
        return headerBytes;
    }

    private void begin(
            MemorySegment memory,
            long at,
            boolean marker,
            int type,
            long sequence,
            int timestamp,
            int ssrc,
            int departure) {
        writer.begin(memory, at, ROOM_BYTES, marker, type, sequence, timestamp, ssrc);
        if (midId != 0) {
            writer.add(midId, mid, 0, format.mid().length());
        }
        if (departureId != 0) {
            writer.add(departureId, departure, departureBytes);
        }
    }

    private int write(
            MemorySegment memory,
            long at,
            RtpPacket packet,
            PayloadInfo info,
            long rewrite,
            int type,
            long sequence,
            int timestamp,
            int ssrc,
            int departure) {
        boolean marker = packet.marker() || Rewrite.hasMarker(rewrite);
        begin(memory, at, marker, type, sequence, timestamp, ssrc, departure);
        for (int i = 0; i < passedTo.length; i++) {
            if (passedTo[i] != 0 && passedFrom[i] != 0) {
                int bytes = packet.find(passedFrom[i]);
                if (bytes != RtpPacket.ABSENT) {
                    pass(i, packet, bytes, info, rewrite);
                }
            }
        }
        return writer.end();
    }

    private void pass(int index, RtpPacket packet, int bytes, PayloadInfo info, long rewrite) {
        boolean changes =
                PASSED[index] == HeaderExtension.DEPENDENCY_DESCRIPTOR && Rewrite.hasFrame(rewrite);
        if (!changes) {
            writer.add(passedTo[index], packet.memory(), packet.foundOffset(), bytes);
            return;
        }
        int written =
                descriptors.write(
                        packet.memory(),
                        packet.foundOffset(),
                        bytes,
                        info,
                        Rewrite.frameNumber(rewrite),
                        Rewrite.targets(rewrite),
                        descriptor,
                        0);
        writer.add(passedTo[index], descriptor, 0, written);
    }
}
