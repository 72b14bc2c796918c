package io.sluice.sctp;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes one packet at a time (RFC 9260 3), and looks at the checksum of those that come.
 *
 * <p>Owned by the loop of its association.
 */
final class PacketWriter {
    static final int HEADER_BYTES = 12;

    /**
     * With DTLS (37 bytes), UDP and IPv6 no more than 1,248: below the 1,280 that every IPv6 link
     * carries, with room for TURN. So the path is never probed.
     */
    static final int MAX_PACKET_BYTES = 1_160;

    private static final int CHECKSUM_AT = 8;
    private static final byte[] NOTHING = {};
    private static final byte[] NO_CHECKSUM = new byte[4];

    private final CRC32C crc = new CRC32C();
    private final int localPort;
    private final int remotePort;
    private byte[] buffer = NOTHING;
    private int start;
    private int at;

    PacketWriter(int localPort, int remotePort) {
        this.localPort = localPort;
        this.remotePort = remotePort;
    }

    /** Whether a packet of at least a header says its checksum rightly (RFC 9260 appendix A). */
    boolean checksumFits(byte[] bytes, int offset, int length) {
        crc.reset();
        crc.update(bytes, offset, CHECKSUM_AT);
        crc.update(NO_CHECKSUM, 0, NO_CHECKSUM.length);
        crc.update(bytes, offset + HEADER_BYTES, length - HEADER_BYTES);
        return Integer.reverseBytes((int) crc.getValue()) == Wire.i32(bytes, offset + CHECKSUM_AT);
    }

    /** Begins a packet; the array has room for {@link #MAX_PACKET_BYTES} from the offset on. */
    void begin(byte[] bytes, int offset, int verificationTag) {
        buffer = bytes;
        start = offset;
        at = offset + HEADER_BYTES;
        Wire.put16(bytes, offset, localPort);
        Wire.put16(bytes, offset + 2, remotePort);
        Wire.put32(bytes, offset + 4, verificationTag);
        Wire.put32(bytes, offset + CHECKSUM_AT, 0);
    }

    boolean isEmpty() {
        return at == start + HEADER_BYTES;
    }

    /** Bytes that still fit, for the header of a chunk as well. */
    int room() {
        return start + MAX_PACKET_BYTES - at;
    }

    byte[] buffer() {
        return buffer;
    }

    /** Writes the header of a chunk and its padding; returns where its value belongs. */
    int chunk(int type, int flags, int valueBytes) {
        int chunkBytes = ChunkReader.HEADER_BYTES + valueBytes;
        int value = at + ChunkReader.HEADER_BYTES;
        buffer[at] = (byte) type;
        buffer[at + 1] = (byte) flags;
        Wire.put16(buffer, at + 2, chunkBytes);
        int end = at + Wire.padded(chunkBytes);
        Arrays.fill(buffer, at + chunkBytes, end, (byte) 0);
        at = end;
        return value;
    }

    /** Writes a chunk that is encoded already. */
    void chunk(byte[] encoded) {
        System.arraycopy(encoded, 0, buffer, at, encoded.length);
        int end = at + Wire.padded(encoded.length);
        Arrays.fill(buffer, at + encoded.length, end, (byte) 0);
        at = end;
    }

    /** Ends the packet; returns its length. */
    int finish() {
        int length = at - start;
        crc.reset();
        crc.update(buffer, start, length);
        Wire.put32(buffer, start + CHECKSUM_AT, Integer.reverseBytes((int) crc.getValue()));
        return length;
    }
}
