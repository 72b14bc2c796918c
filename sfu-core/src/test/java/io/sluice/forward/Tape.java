package io.sluice.forward;

import io.sluice.codec.Codec;
import java.util.ArrayList;
import java.util.List;

/**
 * What a publisher sent, and what of it needs what: the truth that what viewers get is held against.
 *
 * @param packets in the order of sending
 * @param frames by their index
 */
record Tape(Codec codec, List<Packet> packets, List<Frame> frames) {
    /** Behind each payload stands the packet's index, by which it is known again. */
    static final int INDEX_BYTES = 4;

    /**
     * A packet.
     *
     * @param sequence unwrapped
     * @param descriptor the dependency descriptor, or empty
     * @param frame index of its frame
     * @param inFrame its place in the frame
     */
    record Packet(
            int encoding,
            long sequence,
            int timestamp,
            boolean marker,
            byte[] descriptor,
            byte[] payload,
            int frame,
            int inFrame,
            long atNanos) {}

    /**
     * A frame of one spatial layer.
     *
     * @param references frames that must be decoded before
     */
    record Frame(
            int encoding,
            int spatial,
            int temporal,
            boolean key,
            int packets,
            int timestamp,
            long atNanos,
            List<Integer> references) {}

    /** Collects packets and frames. */
    static final class Builder {
        private final Codec codec;
        private final List<Packet> packets = new ArrayList<>();
        private final List<Frame> frames = new ArrayList<>();

        Builder(Codec codec) {
            this.codec = codec;
        }

        int frame(Frame frame) {
            frames.add(frame);
            return frames.size() - 1;
        }

        void packet(Packet packet) {
            byte[] marked =
                    java.util.Arrays.copyOf(packet.payload, packet.payload.length + INDEX_BYTES);
            int index = packets.size();
            for (int i = 0; i < INDEX_BYTES; i++) {
                marked[packet.payload.length + i] = (byte) (index >>> (8 * i));
            }
            packets.add(
                    new Packet(
                            packet.encoding,
                            packet.sequence,
                            packet.timestamp,
                            packet.marker,
                            packet.descriptor,
                            marked,
                            packet.frame,
                            packet.inFrame,
                            packet.atNanos));
        }

        Tape build() {
            return new Tape(codec, packets, frames);
        }
    }
}
