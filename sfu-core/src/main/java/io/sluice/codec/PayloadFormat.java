package io.sluice.codec;

import java.lang.foreign.MemorySegment;

/**
 * How a codec's frames lie in RTP payloads: as much as forwarding needs, never the pictures
 * themselves.
 *
 * <p>Formats keep no state and can be shared by all loops.
 */
public sealed interface PayloadFormat permits Av1, H264, H265, Opus, Vp8, Vp9 {

    /**
     * Reads one payload, padding stripped.
     *
     * @param marker the marker bit of its packet
     * @param out is overwritten; {@link PayloadInfo#valid} is false if the payload is malformed
     */
    void read(MemorySegment memory, long offset, int length, boolean marker, PayloadInfo out);

    /**
     * Writes a payload's descriptor again, as long as it is, with other numbers where it has any.
     *
     * @param info of this payload
     */
    default void writeDescriptor(
            MemorySegment memory,
            long offset,
            PayloadInfo info,
            int pictureId,
            int tl0PicIdx,
            int keyIdx,
            MemorySegment to,
            long toOffset) {
        MemorySegment.copy(memory, offset, to, toOffset, info.descriptorBytes);
    }

    /** The format of a codec. */
    static PayloadFormat of(Codec codec) {
        return switch (codec) {
            case VP8 -> new Vp8();
            case VP9 -> new Vp9();
            case AV1 -> new Av1();
            case H264 -> new H264();
            case H265 -> new H265();
            case OPUS -> new Opus();
        };
    }
}
