package io.sluice.rtp;

import java.lang.foreign.MemorySegment;

/**
 * A view of one RTP packet in memory (RFC 3550 5.1), moved from packet to packet by {@link #wrap}.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           timestamp                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           synchronization source (SSRC) identifier            |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |            contributing source (CSRC) identifiers             |
 * |                             ....                              |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |  0xBEDE or 0x100 + appbits    |  length in 32-bit words       |  (X: RFC 8285)
 * |                    extension elements, padded                 |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |                    payload, then padding (P)                  |
 * </pre>
 *
 * <p>Owned by one loop. Reads nothing outside the bytes that were wrapped, and allocates nothing. All
 * accessors are meaningless after a {@link #wrap} that returned false.
 */
public final class RtpPacket {
    /** The fixed part of the header. */
    public static final int HEADER_BYTES = 12;

    /** What lookups return for an extension that the packet does not carry. */
    public static final int ABSENT = -1;

    /** Elements beyond this many are not seen: no client sends more than about ten. */
    public static final int ELEMENTS_MAX = 32;

    /** Begins an extension block of elements with one byte before each (RFC 8285 4.2). */
    public static final int ONE_BYTE_PROFILE = 0xbede;

    /** Profile and length of an extension block, before its elements. */
    public static final int EXTENSION_HEADER_BYTES = 4;

    private static final int PADDING_FLAG = 0x20;
    static final int TWO_BYTE_PROFILE = 0x1000;
    private static final int TWO_BYTE_PROFILE_MASK = 0xfff0;
    private static final int ONE_BYTE_STOP_ID = 15;

    private final byte[] elementIds = new byte[ELEMENTS_MAX];
    private final short[] elementBytes = new short[ELEMENTS_MAX];
    private final long[] elementOffsets = new long[ELEMENTS_MAX];
    private int elements;
    private long elementMask;
    private long foundOffset;

    private MemorySegment memory = MemorySegment.NULL;
    private long offset;
    private int length;
    private int headerBytes;
    private int paddingBytes;

    /**
     * Looks at the packet at {@code offset}.
     *
     * @return false if it is malformed: too short for what its header announces, not version 2, or
     *     with impossible padding
     */
    public boolean wrap(MemorySegment memory, long offset, int length) {
        this.memory = memory;
        this.offset = offset;
        this.length = length;
        elements = 0;
        elementMask = 0;
        paddingBytes = 0;
        if (length < HEADER_BYTES) {
            return false;
        }
        int first = Wire.u8(memory, offset);
        if (first >>> 6 != 2) {
            return false;
        }
        headerBytes = HEADER_BYTES + 4 * (first & 0x0f);
        if (headerBytes > length) {
            return false;
        }
        if ((first & 0x10) != 0 && !wrapExtensions()) {
            return false;
        }
        return (first & PADDING_FLAG) == 0 || wrapPadding();
    }

    private boolean wrapPadding() {
        if (headerBytes == length) {
            return false;
        }
        paddingBytes = Wire.u8(memory, offset + length - 1);
        return paddingBytes != 0 && paddingBytes <= length - headerBytes;
    }

    private boolean wrapExtensions() {
        if (length - headerBytes < EXTENSION_HEADER_BYTES) {
            return false;
        }
        long block = offset + headerBytes;
        int profile = Wire.u16(memory, block);
        int bytes = 4 * Wire.u16(memory, block + 2);
        headerBytes += EXTENSION_HEADER_BYTES;
        if (bytes > length - headerBytes) {
            return false;
        }
        long begin = offset + headerBytes;
        headerBytes += bytes;
        if (profile == ONE_BYTE_PROFILE) {
            wrapOneByteElements(begin, begin + bytes);
        } else if ((profile & TWO_BYTE_PROFILE_MASK) == TWO_BYTE_PROFILE) {
            wrapTwoByteElements(begin, begin + bytes);
        }
        return true;
    }

    /** RFC 8285 4.2. An element that runs past the end hides itself and the rest, not the packet. */
    private void wrapOneByteElements(long begin, long end) {
        long at = begin;
        while (at < end) {
            int head = Wire.u8(memory, at++);
            if (head == 0) {
                continue;
            }
            int id = head >>> 4;
            int bytes = (head & 0x0f) + 1;
            if (id == 0 || id == ONE_BYTE_STOP_ID || bytes > end - at) {
                return;
            }
            addElement(id, at, bytes);
            at += bytes;
        }
    }

    /** RFC 8285 4.3. */
    private void wrapTwoByteElements(long begin, long end) {
        long at = begin;
        while (at < end) {
            int id = Wire.u8(memory, at++);
            if (id == 0) {
                continue;
            }
            if (at == end) {
                return;
            }
            int bytes = Wire.u8(memory, at++);
            if (bytes > end - at) {
                return;
            }
            addElement(id, at, bytes);
            at += bytes;
        }
    }

