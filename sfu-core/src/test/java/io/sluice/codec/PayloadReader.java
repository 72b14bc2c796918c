package io.sluice.codec;

import io.sluice.rtp.Hex;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/** Reads payloads written by hand. */
final class PayloadReader {
    private final PayloadFormat format;
    private final PayloadInfo info = new PayloadInfo();

    PayloadReader(Codec codec) {
        format = PayloadFormat.of(codec);
    }

    PayloadInfo read(String digits) {
        return read(digits, false);
    }

    PayloadInfo read(String digits, boolean marker) {
        MemorySegment memory = Hex.packet(digits);
        format.read(memory, 0, (int) memory.byteSize(), marker, info);
        return info;
    }

    /** The descriptor of a payload, written again with other numbers, in digits. */
    String rewritten(String digits, int pictureId, int tl0PicIdx, int keyIdx) {
        read(digits);
        byte[] out = new byte[info.descriptorBytes()];
        format.writeDescriptor(
                Hex.packet(digits),
                0,
                info,
                pictureId,
                tl0PicIdx,
                keyIdx,
                MemorySegment.ofArray(out),
                0);
        return HexFormat.of().formatHex(out);
    }
}
