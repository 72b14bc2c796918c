package io.sluice.bench.load;

import java.util.List;

/**
 * Encoded pictures of a real encoder, for receivers that decode what they are sent.
 *
 * @param frames of VP8 in the order of showing; the first is a keyframe and the others are not, so that
 *     the first may follow on the last. Nobody changes them.
 */
public record Pictures(List<byte[]> frames) {
    public Pictures {
        frames = List.copyOf(frames);
        // RFC 6386 9.1.
        if (frames.isEmpty() || (frames.getFirst()[0] & 1) != 0) {
            throw new IllegalArgumentException("pictures begin with a keyframe");
        }
    }
}