    private void addElement(int id, long at, int bytes) {
        if (elements < ELEMENTS_MAX) {
            elementIds[elements] = (byte) id;
            elementOffsets[elements] = at;
            elementBytes[elements] = (short) bytes;
            elements++;
            elementMask |= elementMask(id);
        }
    }

    /** The memory that the packet lies in. */
    public MemorySegment memory() {
        return memory;
    }

    /** Where the packet begins in {@link #memory}. */
    public long offset() {
        return offset;
    }

    /** The length of the whole packet, padding included. */
    public int lengthBytes() {
        return length;
    }

    public boolean marker() {
        return (Wire.u8(memory, offset + 1) & 0x80) != 0;
    }

    /** 0 to 127. */
    public int payloadType() {
        return Wire.u8(memory, offset + 1) & 0x7f;
    }

    /** Puts another payload type into the packet. */
    public void payloadType(int changed) {
        Wire.put8(memory, offset + 1, (marker() ? 0x80 : 0) | changed);
    }

    /** 0 to 65535; see {@link SequenceUnwrapper}. */
    public int sequence() {
        return Wire.u16(memory, offset + 2);
    }

    /** In units of the payload's clock, unsigned. */
    public int timestamp() {
        return Wire.i32(memory, offset + 4);
    }

    public int ssrc() {
        return Wire.i32(memory, offset + 8);
    }

    /** The header with its CSRCs and its extension block. */
    public int headerBytes() {
        return headerBytes;
    }

    /** Where the payload begins in {@link #memory}. */
    public long payloadOffset() {
        return offset + headerBytes;
    }

    /** The payload without padding; 0 in a packet of padding only. */
    public int payloadBytes() {
        return length - headerBytes - paddingBytes;
    }

    /** The padding behind the payload, its count byte included. */
    public int paddingBytes() {
        return paddingBytes;
    }

    /** Ends the packet with its payload, in the memory too. */
    public void stripPadding() {
        if (paddingBytes != 0) {
            length -= paddingBytes;
            paddingBytes = 0;
            Wire.put8(memory, offset, Wire.u8(memory, offset) & ~PADDING_FLAG);
        }
    }

    /** How many extension elements there are, for {@link #elementId} and the like. */
    public int elements() {
        return elements;
    }

    /**
     * The ids of all elements, a bit each, so that one look tells every viewer that there is nothing for
     * it: {@link #elementMask(int)} of a bit that is not set is certainly absent.
     */
    public long elementMask() {
        return elementMask;
    }

    /** The bit of an id, which larger ones share with smaller; 0 for an extension that was not negotiated. */
    public static long elementMask(int id) {
        return id == 0 ? 0 : 1L << id;
    }

    /** The id of the element at {@code index}, 1 to 255. */
    public int elementId(int index) {
        return elementIds[index] & 0xff;
    }

    /** Where the element's data begins in {@link #memory}. */
    public long elementOffset(int index) {
        return elementOffsets[index];
    }

    /** The size of the element's data, 0 to 255. */
    public int elementBytes(int index) {
        return elementBytes[index];
    }

    /**
     * Looks for the element with {@code id}, the first if there are several; its data begins at
     * {@link #foundOffset}.
     *
     * @param id as negotiated, 0 for an extension that was not
     * @return the size of its data, 0 to 255, or {@link #ABSENT}
     */
    public int find(int id) {
        for (int i = 0; i < elements; i++) {
            if ((elementIds[i] & 0xff) == id) {
                foundOffset = elementOffsets[i];
                return elementBytes[i];
            }
        }
        return ABSENT;
    }

    /** Where in {@link #memory} the data begins that the last successful {@link #find} found. */
    public long foundOffset() {
        return foundOffset;
    }

    /** The transport-wide sequence number, 0 to 65535, or {@link #ABSENT}. */
    public int transportWideSequence(int id) {
        return find(id) >= 2 ? Wire.u16(memory, foundOffset) : ABSENT;
    }

    /** The audio level (RFC 6464) in -dBov, 0 (loudest) to 127 (silence), or {@link #ABSENT}. */
    public int audioLevel(int id) {
        return find(id) >= 1 ? Wire.u8(memory, foundOffset) & 0x7f : ABSENT;
    }

    /** Whether the element holds exactly {@code expected}, for the MID and RID of each packet. */
    public boolean textEquals(int id, String expected) {
        int bytes = find(id);
        if (bytes != expected.length()) {
            return false;
        }
        for (int i = 0; i < bytes; i++) {
            if (Wire.u8(memory, foundOffset + i) != expected.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
