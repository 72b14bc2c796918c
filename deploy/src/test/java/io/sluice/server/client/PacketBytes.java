package io.sluice.server.client;

import java.util.Arrays;
import org.jitsi.utils.ByteArrayBuffer;

/** A packet from the start of an array, with room behind it for what SRTP adds. */
final class PacketBytes implements ByteArrayBuffer {
    private static final int TAIL_BYTES = 32;

    private byte[] bytes;
    private int offset;
    private int length;

    private PacketBytes(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    static PacketBytes copyOf(byte[] packet, int length) {
        return new PacketBytes(
                Arrays.copyOf(Arrays.copyOf(packet, length), length + TAIL_BYTES), length);
    }

    byte[] toArray() {
        return Arrays.copyOfRange(bytes, offset, offset + length);
    }

    @Override
    public byte[] getBuffer() {
        return bytes;
    }

    @Override
    public int getOffset() {
        return offset;
    }

    @Override
    public int getLength() {
        return length;
    }

    @Override
    public void setLength(int length) {
        this.length = length;
    }

    @Override
    public void setOffset(int offset) {
        this.offset = offset;
    }

    @Override
    public boolean isInvalid() {
        return false;
    }

    @Override
    public void readRegionToBuff(int position, int count, byte[] into) {
        System.arraycopy(bytes, offset + position, into, 0, count);
    }

    @Override
    public void grow(int howMuch) {
        if (offset + length + howMuch > bytes.length) {
            bytes = Arrays.copyOf(bytes, offset + length + howMuch);
        }
    }

    @Override
    public void append(byte[] data, int count) {
        grow(count);
        System.arraycopy(data, 0, bytes, offset + length, count);
        length += count;
    }

    @Override
    public void shrink(int count) {
        length = Math.max(0, length - count);
    }
}
