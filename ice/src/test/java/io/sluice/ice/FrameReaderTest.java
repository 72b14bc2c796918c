package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames, however the network cuts the stream. */
final class FrameReaderTest {
    private static final int MAX_BYTES = 100;

    private final Found found = new Found();
    private final FrameReader reader = new FrameReader(MAX_BYTES);

    static final class Found implements FrameReader.Frames {
        final List<byte[]> frames = new ArrayList<>();
        final List<Integer> tooLong = new ArrayList<>();
        int wanted = Integer.MAX_VALUE;

        @Override
        public boolean onFrame(ByteBuffer datagram) {
            byte[] bytes = new byte[datagram.remaining()];
            datagram.get(bytes);
            frames.add(bytes);
            return frames.size() < wanted;
        }

        @Override
        public void onTooLong(int length) {
            tooLong.add(length);
        }
    }

    private static byte[] frames(int... lengths) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < lengths.length; i++) {
            byte[] data = new byte[lengths[i]];
            Arrays.fill(data, (byte) (i + 1));
            out.writeBytes(TestClient.framed(data));
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 50, 102, 1_000})
    void shouldFindTheSameFramesWhereverTheStreamIsCut(int piece) {
        byte[] stream = frames(3, 0, MAX_BYTES, 1, MAX_BYTES + 1, 300, 7);
        for (int at = 0; at < stream.length; at += piece) {
            int length = Math.min(piece, stream.length - at);
            reader.read(ByteBuffer.wrap(stream, at, length), found);
        }
        assertThat(found.frames)
                .extracting(frame -> frame.length)
                .containsExactly(3, 0, MAX_BYTES, 1, 7);
        assertThat(found.frames.get(4)).containsOnly(7);
        assertThat(found.tooLong).containsExactly(MAX_BYTES + 1, 300);
    }

    @Test
    void shouldKeepHalfAFrameUntilItsRestComes() {
        byte[] stream = frames(10);
        reader.read(ByteBuffer.wrap(stream, 0, 6), found);
        assertThat(found.frames).isEmpty();
        reader.read(ByteBuffer.wrap(stream, 6, 6), found);
        assertThat(found.frames).hasSize(1);
    }

    @Test
    void shouldStopWhereItIsTold() {
        found.wanted = 2;
        reader.read(ByteBuffer.wrap(frames(1, 2, 3)), found);
        assertThat(found.frames).hasSize(2);
    }
}
