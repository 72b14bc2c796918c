package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a stream holds and wherever it is cut, its frames are those that are found in it at once. */
final class FrameFuzzTest {
    private static final int MAX_BYTES = 64;

    static List<byte[]> streams() {
        ByteArrayOutputStream several = new ByteArrayOutputStream();
        several.write(3);
        several.writeBytes(TestClient.framed(new byte[5]));
        several.writeBytes(TestClient.framed());
        several.writeBytes(TestClient.framed(new byte[MAX_BYTES + 1]));
        several.writeBytes(TestClient.framed((byte) 1));
        return List.of(several.toByteArray(), new byte[] {1, (byte) 0xff, (byte) 0xff, 1, 2});
    }

    @MethodSource("streams")
    @FuzzTest
    void frames(byte[] input) {
        if (input.length == 0) {
            return;
        }
        FrameReaderTest.Found atOnce = new FrameReaderTest.Found();
        new FrameReader(MAX_BYTES).read(ByteBuffer.wrap(input, 1, input.length - 1), atOnce);
        FrameReaderTest.Found cut = new FrameReaderTest.Found();
        FrameReader reader = new FrameReader(MAX_BYTES);
        int piece = 1 + (input[0] & 0x7f);
        for (int at = 1; at < input.length; at += piece) {
            reader.read(ByteBuffer.wrap(input, at, Math.min(piece, input.length - at)), cut);
        }
        assertThat(cut.frames).containsExactlyElementsOf(atOnce.frames);
        assertThat(cut.tooLong).isEqualTo(atOnce.tooLong);
        assertThat(atOnce.frames).allMatch(frame -> frame.length <= MAX_BYTES);
    }
}
