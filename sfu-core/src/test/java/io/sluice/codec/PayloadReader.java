package io.sluice.codec;

import io.sluice.rtp.Hex;
import java.lang.foreign.MemorySegment;

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
}
