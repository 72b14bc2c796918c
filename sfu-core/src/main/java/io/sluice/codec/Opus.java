package io.sluice.codec;

import java.lang.foreign.MemorySegment;

/** Opus (RFC 7587): one frame per packet, each decodable alone, no descriptor. */
final class Opus implements PayloadFormat {

    @Override
    public void read(
            MemorySegment memory, long offset, int length, boolean marker, PayloadInfo out) {
        out.clear();
        // RFC 6716 3.1: even a packet of silence has its TOC byte.
        boolean valid = length > 0;
        out.valid = valid;
        out.keyframe = valid;
        out.independent = valid;
        out.frameStart = valid;
        out.frameEnd = valid;
    }
}
