package io.sluice.rtp;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Writes the header of one RTP packet (RFC 3550 5.1) with its extension block (RFC 8285): {@link
 * #begin}, any number of {@code add}, then {@link #end}.
 *
 * <p>The one-byte form is written unless an id above 14 or a length of 0 or above 16 needs the
 * two-byte form. Which one is known only at the end, so elements are noted when added and written by
 * {@link #end}: the memory that they come from must not be where the header goes.
 *
 * <p>Owned by one loop; allocates nothing per packet.
 */
public final class RtpHeaderWriter {
    /** What {@link #end} returns when the header is longer than its room. */
    public static final int NO_ROOM = -1;

    /** Elements beyond this many are left out. */
    public static final int ELEMENTS_MAX = RtpPacket.ELEMENTS_MAX;

    private static final int ONE_BYTE_ID_MAX = 14;
    private static final int ONE_BYTE_LENGTH_MAX = 16;

    private final int[] ids = new int[ELEMENTS_MAX];
    private final int[] lengths = new int[ELEMENTS_MAX];
    private final long[] values = new long[ELEMENTS_MAX];
    private final @Nullable MemorySegment[] sources = new MemorySegment[ELEMENTS_MAX];
    private int elements;
    private int dataBytes;
    private boolean twoByteForm;

    private MemorySegment memory = MemorySegment.NULL;
    private long offset;
    private int limitBytes;

    /**
     * Begins a header at {@code offset}.
     *
     * @param limitBytes the room for the whole header
     * @param payloadType the low 7 bits are written
     * @param sequence the low 16 bits are written, so an unwrapped number can be passed
     * @param timestamp the low 32 bits are written
     */
    public void begin(
            MemorySegment memory,
            long offset,
            int limitBytes,
            boolean marker,
            int payloadType,
            long sequence,
            long timestamp,
            int ssrc) {
        this.memory = memory;
        this.offset = offset;
        this.limitBytes = limitBytes;
        elements = 0;
        dataBytes = 0;
        twoByteForm = false;
        if (limitBytes >= RtpPacket.HEADER_BYTES) {
            Wire.put8(memory, offset, 0x80);
            Wire.put8(memory, offset + 1, (marker ? 0x80 : 0) | (payloadType & 0x7f));
            Wire.put16(memory, offset + 2, (int) sequence);
            Wire.put32(memory, offset + 4, (int) timestamp);
            Wire.put32(memory, offset + 8, ssrc);
        }
    }

    /** Adds an element whose data is the low {@code bytes} (1 to 8) bytes of {@code value}. */
    public void add(int id, long value, int bytes) {
        if (note(id, bytes)) {
            values[elements - 1] = value;
            sources[elements - 1] = null;
        }
    }

    /** Adds an element whose data is {@code bytes} (0 to 255) bytes of other memory. */
    public void add(int id, MemorySegment from, long fromOffset, int bytes) {
        if (note(id, bytes)) {
            values[elements - 1] = fromOffset;
            sources[elements - 1] = from;
        }
    }

    private boolean note(int id, int bytes) {
        if (elements == ELEMENTS_MAX) {
            return false;
        }
        ids[elements] = id;
        lengths[elements] = bytes;
        elements++;
        dataBytes += bytes;
        twoByteForm |= id > ONE_BYTE_ID_MAX || bytes == 0 || bytes > ONE_BYTE_LENGTH_MAX;
        return true;
    }

    /** Writes the extension block, if there are elements; returns the length of the header or {@link #NO_ROOM}. */
    public int end() {
        int headBytes = twoByteForm ? 2 : 1;
        int blockBytes = (dataBytes + elements * headBytes + 3) & ~3;
        int headerBytes = RtpPacket.HEADER_BYTES;
        if (elements > 0) {
            headerBytes += RtpPacket.EXTENSION_HEADER_BYTES + blockBytes;
        }
        if (headerBytes > limitBytes) {
            return NO_ROOM;
        }
        if (elements > 0) {
            writeBlock(blockBytes, offset + headerBytes);
        }
        return headerBytes;
    }

    /** Says that padding follows the payload (RFC 3550 5.1); after {@link #end}. */
    public void setPadding() {
        Wire.put8(memory, offset, Wire.u8(memory, offset) | 0x20);
    }

    private void writeBlock(int blockBytes, long end) {
        Wire.put8(memory, offset, 0x90);
        long at = offset + RtpPacket.HEADER_BYTES;
        Wire.put16(
                memory, at, twoByteForm ? RtpPacket.TWO_BYTE_PROFILE : RtpPacket.ONE_BYTE_PROFILE);
        Wire.put16(memory, at + 2, blockBytes / 4);
        at += RtpPacket.EXTENSION_HEADER_BYTES;
        for (int i = 0; i < elements; i++) {
            if (twoByteForm) {
                Wire.put8(memory, at++, ids[i]);
                Wire.put8(memory, at++, lengths[i]);
            } else {
                Wire.put8(memory, at++, ids[i] << 4 | (lengths[i] - 1));
            }
            writeData(i, at);
            at += lengths[i];
        }
        while (at < end) {
            Wire.put8(memory, at++, 0);
        }
    }

    private void writeData(int index, long at) {
        int bytes = lengths[index];
        MemorySegment source = sources[index];
        if (source != null) {
            MemorySegment.copy(source, values[index], memory, at, bytes);
            return;
        }
        for (int i = 0; i < bytes; i++) {
            Wire.put8(memory, at + i, (int) (values[index] >>> (8 * (bytes - 1 - i))));
        }
    }
}
