package io.sluice.server.client;

import org.jspecify.annotations.Nullable;

/**
 * The content of a packet: says where it comes from, and every byte of it can be checked.
 *
 * @param publisher chosen by who published it
 * @param frame counted from 0 for each track
 * @param index of the packet in its frame
 * @param packets of the frame
 * @param encoding whose frame it is, counted from 0
 * @param sentWallNanos time of day at which it was first sent
 */
record MediaPattern(
        int publisher,
        int frame,
        int index,
        int packets,
        int encoding,
        boolean keyframe,
        long sentWallNanos) {
    static final int MIN_BYTES = 32;
    private static final int MAGIC = 0x5C_1D_E5_0A;
    private static final int FILL_OFFSET = 27;

    /** Fills length bytes, at least {@link #MIN_BYTES}. */
    void write(byte[] out, int offset, int length) {
        RtpBytes.putInt32(out, offset, MAGIC);
        RtpBytes.putInt32(out, offset + 4, publisher);
        RtpBytes.putInt32(out, offset + 8, frame);
        RtpBytes.putInt16(out, offset + 12, index);
        RtpBytes.putInt16(out, offset + 14, packets);
        RtpBytes.putInt16(out, offset + 16, length);
        out[offset + 18] = (byte) (encoding << 1 | (keyframe ? 1 : 0));
        RtpBytes.putInt64(out, offset + 19, sentWallNanos);
        int seed = hashCode() * 31 + length;
        for (int i = FILL_OFFSET; i < length; i++) {
            out[offset + i] = fill(seed, i);
        }
    }

    /** Null if a single byte is not as it was written. */
    static @Nullable MediaPattern read(byte[] bytes, int offset, int length) {
        if (length < MIN_BYTES
                || RtpBytes.int32(bytes, offset) != MAGIC
                || RtpBytes.int16(bytes, offset + 16) != length) {
            return null;
        }
        MediaPattern pattern =
                new MediaPattern(
                        RtpBytes.int32(bytes, offset + 4),
                        RtpBytes.int32(bytes, offset + 8),
                        RtpBytes.int16(bytes, offset + 12),
                        RtpBytes.int16(bytes, offset + 14),
                        bytes[offset + 18] >> 1,
                        (bytes[offset + 18] & 1) == 1,
                        RtpBytes.int64(bytes, offset + 19));
        int seed = pattern.hashCode() * 31 + length;
        for (int i = FILL_OFFSET; i < length; i++) {
            if (bytes[offset + i] != fill(seed, i)) {
                return null;
            }
        }
        return pattern;
    }

    /** Every bit of the seed moves about half of each byte's bits (MurmurHash3's finish). */
    private static byte fill(int seed, int position) {
        int mixed = seed ^ position * 0x9E37_79B9;
        mixed = (mixed ^ mixed >>> 16) * 0x85EB_CA6B;
        mixed = (mixed ^ mixed >>> 13) * 0xC2B2_AE35;
        return (byte) (mixed ^ mixed >>> 16);
    }

    /** Made of the fields alone, so that it is the same in every process. */
    @Override
    public int hashCode() {
        int hash = publisher;
        hash = hash * 31 + frame;
        hash = hash * 31 + index;
        hash = hash * 31 + packets;
        hash = hash * 31 + encoding;
        hash = hash * 31 + (keyframe ? 1 : 0);
        return hash * 31 + Long.hashCode(sentWallNanos);
    }

    /** Whether this packet of a track may come right before another. */
    boolean precedes(MediaPattern next) {
        if (next.publisher != publisher) {
            return false;
        }
        if (next.frame == frame && next.encoding == encoding) {
            return next.index == index + 1;
        }
        if (next.encoding != encoding) {
            // With a keyframe, be it of a picture before: the server keeps the last one, and its
            // first
            // packet may have been sent again. The end of what it comes after may have been lost
            // on the way to the server, which cannot know that there was more.
            return next.index == 0 && next.keyframe;
        }
        return index == packets - 1 && next.index == 0 && next.frame > frame;
    }
}
