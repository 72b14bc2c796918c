package io.sluice.srtp;

import org.jitsi.utils.ByteArrayBuffer;

/**
 * One packet at the beginning of an array, as jitsi-srtp wants it.
 *
 * <p>Owned by the loop of its {@link SrtpScratch}.
 */
final class PacketArray implements ByteArrayBuffer {

    private final byte[] bytes;
    private int length;

    PacketArray(int capacityBytes) {
        bytes = new byte[capacityBytes];
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    @Override
    public byte[] getBuffer() {
        return bytes;
    }

    @Override
    public int getOffset() {
        return 0;
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
        throw new UnsupportedOperationException("only cryptex moves the offset");
    }

    @Override
    public boolean isInvalid() {
        return false;
    }

    @Override
    public void readRegionToBuff(int offset, int length, byte[] out) {
        System.arraycopy(bytes, offset, out, 0, length);
    }

    /** There is room for the largest tag already. */
    @Override
    public void grow(int bytes) {}

    @Override
    public void append(byte[] data, int length) {
        System.arraycopy(data, 0, bytes, this.length, length);
        this.length += length;
    }

    @Override
    public void shrink(int bytes) {
        length -= bytes;
    }
}
